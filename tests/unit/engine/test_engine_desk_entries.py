"""What becomes of entries and of what the venue answers, with the journal telling the same after each step."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest
from msgspec.structs import replace

from tradewire.domain import venue_events as v
from tradewire.domain.order import Leg, OrderStatus
from tradewire.domain.refusal import Code
from tradewire.domain.signal import Open, OrderType, Side
from tradewire.engine import facts as f
from tradewire.engine.step import LookUp, Submit
from tradewire.engine.trade import TradeStatus
from unit.engine.desk_harness import NOW, SECOND, Desk, facts_of, refused

D = Decimal


@pytest.fixture
def desk() -> Iterator[Desk]:
    made = Desk()
    yield made
    made.check()


def test_an_entry_is_approved_recorded_sent_and_watched_in_this_order(desk: Desk) -> None:
    decision = desk.type("buy btc 5u -sl 90")
    assert [type(fact) for fact in decision.facts] == [f.PlanApproved, f.Submitting]
    submit, look = decision.commands
    assert isinstance(submit, Submit)
    assert isinstance(look, LookUp)
    assert (submit.request.quantity, submit.request.side, submit.request.leg) == (D(5), Side.BUY, Leg.ENTRY)
    assert (look.at, look.always) == (NOW + 2 * SECOND, False)


def test_a_refusal_sends_nothing(desk: Desk) -> None:
    decision = desk.type("buy xyz 5u")
    assert refused(decision) is Code.UNKNOWN_SYMBOL
    assert decision.commands == ()


def test_an_unknown_symbol_names_the_nearest(desk: Desk) -> None:
    (no,) = facts_of(desk.type("buy BTCUSD 5u"), f.PlanRefused)
    assert "Did you mean BTCUSDT?" in no.refusal.sentence
    (no,) = facts_of(desk.type("buy eht 50"), f.PlanRefused)
    assert "no instrument called EHT. Did you mean ETH?" in no.refusal.sentence


@pytest.mark.parametrize(
    ("lacking", "text"),
    [("order_types", "buy btc 5u -lim 90"), ("times_in_force", "buy btc 5u -lim 90 -tif day")],
)
def test_what_the_venue_cannot_do_is_refused_before_it_is_sent(desk: Desk, lacking: str, text: str) -> None:
    desk.around.capabilities = replace(desk.around.capabilities, **{lacking: frozenset()})
    assert refused(desk.type(text)) is Code.UNSUPPORTED_ORDER
    assert desk.sends() == 0


def test_an_entry_waits_until_the_account_is_ready_and_survives_a_restart(desk: Desk) -> None:
    desk.around.ready = False
    assert facts_of(desk.type("buy btc 5u"), f.Waiting)
    desk.restart()
    desk.around.ready = True
    decision = desk.give(f.BecameReady())
    assert [type(fact) for fact in decision.facts] == [f.Released, f.PlanApproved, f.Submitting]
    assert not desk.state.waiting


def test_an_entry_that_waited_too_long_is_refused_when_the_account_is_ready() -> None:
    desk = Desk(max_signal_age="60s")
    desk.around.ready = False
    desk.type("buy btc 5u")
    desk.wait(61)
    desk.around.ready = True
    assert refused(desk.give(f.BecameReady())) is Code.STALE_SIGNAL
    desk.check()


def test_closing_does_not_wait_for_the_account_to_be_ready(desk: Desk) -> None:
    desk.opened("buy btc 5u")
    desk.around.ready = False
    desk.type("close btc")
    assert desk.sends(Leg.EXIT) == 1


def test_limits_count_what_is_reserved_so_three_at_once_cannot_pass_two() -> None:
    desk = Desk(max_open_trades=2)
    decisions = [desk.type(f"buy {symbol} 1u") for symbol in ("btc", "eth", "btc")]
    assert [refused(each) for each in decisions] == [None, None, Code.MAX_OPEN_TRADES]
    desk.reject(desk.sent().client_order_id)
    assert refused(desk.type("buy btc 1u")) is None, "a rejected entry frees its place"
    desk.check()


def test_a_fill_opens_the_trade_with_its_exits_at_the_price_it_got(desk: Desk) -> None:
    trade = desk.opened("buy btc 5u -sl 10% -tp 20%", price="200")
    assert (trade.quantity, trade.entry_price, trade.status) == (D(5), D(200), TradeStatus.OPEN)
    assert trade.exits is not None
    assert trade.exits.stop == D(180)
    assert [target.price for target in trade.exits.targets] == [D(240)]
    assert desk.state.positions["BTCUSDT"].quantity == D(5)
    assert desk.state.balance == D("9999.9"), "the fee is paid"


def test_every_further_fill_of_the_entry_moves_the_exits_to_the_average_price(desk: Desk) -> None:
    desk.type("buy btc 4u -sl 10%")
    cid = desk.sent().client_order_id
    desk.fill(cid, "1", "100")
    desk.fill(cid, "3", "200")
    assert desk.trade().entry_price == D(175)
    assert desk.stop() == D("157.5")
    assert desk.order(cid).status is OrderStatus.FILLED


def test_a_later_fill_never_loosens_a_stop_that_has_moved(desk: Desk) -> None:
    desk.type("buy btc 4u -tsl 10%")
    cid = desk.sent().client_order_id
    desk.fill(cid, "1", "100")
    desk.price("BTCUSDT", "200")
    assert desk.stop() == D(180)
    desk.fill(cid, "3", "100")
    assert desk.stop() == D(180)
    assert desk.trade().open_quantity == D(4)


@pytest.mark.parametrize("twice", ["accept", "fill", "cancelled"])
def test_hearing_it_twice_changes_nothing(desk: Desk, twice: str) -> None:
    desk.type("buy btc 4u -lim 90")
    cid = desk.sent().client_order_id
    if twice == "fill":
        desk.fill(cid, "1", "90", "same")
        again = desk.fill(cid, "1", "90", "same")
    else:
        getattr(desk, twice)(cid)
        again = getattr(desk, twice)(cid)
    assert again.facts == ()
    assert again.commands == ()


def test_words_about_orders_that_are_not_ours_change_nothing(desk: Desk) -> None:
    ts = NOW
    desk.type("buy btc 1u")
    stranger = desk.execution(desk.sent().client_order_id, "1", "100")
    for said in (
        v.Accepted(client_order_id="web-1", ts=ts),
        v.Rejected(client_order_id="web-1", reason="no", ts=ts),
        v.Filled(fill=replace(stranger, client_order_id="web-1")),
        v.Cancelled(client_order_id="web-1", ts=ts),
        v.Expired(client_order_id="web-1", ts=ts),
        v.Disconnected(reason="cut", ts=ts),
        v.Resynced(ts=ts),
    ):
        assert desk.give(f.VenueSaid(said)).facts == ()
    for event in (
        f.SubmitEnded(client_order_id="web-1", refused=True, reason="", ts=ts),
        f.LookupFailed(client_order_id="web-1", reason=""),
        f.LookedUp(result=v.Absent(client_order_id="web-1", ts=ts)),
        f.TimerRang("close:t-unknown:stop"),
        f.TimerRang("other:t:x"),
        f.LostReady("cut"),
    ):
        assert desk.give(event).facts == ()


def test_a_cancel_that_loses_to_a_fill_leaves_a_managed_trade(desk: Desk) -> None:
    desk.type("buy btc 4u -lim 90 -sl 80")
    cid = desk.sent().client_order_id
    desk.accept(cid)
    desk.type("cancel btc")
    assert desk.cancels() == [cid]
    desk.fill(cid, price="90")
    assert desk.cancelled(cid).facts == ()
    assert (desk.trade().status, desk.stop()) == (TradeStatus.OPEN, D(80))


def test_a_fill_after_the_cancel_was_confirmed_is_booked_and_managed(desk: Desk) -> None:
    desk.type("buy btc 4u -lim 90 -sl 80")
    cid = desk.sent().client_order_id
    desk.cancelled(cid)
    assert not desk.state.reserved
    desk.fill(cid, "1", "90")
    assert desk.order(cid).status is OrderStatus.CANCELLED
    assert desk.trade().open_quantity == D(1)
    assert desk.stop() == D(80), "its exits are not forgotten with the order"


def test_an_order_that_was_proven_refused_and_fills_after_all_is_managed_and_told(desk: Desk) -> None:
    desk.type("buy btc 4u -sl 90")
    cid = desk.sent().client_order_id
    desk.reject(cid)
    desk.accept(cid)
    desk.fill(cid, "1")
    assert (desk.order(cid).status, len(desk.state.reserved)) == (OrderStatus.PARTIALLY_FILLED, 1)
    desk.fill(cid)
    assert "took order" in desk.alerts()[0]
    assert (desk.trade().open_quantity, desk.stop()) == (D(4), D(90))


def test_an_expired_entry_frees_its_place(desk: Desk) -> None:
    desk.type("buy btc 4u -lim 90")
    cid = desk.sent().client_order_id
    desk.expired(cid)
    assert desk.order(cid).status is OrderStatus.EXPIRED
    assert not desk.state.reserved


def test_money_that_the_venue_moves_is_booked_in_the_accounts_currency(desk: Desk) -> None:
    desk.give(f.VenueSaid(v.Adjusted(currency="EUR", amount=D(-8), reason="funding", ts=NOW)))
    assert desk.state.balance == D(9990)


def test_a_late_entry_fill_reopens_the_trade_and_manages_it(desk: Desk) -> None:
    desk.type("buy btc 4u -lim 100 -sl 90")
    cid = desk.sent().client_order_id
    desk.fill(cid, "1")
    desk.type("close btc")
    desk.fill(desk.sent(Leg.EXIT).client_order_id, price="101")
    assert desk.trade().status is TradeStatus.CLOSED
    desk.fill(cid, "3")
    trade = desk.trade()
    assert (trade.status, trade.open_quantity, trade.quantity) == (TradeStatus.OPEN, D(3), D(4))
    assert desk.stop() == D(90)
    desk.price("BTCUSDT", "90")
    assert desk.sent(Leg.EXIT).quantity == D(3)


def test_a_closing_order_that_fills_more_than_was_open_is_said_once_and_told(desk: Desk) -> None:
    desk.opened("buy btc 5u")
    desk.type("close btc")
    cid = desk.sent(Leg.EXIT).client_order_id
    desk.fill(cid, "5", "90")
    again = desk.fill(cid, "2", "90")
    assert facts_of(again, f.TradeClosed) == []
    assert desk.state.losses_in_row == 1
    assert desk.state.positions["BTCUSDT"].quantity == D(-2), "the books show what the venue did"
    assert desk.alerts(), "nobody manages what lies beyond the trade: a person must know"


def test_a_reversal_enters_only_after_the_exit_is_confirmed(desk: Desk) -> None:
    old = desk.opened("buy btc 5u")
    desk.type("sell btc 3u")
    assert desk.sends(Leg.ENTRY) == 1
    exit_cid = desk.sent(Leg.EXIT).client_order_id
    desk.fill(exit_cid, "4", "99")
    assert desk.sends(Leg.ENTRY) == 1, "not while a part is open"
    desk.fill(exit_cid, "1", "99")
    entry = desk.sent(Leg.ENTRY)
    assert (desk.sends(Leg.ENTRY), entry.side, entry.quantity) == (2, Side.SELL, D(3))
    closed = desk.state.trade(old.id)
    assert closed is not None
    assert closed.exit_reason == "reverse"


def test_a_reversal_survives_a_restart_between_exit_and_entry(desk: Desk) -> None:
    desk.opened("buy btc 5u")
    desk.type("sell btc 3u")
    desk.restart()
    desk.fill(desk.sent(Leg.EXIT).client_order_id)
    assert desk.sent(Leg.ENTRY).side is Side.SELL


def test_a_reversal_that_risk_refuses_closes_nothing(desk: Desk) -> None:
    desk.opened("buy btc 5u")
    assert refused(desk.type("sell btc 3u -sl 90")) is Code.WRONG_SIDE_STOP
    assert desk.sends(Leg.EXIT) == 0


def test_opposite_close_closes_and_opens_nothing() -> None:
    desk = Desk(opposite="close")
    desk.opened("buy btc 5u")
    desk.type("sell btc 3u")
    desk.fill(desk.sent(Leg.EXIT).client_order_id)
    assert (desk.sends(Leg.ENTRY), desk.trade().exit_reason) == (1, "opposite")
    desk.check()


def test_opposite_ignore_refuses_and_leaves_the_trade() -> None:
    desk = Desk(opposite="ignore")
    desk.opened("buy btc 5u")
    assert refused(desk.type("sell btc 3u")) is Code.OPPOSITE_IGNORED
    assert desk.sends() == 1
    desk.check()


def test_opposite_allow_opens_beside() -> None:
    desk = Desk(opposite="allow")
    desk.opened("buy btc 5u")
    desk.opened("sell btc 3u")
    assert len(desk.state.trades) == 2
    assert desk.state.positions["BTCUSDT"].quantity == D(2)
    desk.check()


def test_a_time_in_force_or_a_post_only_order_that_the_venue_does_not_know_is_refused(desk: Desk) -> None:
    capabilities = desk.around.capabilities
    desk.around.capabilities = replace(capabilities, times_in_force=frozenset())
    assert refused(desk.type("buy btc 5u -lim 90")) is Code.UNSUPPORTED_ORDER
    desk.around.capabilities = replace(capabilities, post_only=False)
    entry = Open(symbol="BTCUSDT", side=Side.BUY, order_type=OrderType.LIMIT, limit_price=D(90), post_only=True)
    assert refused(desk.signal(entry)) is Code.UNSUPPORTED_ORDER
    desk.around.capabilities = replace(capabilities, post_only=True)
    assert refused(desk.signal(replace(entry, order_type=OrderType.MARKET, limit_price=None))) is not None
    assert refused(desk.signal(entry)) is None
    assert desk.sent().post_only
