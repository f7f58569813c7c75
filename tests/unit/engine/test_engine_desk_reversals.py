"""A reversal is judged as if the trades that it closes were gone: their place, direction, value and margin are free."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from tradewire.domain.account import Netting
from tradewire.domain.instrument import Quote
from tradewire.domain.order import Leg
from tradewire.domain.refusal import Code
from tradewire.domain.signal import Side
from tradewire.engine import facts as f
from tradewire.engine.desk import Decision
from tradewire.engine.step import Submit
from unit.engine.desk_harness import Desk, facts_of, instrument, refused

D = Decimal


def flips(desk: Desk, text: str, price: str = "100") -> None:
    """Reverse by a signal: closed first, then opened the other way."""
    assert refused(desk.type(text)) is None
    desk.fill(desk.sent(Leg.EXIT).client_order_id, price=price)
    entry = desk.sent(Leg.ENTRY)
    desk.fill(entry.client_order_id, price=price)
    (trade,) = desk.state.trades.values()
    assert trade.id == entry.trade_id
    desk.check()


@pytest.mark.parametrize(
    "limits",
    [
        {"max_open_trades": 1},
        {"max_per_symbol": 1},
        {"max_per_underlying": 1},
        {"one_direction": True},
        {"max_exposure": 600},
        {"max_exposure": "6%"},
        {"max_underlying_exposure": 600},
        {"max_open_trades": 1, "max_per_symbol": 1, "one_direction": True, "max_per_underlying": 1},
    ],
    ids=str,
)
def test_the_trade_that_a_reversal_closes_fills_no_limit_of_its_own(limits: dict[str, Any]) -> None:
    desk = Desk(**limits)
    desk.opened("buy btc 5u")
    flips(desk, "sell btc 5u")
    flips(desk, "buy btc 5u")


def test_at_full_margin_an_account_turns_around() -> None:
    desk = Desk(leverage=1)
    desk.opened("buy btc 95u")
    flips(desk, "sell btc 95u")
    assert desk.trade_of(Side.SELL).open_quantity == 95


def test_other_trades_still_count() -> None:
    desk = Desk()
    desk.opened("buy btc 5u")
    desk.opened("buy eth 5u", price="10")
    desk.around.profile = Desk(max_open_trades=1).around.profile
    assert refused(desk.type("sell btc 5u")) is Code.MAX_OPEN_TRADES
    assert desk.sends(Leg.EXIT) == 0, "what is refused closes nothing"
    desk.check()


def test_a_trade_of_the_same_underlying_in_another_symbol_still_points_the_other_way() -> None:
    desk = Desk(one_direction=True)
    desk.around.instruments["BTCUSD"] = instrument("BTCUSD", "BTC")
    desk.price("BTCUSD", "100")
    desk.opened("buy BTCUSDT 5u")
    desk.opened("buy BTCUSD 5u")
    assert refused(desk.type("sell BTCUSDT 5u")) is Code.ONE_DIRECTION
    desk.check()


def test_a_trade_of_another_account_still_fills_a_limit_across_accounts() -> None:
    desk, other = Desk(max_per_underlying=1), Desk()
    desk.opened("buy btc 5u")
    desk.state.exposure.hold(other.opened("buy btc 5u"), 1)
    assert refused(desk.type("sell btc 5u")) is Code.MAX_PER_UNDERLYING


def test_what_the_closing_books_counts_for_the_day() -> None:
    desk = Desk(daily_loss=50)
    desk.opened("buy btc 10u")
    desk.price("BTCUSDT", "94")
    assert refused(desk.type("sell btc 5u")) is Code.DAILY_LOSS
    desk.price("BTCUSDT", "96")
    flips(desk, "sell btc 5u", price="96")


def test_equity_is_what_is_left_after_the_closing_at_the_market() -> None:
    desk = Desk(sizing={"size": "10%"})
    desk.opened("buy btc 50u")
    desk.around.quotes["BTCUSDT"] = Quote("BTCUSDT", D(80), D(80), desk.around.now)
    flips(desk, "sell btc", price="80")
    assert desk.trade_of(Side.SELL).quantity == D("11.2"), "10 % of 9000, less the fee, at 80"


def test_the_limits_hold_for_real_once_the_exit_is_confirmed() -> None:
    desk = Desk(max_open_trades=1)
    desk.opened("buy btc 5u")
    assert refused(desk.type("sell btc 5u")) is None
    assert refused(desk.type("sell btc 4u")) is None
    released = desk.fill(desk.sent(Leg.EXIT).client_order_id)
    assert refused(released) is Code.MAX_OPEN_TRADES, "the first took the place; the second finds none"
    assert desk.sent(Leg.ENTRY).quantity == 5
    desk.check()


def partly(desk: Desk, text: str, quantity: str) -> str:
    """Let an entry be filled in part; return its client_order_id."""
    desk.type(text)
    cid = desk.sent(Leg.ENTRY).client_order_id
    desk.accept(cid)
    desk.fill(cid, quantity)
    return cid


def test_the_rest_of_an_entry_is_withdrawn_and_its_end_waited_for() -> None:
    desk = Desk(max_open_trades=1, max_per_underlying=1, max_exposure=600)
    cid = partly(desk, "buy btc 5u -lim 100", "2")
    assert refused(desk.type("sell btc 3u")) is None
    assert desk.cancels() == [cid]
    desk.fill(desk.sent(Leg.EXIT).client_order_id)
    assert desk.sends(Leg.ENTRY) == 1, "the rest of the old entry may still be filled"
    desk.restart()
    desk.cancelled(cid)
    assert (desk.sends(Leg.ENTRY), desk.sent(Leg.ENTRY).side) == (2, Side.SELL)
    desk.check()


@pytest.mark.parametrize("late", [False, True])
def test_what_is_filled_before_the_withdrawal_is_closed_too(late: bool) -> None:
    desk = Desk()
    cid = partly(desk, "buy btc 5u -lim 100", "2")
    desk.type("sell btc 3u")
    first = desk.sent(Leg.EXIT).client_order_id
    if late:
        desk.fill(first)
    desk.fill(cid, "3")
    if not late:
        desk.fill(first)
    assert desk.sends(Leg.ENTRY) == 1
    assert desk.sent(Leg.EXIT).quantity == 3
    desk.fill(desk.sent(Leg.EXIT).client_order_id)
    assert (desk.sends(Leg.ENTRY), desk.sent(Leg.ENTRY).side) == (2, Side.SELL)
    desk.check()


def test_a_resting_entry_beside_the_trade_is_withdrawn_and_counts_no_more() -> None:
    desk = Desk(max_open_trades=2, one_direction=True, max_per_underlying=2, leverage=1)
    desk.opened("buy btc 45u")
    desk.type("buy btc 45u -lim 90")
    cid = desk.sent(Leg.ENTRY).client_order_id
    assert refused(desk.type("sell btc 95u")) is None
    desk.fill(desk.sent(Leg.EXIT).client_order_id)
    desk.cancelled(cid)
    assert (desk.sent(Leg.ENTRY).side, desk.sent(Leg.ENTRY).quantity) == (Side.SELL, 95)
    desk.check()


def test_an_entry_of_the_same_side_or_of_another_symbol_stays() -> None:
    desk = Desk(opposite="allow")
    desk.opened("buy btc 5u")
    desk.type("sell btc 5u -lim 110")
    desk.type("buy eth 5u -lim 9")
    desk.around.profile = Desk().around.profile
    desk.type("sell btc 5u")
    assert desk.cancels() == []


def test_opposite_close_withdraws_what_would_bring_the_trade_back() -> None:
    desk = Desk(opposite="close")
    cid = partly(desk, "buy btc 5u -lim 100", "2")
    desk.type("sell btc 3u")
    assert desk.cancels() == [cid]
    assert desk.sent(Leg.EXIT).quantity == 2


def refusals(decision: Decision) -> dict[str, Code]:
    """Return who was refused, and why."""
    return {fact.signal_id: fact.refusal.code for fact in facts_of(decision, f.PlanRefused)}


@pytest.mark.parametrize(
    "limits", [{}, {"max_open_trades": 1}, {"one_direction": True}, {"duplicate_window": 60}], ids=str
)
def test_the_last_word_counts_while_a_reversal_waits_and_both_sides_are_never_held_at_once(
    limits: dict[str, Any],
) -> None:
    desk = Desk(**limits)
    desk.opened("buy btc 5u")
    desk.wait(61)
    assert refusals(desk.type("sell btc 4u")) == {}
    assert refusals(desk.type("buy btc 3u")) == {"s2": Code.SUPERSEDED}
    assert refusals(desk.type("sell btc 2u")) == {"s3": Code.SUPERSEDED}
    assert refusals(desk.type("buy btc 1u")) == {"s4": Code.SUPERSEDED}
    assert (desk.sends(Leg.ENTRY), desk.sends(Leg.EXIT)) == (1, 1), "nothing is opened before the exit is confirmed"
    desk.restart()
    desk.fill(desk.sent(Leg.EXIT).client_order_id)
    assert (desk.sends(Leg.ENTRY), desk.sent(Leg.ENTRY).side, desk.sent(Leg.ENTRY).quantity) == (2, Side.BUY, 1)
    desk.fill(desk.sent(Leg.ENTRY).client_order_id)
    assert len(desk.state.trades) == 1
    assert desk.state.waiting == {}
    desk.check()


def test_a_later_signal_that_is_refused_leaves_the_reversal_as_it_is() -> None:
    desk = Desk(max_order_value=1_000)
    desk.opened("buy btc 5u")
    desk.type("sell btc 4u")
    assert refusals(desk.type("buy btc 11u")) == {"s3": Code.MAX_ORDER_VALUE}
    desk.fill(desk.sent(Leg.EXIT).client_order_id)
    assert (desk.sent(Leg.ENTRY).side, desk.sent(Leg.ENTRY).quantity) == (Side.SELL, 4)
    desk.check()


def test_a_signal_of_the_same_side_comes_after_the_reversal_that_waits_for_the_end_of_an_entry() -> None:
    desk = Desk(max_open_trades=2, max_exposure=700)
    cid = partly(desk, "buy btc 5u -lim 100", "2")
    desk.type("sell btc 4u")
    desk.fill(desk.sent(Leg.EXIT).client_order_id)
    assert desk.state.trades == {}
    assert [refused(desk.type(f"sell btc {size}u")) for size in (3, 2, 1)] == [None] * 3
    assert desk.sends(Leg.ENTRY) == 1, "the rest of the old entry may still be filled"
    desk.fill(cid, "1")
    desk.cancelled(cid)
    released = desk.fill(desk.sent(Leg.EXIT).client_order_id)
    sent = [request.quantity for request in (c.request for c in desk.all_asked(Submit)) if request.leg is Leg.ENTRY]
    assert sent == [5, 4, 3], "in the order in which they came"
    assert refusals(released) == {"s4": Code.MAX_OPEN_TRADES, "s5": Code.MAX_OPEN_TRADES}
    desk.check()


def test_an_entry_of_another_symbol_waits_for_no_reversal() -> None:
    desk = Desk()
    desk.opened("buy btc 5u")
    desk.type("sell btc 4u")
    desk.type("buy eth 5u")
    assert desk.sent(Leg.ENTRY).symbol == "ETHUSDT"
    desk.check()


def test_a_netting_account_never_has_trades_on_both_sides() -> None:
    desk = Desk(opposite="allow")
    desk.state.account = replace(desk.state.account, netting=Netting.NETTING)
    desk.opened("buy btc 5u")
    desk.type("sell btc 5u")
    desk.type("buy btc 3u")
    desk.fill(desk.sent(Leg.EXIT).client_order_id)
    for cid in list(desk.state.orders):
        desk.fill(cid)
    assert [(trade.side, trade.quantity) for trade in desk.state.trades.values()] == [(Side.BUY, 3)]
