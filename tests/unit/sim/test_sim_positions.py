"""Closing, brackets, groups, currencies, margin: what an account holds and owes."""

from __future__ import annotations

import pytest

from contract.paper_desk import Desk, Netting, d
from tradewire.domain.account import Position
from tradewire.domain.signal import Side
from tradewire.domain.venue_events import Cancelled, Liquidated
from tradewire.ports import Refused
from tradewire.sim.account import HeldPosition, PaperState
from tradewire.sim.terms import Fees

BUY, SELL = Side.BUY, Side.SELL
CLOSE = {"reduce_only": True}


def liquidations(desk: Desk) -> list[Liquidated]:
    return [event for event in desk.events if isinstance(event, Liquidated)]


def test_hedged_trades_are_separate_positions_and_close_one_by_one() -> None:
    desk = Desk()
    desk.price("100")
    desk.send("long", quantity="2")
    desk.send("short", SELL)
    assert [(p.ref, p.quantity) for p in desk.snapshot.positions] == [("long", d(2)), ("short", d(-1))]
    desk.price("110")
    desk.send("x", SELL, quantity="2", position_ref="long", **CLOSE)
    assert [(p.ref, p.quantity) for p in desk.snapshot.positions] == [("short", d(-1))]
    assert desk.cash == d(1_000_020)


def test_a_netting_account_averages_reduces_and_flips() -> None:
    desk = Desk(netting=Netting.NETTING)
    desk.price("100")
    desk.send("a1")
    desk.price("110")
    desk.send("a2")
    (position,) = desk.snapshot.positions
    assert (position.quantity, position.average_price, position.ref) == (d(2), d(105), None)
    desk.price("120")
    desk.send("flip", SELL, quantity="3")
    (position,) = desk.snapshot.positions
    assert (position.quantity, position.average_price) == (d(-1), d(120))
    assert desk.cash == d(1_000_030)


def test_reduce_only_closes_no_more_than_there_is_and_the_rest_is_cancelled() -> None:
    desk = Desk()
    desk.price("100")
    desk.send("e")
    desk.send("x", SELL, quantity="5", position_ref="e", **CLOSE)
    assert desk.held == 0
    assert desk.story[2:] == ["accepted x", "filled x 1@100", "cancelled x: its position is closed"]


def test_reduce_only_without_a_reference_closes_the_oldest_first() -> None:
    desk = Desk()
    desk.price("100")
    desk.send("old")
    desk.send("new", quantity="2")
    desk.send("x", SELL, quantity="2", **CLOSE)
    assert [(p.ref, p.quantity) for p in desk.snapshot.positions] == [("new", d(1))]


def test_the_exits_of_a_closed_position_are_cancelled() -> None:
    desk = Desk()
    desk.price("100")
    desk.send("e")
    desk.send("stop", SELL, stop_price=d(90), position_ref="e", **CLOSE)
    desk.send("target", SELL, limit_price=d(120), position_ref="e", **CLOSE)
    desk.price("125")
    assert desk.story[-2:] == ["filled target 1@120", "cancelled stop: its position is closed"]
    assert desk.held == 0


@pytest.mark.parametrize("netting", list(Netting))
def test_a_brackets_exits_sleep_until_their_entry_is_filled(netting: Netting) -> None:
    desk = Desk(netting=netting)
    desk.price("100")
    desk.send("e", limit_price=d(95))
    desk.send("stop", SELL, stop_price=d(98), position_ref="e", **CLOSE)
    desk.send("target", SELL, limit_price=d(120), position_ref="e", **CLOSE)
    desk.price("97")
    assert desk.fills == []
    desk.price("95")
    assert [fill.client_order_id for fill in desk.fills] == ["e", "stop"]
    assert desk.held == 0
    assert desk.resting == []


def test_a_brackets_exits_end_with_an_entry_that_never_came() -> None:
    desk = Desk()
    desk.price("100")
    desk.send("e", limit_price=d(95))
    desk.send("stop", SELL, stop_price=d(90), position_ref="e", **CLOSE)
    desk.cancel("e")
    assert desk.story[-1] == "cancelled stop: its entry ended without a fill"
    assert desk.resting == []


def test_of_a_group_only_one_is_filled_and_parts_shrink_the_other() -> None:
    desk = Desk(depth=d(220))
    desk.price("100")
    desk.send("up", quantity="3", stop_price=d(110), oco_group="g")
    desk.send("down", SELL, quantity="3", stop_price=d(90), oco_group="g")
    desk.price("110")
    desk.price("80")
    filled = {name: sum(f.quantity for f in desk.fills if f.client_order_id == name) for name in ("up", "down")}
    assert filled["up"] + filled["down"] == 3
    desk.price("110")
    desk.price("110")
    assert sum(fill.quantity for fill in desk.fills) == 3
    assert desk.resting == []


def test_gains_and_fees_in_another_currency_come_converted() -> None:
    desk = Desk(currency="USD", fees=Fees(taker=d("0.1")))
    desk.price("150", "150", "USDJPY")
    desk.price("160", "160", "EURJPY")
    desk.send("e", quantity="3000", symbol="EURJPY")
    assert desk.fills[0].fee == d("3.2")
    desk.price("163", "163", "EURJPY")
    desk.send("x", SELL, quantity="3000", symbol="EURJPY", position_ref="e", **CLOSE)
    assert desk.cash == d(1_000_000) + 60 - d("3.2") - d("3.26")


def test_a_symbol_whose_money_cannot_be_converted_is_refused() -> None:
    desk = Desk(currency="USD")
    desk.price("160", "160", "EURJPY")
    with pytest.raises(Refused, match="no price leads from JPY to the account's USD"):
        desk.send("e", quantity="1000", symbol="EURJPY")


def test_free_money_is_equity_less_the_margin_in_use() -> None:
    desk = Desk(cash="1000", leverage=d(10))
    desk.price("100")
    desk.send("e", quantity="50")
    assert desk.snapshot.balances[0].free == d(500)
    desk.price("102")
    assert desk.snapshot.balances[0].free == d(600)
    with pytest.raises(Refused, match="insufficient margin"):
        desk.send("more", quantity="60")
    desk.send("less", quantity="50", leverage=d(20))


def test_a_position_that_eats_its_margin_is_liquidated_and_the_hub_is_told_all_of_it() -> None:
    desk = Desk(cash="1000", leverage=d(10))
    desk.price("100")
    desk.send("e", quantity="90")
    desk.send("stop", SELL, stop_price=d(10), quantity="90", position_ref="e", **CLOSE)
    desk.price("94")
    assert desk.held == 90
    desk.price("93.5")
    assert desk.held == 0
    (told,) = liquidations(desk)
    assert (told.symbol, told.ref, told.side, told.quantity, told.price) == ("BTCUSDT", "e", BUY, d(90), d("93.5"))
    assert (told.fee, told.fee_currency) == (0, "USDT")
    assert "liquidated 90 BTCUSDT at 93.5" in told.reason
    assert desk.cash == d(415)
    assert any(isinstance(event, Cancelled) and event.client_order_id == "stop" for event in desk.events)


def test_a_short_is_liquidated_when_the_ask_rises() -> None:
    desk = Desk(cash="1000", leverage=d(10))
    desk.price("100")
    desk.send("e", SELL, quantity="90")
    desk.price("104", "107")
    assert desk.held == 0


def test_what_a_liquidation_tells_is_what_it_costs_in_the_accounts_currency() -> None:
    desk = Desk(cash="1000", currency="USD", leverage=d(100), fees=Fees(taker=d("0.1")))
    desk.price("150", "150", "USDJPY")
    desk.send("e", SELL, quantity="60000", symbol="USDJPY")
    before = desk.cash
    desk.price("152", "152", "USDJPY")
    (told,) = liquidations(desk)
    assert (told.side, told.fee, told.fee_currency) == (SELL, d(60), "USD")
    assert desk.cash == before - d("789.47368421") - told.fee


@pytest.mark.parametrize(("side", "price", "same"), [(BUY, "93", "92.9"), (SELL, "107", "107.1")])
def test_an_account_that_is_rebuilt_beyond_its_margin_is_liquidated_at_the_next_price_or_when_asked(
    side: Side, price: str, same: str
) -> None:
    for asked in (True, False):
        desk = Desk(cash="1000", leverage=d(10))
        desk.price(price)
        held = Position(symbol="BTCUSDT", quantity=d(90 * side.sign), average_price=d(100), ref="e")
        opening = PaperState(cash={"USDT": d(1000)}, positions=(HeldPosition(held),))
        desk.exchange.close_account("a")
        desk.exchange.open_account("a", desk.terms, opening, desk.events.append)
        assert desk.events == []
        if asked:
            desk.exchange.guard("a", desk.now)
        else:
            desk.price(same)
        (told,) = liquidations(desk)
        assert told.price == d(price if asked else same)
        desk.price(same)
        assert len(liquidations(desk)) == 1


def test_losses_in_several_symbols_add_up_to_a_liquidation_of_the_worst_first() -> None:
    desk = Desk(cash="1000", leverage=d(10))
    desk.price("100")
    desk.price("100", symbol="ETHUSDT")
    desk.send("b", quantity="45")
    desk.send("e", quantity="45", symbol="ETHUSDT")
    for level in range(99, 86, -1):
        desk.price(str(level))
        desk.price(str(100 - (100 - level) / 2), symbol="ETHUSDT")
    assert [told.reason.split(" at ")[0] for told in liquidations(desk)] == ["liquidated 45 BTCUSDT"]
    assert [p.symbol for p in desk.snapshot.positions] == ["ETHUSDT"]


def test_a_resting_order_without_margin_at_its_fill_is_cancelled_with_the_reason() -> None:
    desk = Desk(cash="1000", leverage=d(10))
    desk.price("100")
    desk.send("rest", quantity="90", limit_price=d(99))
    desk.send("now", quantity="90")
    desk.price("99")
    assert desk.story[-1].startswith("cancelled rest: insufficient margin: 90 BTCUSDT at 10x needs 891 USDT")
