"""What a desk decides on each event: entries, answers, exits and commands, each with the journal telling the same."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest
from msgspec.structs import replace

from tradewire.domain import venue_events as v
from tradewire.domain.order import Leg, OrderStatus
from tradewire.domain.refusal import Code
from tradewire.domain.signal import Adopt, Close, ExitSpec, OrderType, Side, Size, SizeUnit
from tradewire.engine import facts as f
from tradewire.engine.step import LookUp, Ring, Submit
from tradewire.engine.trade import TradeStatus
from tradewire.oms.reconcile import LookUp as NeedsLookUp
from tradewire.oms.reconcile import LostOrder, PositionDrift
from unit.engine.desk_harness import BTC, NOW, SECOND, Desk, facts_of, refused
from unit.oms.oms_samples import resting

D = Decimal


@pytest.fixture
def desk() -> Iterator[Desk]:
    made = Desk()
    yield made
    made.check()


@pytest.fixture
def native() -> Iterator[Desk]:
    """A desk whose venue holds protective stops itself."""
    made = Desk(native=True)
    yield made
    made.check()


# ── entries ─────────────────────────────────────────────────────────────────────────────────────────────────────────


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


# ── answers ─────────────────────────────────────────────────────────────────────────────────────────────────────────


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


# ── silence ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_lost_answer_is_unknown_looked_up_and_never_rejected(desk: Desk) -> None:
    desk.type("buy btc 1u")
    cid = desk.sent().client_order_id
    desk.lose(cid)
    assert desk.order(cid).status is OrderStatus.UNKNOWN
    look = desk.lookups()[-1]
    assert (look.client_order_id, look.always, look.at) == (cid, True, NOW + SECOND // 4)
    for _ in range(30):
        desk.wait(0.1)
        desk.give(f.LookupFailed(client_order_id=cid, reason="timeout"))
    assert desk.order(cid).status is OrderStatus.UNKNOWN
    assert desk.order(cid).lookups == 30
    assert desk.sends() == 1
    assert desk.alerts() == [f"Order {cid} is still unknown"]


def test_absence_before_the_requests_expiry_sends_nothing_again_and_after_it_once(desk: Desk) -> None:
    desk.type("buy btc 1u")
    first = desk.sent()
    cid = first.client_order_id
    desk.lose(cid)
    for _ in range(11):
        desk.give(f.LookedUp(result=v.Absent(client_order_id=cid, ts=desk.around.now)))
        assert desk.sends() == 1
        desk.wait(0.5)
    desk.wait(0.1)
    desk.give(f.LookedUp(result=v.Absent(client_order_id=cid, ts=desk.around.now)))
    assert desk.sends() == 2
    again = desk.sent()
    assert again.client_order_id == cid
    assert again.expires_at == desk.around.now + desk.around.capabilities.request_expiry_ns
    assert (desk.order(cid).status, desk.order(cid).sends) == (OrderStatus.SUBMITTING, 2)
    desk.give(f.LookedUp(result=v.Absent(client_order_id=cid, ts=desk.around.now + 1)))
    assert desk.sends() == 2, "the new request has an expiry of its own"


def test_silence_alone_becomes_unknown_at_the_first_look_up(desk: Desk) -> None:
    desk.type("buy btc 1u")
    cid = desk.sent().client_order_id
    desk.wait(2)
    desk.give(f.LookedUp(result=v.Absent(client_order_id=cid, ts=desk.around.now)))
    assert (desk.order(cid).status, desk.order(cid).reason) == (OrderStatus.UNKNOWN, "no answer from the venue")


def test_an_entry_that_never_arrived_and_is_too_old_ends_with_that_reason(desk: Desk) -> None:
    desk.type("buy btc 1u")
    cid = desk.sent().client_order_id
    desk.lose(cid)
    desk.wait(121)
    desk.give(f.LookedUp(result=v.Absent(client_order_id=cid, ts=desk.around.now)))
    assert desk.order(cid).status is OrderStatus.REJECTED
    assert desk.order(cid).reason == "it never reached the venue and is too old to be sent again"
    assert desk.sends() == 1


def test_where_the_venue_keeps_no_ids_of_ours_an_unknown_order_waits_for_a_person() -> None:
    desk = Desk(client_ids=False)
    desk.type("buy btc 1u")
    cid = desk.sent().client_order_id
    desk.lose(cid)
    for _ in range(12):
        desk.wait(60)
        desk.give(f.LookedUp(result=v.Absent(client_order_id=cid, ts=desk.around.now)))
    assert (desk.order(cid).status, desk.sends()) == (OrderStatus.UNKNOWN, 1)
    assert len(desk.alerts()) == 1
    desk.check()


@pytest.mark.parametrize(
    ("shown", "after"),
    [
        (OrderStatus.WORKING, OrderStatus.WORKING),
        (OrderStatus.CANCELLED, OrderStatus.CANCELLED),
        (OrderStatus.EXPIRED, OrderStatus.EXPIRED),
        (OrderStatus.REJECTED, OrderStatus.REJECTED),
    ],
)
def test_what_a_look_up_finds_is_taken_over(desk: Desk, shown: OrderStatus, after: OrderStatus) -> None:
    desk.type("buy btc 4u -lim 90")
    cid = desk.sent().client_order_id
    desk.lose(cid)
    desk.give(f.LookedUp(result=v.Found(client_order_id=cid, venue_order_id="v1", status=shown, ts=NOW)))
    assert desk.order(cid).status is after


def test_a_look_up_brings_fills_that_were_missed_and_only_those(desk: Desk) -> None:
    desk.type("buy btc 4u -sl 80")
    cid = desk.sent().client_order_id
    first = desk.execution(cid, "1", "100")
    desk.give(f.VenueSaid(v.Filled(fill=first)))
    second = desk.execution(cid, "3", "104")
    found = v.Found(client_order_id=cid, status=OrderStatus.FILLED, fills=(first, second), ts=NOW)
    decision = desk.give(f.LookedUp(result=found))
    assert len(facts_of(decision, f.OrderFilled)) == 1
    assert (desk.order(cid).filled, desk.trade().entry_price) == (D(4), D(103))
    assert facts_of(desk.give(f.LookedUp(result=found)), f.OrderFilled) == []


def test_absence_of_an_order_that_works_ends_nothing(desk: Desk) -> None:
    desk.type("buy btc 4u -lim 90")
    cid = desk.sent().client_order_id
    desk.accept(cid)
    desk.wait(1000)
    desk.give(f.LookedUp(result=v.Absent(client_order_id=cid, ts=desk.around.now)))
    assert desk.order(cid).status is OrderStatus.WORKING


def test_a_proven_refusal_of_a_submit_rejects_but_not_an_order_that_was_taken(desk: Desk) -> None:
    desk.type("buy btc 4u -lim 90")
    cid = desk.sent().client_order_id
    desk.accept(cid)
    late = f.SubmitEnded(client_order_id=cid, refused=True, reason="duplicate", ts=NOW)
    assert desk.give(late).facts == ()
    desk.type("buy eth 4u -lim 9")
    other = desk.sent().client_order_id
    desk.give(f.SubmitEnded(client_order_id=other, refused=True, reason="margin", ts=NOW))
    assert (desk.order(other).status, desk.order(other).reason) == (OrderStatus.REJECTED, "margin")


# ── exits ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_stop_closes_the_whole_trade_and_the_trade_says_so(desk: Desk) -> None:
    desk.opened("buy btc 5u -sl 90")
    assert desk.price("BTCUSDT", "90.01") is None
    desk.price("BTCUSDT", "90")
    request = desk.sent(Leg.EXIT)
    assert (request.quantity, request.side, request.reduce_only, request.type) == (
        D(5),
        Side.SELL,
        True,
        OrderType.MARKET,
    )
    assert desk.trade().status is TradeStatus.CLOSING
    assert desk.price("BTCUSDT", "80") is None, "one closing order is enough"
    closed = facts_of(desk.fill(request.client_order_id, price="89"), f.TradeClosed)
    assert [(c.reason, c.pnl, c.fees) for c in closed] == [("stop", D(-55), D("0.2"))]
    assert (desk.trade().status, desk.state.losses_in_row) == (TradeStatus.CLOSED, 1)
    assert desk.state.balance == D(10_000) - 55 - D("0.2")
    assert not desk.state.books


def test_a_short_trade_is_the_mirror(desk: Desk) -> None:
    desk.opened("sell btc 5u -sl 110 -tp 80")
    desk.price("BTCUSDT", "79.9", "80")
    request = desk.sent(Leg.EXIT)
    assert (request.side, request.quantity) == (Side.BUY, D(5))
    (closed,) = facts_of(desk.fill(request.client_order_id, price="80"), f.TradeClosed)
    assert (closed.reason, closed.pnl) == ("target", D(100))
    assert desk.state.losses_in_row == 0


def test_a_ladder_closes_its_shares_and_the_rest_at_the_last(desk: Desk) -> None:
    desk.opened("buy btc 10u -tp 110@50%,120@30%,130@20% -sl 90")
    for price, quantity in (("110", D(5)), ("120", D(3)), ("130", D(2))):
        desk.price("BTCUSDT", price)
        request = desk.sent(Leg.EXIT)
        assert request.quantity == quantity
        desk.fill(request.client_order_id, price=price)
    assert desk.trade().status is TradeStatus.CLOSED
    assert desk.trade().pnl == 50 + 60 + 60
    assert desk.trade().exit_price == D("117")


def test_a_price_that_jumps_two_targets_closes_both_shares_at_once(desk: Desk) -> None:
    desk.opened("buy btc 10u -tp 110@50%,120@30%,130@20%")
    desk.price("BTCUSDT", "125")
    assert [r.request.quantity for r in desk.all_asked(Submit)] == [D(10), D(8)]


def test_a_remainder_too_small_for_the_venue_is_closed_along(desk: Desk) -> None:
    desk.around.instruments["BTCUSDT"] = replace(BTC, min_qty=D("0.5"))
    desk.opened("buy btc 10u -tp 110@96%,120@4%")
    desk.price("BTCUSDT", "110")
    assert desk.sent(Leg.EXIT).quantity == D(10)


def test_breakeven_moves_the_stop_to_the_entry_and_names_itself(desk: Desk) -> None:
    desk.opened("buy btc 5u -sl 90 -be 110")
    desk.price("BTCUSDT", "110")
    assert desk.stop() == D(100)
    desk.price("BTCUSDT", "100")
    assert desk.trade().exit_reason == "breakeven"


def test_a_trailing_stop_follows_the_best_price_and_never_comes_back(desk: Desk) -> None:
    desk.opened("buy btc 5u -tsl 2.8")
    stops = []
    for price in ("100", "110", "108", "120"):
        desk.price("BTCUSDT", price)
        stops.append(desk.stop())
    assert stops == [D("97.2"), D("106.92"), D("106.92"), D("116.64")]


def test_a_trailing_stop_goes_on_after_a_restart_where_it_stood(desk: Desk) -> None:
    desk.opened("buy btc 5u -tsl 10%")
    desk.price("BTCUSDT", "200")
    desk.restart()
    assert desk.stop() == D(180)
    assert desk.price("BTCUSDT", "181") is None
    desk.price("BTCUSDT", "180")
    assert desk.trade().exit_reason == "trailing"
    assert desk.sends(Leg.EXIT) == 1


def test_a_time_limit_closes_at_the_first_price_after_it(desk: Desk) -> None:
    desk.around.profile = desk.around.profile.model_copy(
        update={"exits": type(desk.around.profile.exits)(time_limit="1h")}
    )
    desk.opened("buy btc 5u")
    desk.wait(3599)
    assert desk.price("BTCUSDT", "100") is None
    desk.wait(1)
    desk.price("BTCUSDT", "100")
    assert desk.trade().exit_reason == "time_limit"


def test_exits_that_cannot_be_at_the_fill_leave_the_trade_open_and_a_person_told(desk: Desk) -> None:
    desk.type("buy btc 5u -sl 2atr")
    desk.around.range = None
    desk.fill(desk.sent().client_order_id)
    assert desk.alerts() == [f"Trade {desk.trade().id} has no exits"]
    assert desk.stop() is None
    assert desk.trade().status is TradeStatus.OPEN


# ── closing orders that fail ────────────────────────────────────────────────────────────────────────────────────────


def test_a_refused_closing_is_tried_again_after_a_pause_not_at_every_price(desk: Desk) -> None:
    desk.opened("buy btc 5u -sl 90")
    desk.price("BTCUSDT", "90")
    desk.reject(desk.sent(Leg.EXIT).client_order_id, "market closed")
    assert desk.price("BTCUSDT", "85") is None
    (ring,) = desk.all_asked(Ring)
    assert ring.at == NOW + SECOND
    desk.wait(1)
    desk.ring()
    assert desk.sends(Leg.EXIT) == 2
    cids = {c.request.client_order_id for c in desk.all_asked(Submit) if c.request.leg is Leg.EXIT}
    assert len(cids) == 2, "a new closing order, not the refused one again"
    (closed,) = facts_of(desk.fill(desk.sent(Leg.EXIT).client_order_id, price="85"), f.TradeClosed)
    assert closed.reason == "stop"


def test_pauses_between_closings_grow_up_to_half_a_minute(desk: Desk) -> None:
    desk.opened("buy btc 5u")
    desk.type("close btc")
    pauses = []
    for _ in range(8):
        desk.reject(desk.sent(Leg.EXIT).client_order_id)
        pauses.append((desk.all_asked(Ring)[-1].at - desk.around.now) // SECOND)
        desk.wait(60)
        desk.ring()
    assert pauses == [1, 2, 4, 8, 15, 30, 30, 30]


def test_a_refused_part_is_tried_again_as_a_part(desk: Desk) -> None:
    desk.opened("buy btc 10u -tp 110@50%,120@50% -sl 90")
    desk.price("BTCUSDT", "110")
    desk.reject(desk.sent(Leg.EXIT).client_order_id)
    desk.wait(1)
    desk.ring()
    assert desk.sent(Leg.EXIT).quantity == D(5)


def test_a_closing_that_filled_in_part_and_ended_is_tried_again_for_the_rest(desk: Desk) -> None:
    desk.opened("buy btc 10u")
    desk.type("close btc 50%")
    cid = desk.sent(Leg.EXIT).client_order_id
    desk.fill(cid, "2")
    desk.cancelled(cid, "no liquidity")
    desk.wait(1)
    desk.ring()
    assert desk.sent(Leg.EXIT).quantity == D(3)


def test_a_refused_part_leaves_the_stop_watched_meanwhile(desk: Desk) -> None:
    desk.opened("buy btc 10u -tp 110@50%,120@50% -sl 90")
    desk.price("BTCUSDT", "110")
    desk.reject(desk.sent(Leg.EXIT).client_order_id)
    desk.price("BTCUSDT", "89")
    assert desk.sent(Leg.EXIT).quantity == D(10)
    desk.wait(1)
    desk.ring()
    assert desk.sends(Leg.EXIT) == 2, "the stop took all: there is no part left to close"


@pytest.mark.parametrize("ask", ["close btc", "flatten"])
def test_a_refused_closing_is_not_forgotten_over_a_restart(desk: Desk, ask: str) -> None:
    desk.opened("buy btc 5u")
    desk.type(ask)
    desk.reject(desk.sent(Leg.EXIT).client_order_id)
    desk.restart()
    desk.asked.clear()
    desk.give(f.BecameReady())
    desk.wait(60)
    desk.ring()
    assert desk.sends(Leg.EXIT) == 1
    assert desk.sent(Leg.EXIT).quantity == D(5)


# ── late and too much ───────────────────────────────────────────────────────────────────────────────────────────────


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


# ── stops that rest at the venue ────────────────────────────────────────────────────────────────────────────────────


def test_a_native_stop_rests_at_the_venue_as_soon_as_the_entry_fills(native: Desk) -> None:
    native.opened("buy btc 5u -sl 90")
    stop = native.sent(Leg.STOP)
    assert (stop.type, stop.stop_price, stop.quantity, stop.reduce_only) == (OrderType.STOP, D(90), D(5), True)
    assert native.trade().stop_order == stop.client_order_id


def test_a_trade_without_a_stop_rests_nothing(native: Desk) -> None:
    native.opened("buy btc 5u -tp 110")
    assert native.sends(Leg.STOP) == 0


def test_the_venue_fires_its_stop_and_the_hub_does_not(native: Desk) -> None:
    native.opened("buy btc 5u -sl 90")
    cid = native.sent(Leg.STOP).client_order_id
    native.accept(cid)
    native.price("BTCUSDT", "89")
    assert native.sends(Leg.EXIT) == 0
    (closed,) = facts_of(native.fill(cid, price="89"), f.TradeClosed)
    assert (closed.reason, closed.pnl) == ("stop", D(-55))


def test_a_stop_that_moves_is_cancelled_and_placed_anew_never_two_at_once(native: Desk) -> None:
    native.opened("buy btc 5u -tsl 10%")
    first = native.sent(Leg.STOP)
    assert first.stop_price == D(90)
    native.accept(first.client_order_id)
    native.price("BTCUSDT", "120")
    assert native.cancels() == [first.client_order_id]
    assert native.sends(Leg.STOP) == 1
    native.price("BTCUSDT", "130")
    assert native.cancels() == [first.client_order_id], "one cancel is enough"
    native.cancelled(first.client_order_id)
    second = native.sent(Leg.STOP)
    assert native.sends(Leg.STOP) == 2
    assert second.stop_price == D(117), "where the stop is by now, not where it was when the cancel was asked"
    assert second.client_order_id != first.client_order_id


def test_the_hub_watches_the_price_itself_between_two_stops(native: Desk) -> None:
    native.opened("buy btc 5u -tsl 10%")
    first = native.sent(Leg.STOP).client_order_id
    native.accept(first)
    native.price("BTCUSDT", "120")
    native.price("BTCUSDT", "105")
    assert native.sent(Leg.EXIT).quantity == D(5)
    native.cancelled(first)
    assert native.sends(Leg.STOP) == 1, "nothing is left to protect: the closing order takes it all"
    native.fill(native.sent(Leg.EXIT).client_order_id, price="105")
    assert native.trade().status is TradeStatus.CLOSED


def test_a_cancel_of_the_old_stop_that_loses_to_its_fill_closes_the_trade(native: Desk) -> None:
    native.opened("buy btc 5u -tsl 10%")
    first = native.sent(Leg.STOP).client_order_id
    native.price("BTCUSDT", "120")
    (closed,) = facts_of(native.fill(first, price="90"), f.TradeClosed)
    assert closed.reason == "stop"
    assert native.sends(Leg.STOP) == 1


def test_a_stop_that_the_venue_refuses_is_watched_by_the_hub_and_told(native: Desk) -> None:
    native.opened("buy btc 5u -sl 90")
    native.reject(native.sent(Leg.STOP).client_order_id, "too close")
    assert "does not hold the stop" in native.alerts()[0]
    assert native.trade().stop_order is None
    native.price("BTCUSDT", "90")
    assert native.sent(Leg.EXIT).quantity == D(5)


def test_a_part_that_closes_shrinks_the_resting_stop(native: Desk) -> None:
    native.opened("buy btc 10u -sl 90 -tp 110@50%,120@50%")
    first = native.sent(Leg.STOP)
    native.accept(first.client_order_id)
    native.price("BTCUSDT", "110")
    exit_cid = native.sent(Leg.EXIT).client_order_id
    native.fill(exit_cid, price="110")
    native.cancelled(first.client_order_id)
    assert native.sent(Leg.STOP).quantity == D(5)


def test_closing_a_trade_withdraws_its_resting_stop(native: Desk) -> None:
    native.opened("buy btc 5u -sl 90")
    stop = native.sent(Leg.STOP).client_order_id
    native.accept(stop)
    native.type("close btc")
    native.fill(native.sent(Leg.EXIT).client_order_id)
    assert native.cancels() == [stop]
    native.cancelled(stop)
    assert native.trade().status is TradeStatus.CLOSED


def test_an_adjusted_stop_moves_the_resting_one(native: Desk) -> None:
    native.opened("buy btc 5u -sl 90")
    first = native.sent(Leg.STOP).client_order_id
    native.accept(first)
    native.type("sl btc 95")
    assert native.cancels() == [first]
    native.cancelled(first)
    assert native.sent(Leg.STOP).stop_price == D(95)


def test_a_missing_stop_is_placed_when_the_account_becomes_ready(native: Desk) -> None:
    native.opened("buy btc 5u -sl 90")
    native.reject(native.sent(Leg.STOP).client_order_id)
    native.give(f.BecameReady())
    assert native.sends(Leg.STOP) == 2


# ── opposite signals ────────────────────────────────────────────────────────────────────────────────────────────────


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


# ── commands on what is there ───────────────────────────────────────────────────────────────────────────────────────


def test_close_takes_a_percentage_of_each_or_a_quantity_of_the_oldest() -> None:
    desk = Desk()
    desk.opened("buy btc 4u -id first")
    desk.opened("buy btc 6u -id second")
    desk.type("close btc 50%")
    assert [c.request.quantity for c in desk.all_asked(Submit)[2:]] == [D(2), D(3)]
    for command in desk.all_asked(Submit)[2:]:
        desk.fill(command.request.client_order_id)
    desk.type("close btc 4u")
    assert [c.request.quantity for c in desk.all_asked(Submit)[4:]] == [D(2), D(2)]
    desk.check()


def test_close_in_money_and_in_lots_is_turned_into_units(desk: Desk) -> None:
    desk.opened("buy btc 10u")
    desk.signal(Close(symbol="BTCUSDT", quantity=Size(D(200), SizeUnit.QUOTE)))
    assert desk.sent(Leg.EXIT).quantity == D(2)
    desk.around.instruments["BTCUSDT"] = replace(BTC, lot_size=D(3))
    desk.type("close btc 1lot")
    assert desk.sent(Leg.EXIT).quantity == D(3)


def test_close_of_nothing_says_so_and_what_is_being_closed_is_not_closed_twice(desk: Desk) -> None:
    assert refused(desk.type("close btc")) is Code.NOTHING_TO_CLOSE
    desk.opened("buy btc 4u")
    desk.type("close btc")
    assert refused(desk.type("close btc")) is Code.NOTHING_TO_CLOSE
    assert desk.sends(Leg.EXIT) == 1


def test_cancel_finds_orders_by_symbol_id_tag_or_all() -> None:
    desk = Desk()
    for text in ("buy btc 1u -lim 90 -id swing", "buy btc 1u -lim 91", "buy eth 1u -lim 9"):
        desk.type(text)
        desk.accept(desk.sent().client_order_id)
    first, second, third = (c.request.client_order_id for c in desk.all_asked(Submit))
    desk.type("cancel -id swing")
    assert desk.cancels() == [first]
    desk.type(f"cancel {second}")
    assert desk.cancels() == [first, second]
    desk.type("cancel eth")
    assert desk.cancels() == [first, second, third]
    assert refused(desk.type("cancel sol")) is Code.NOTHING_TO_CANCEL
    desk.type("cancel all")
    assert desk.cancels() == [first, second, third], "what is being cancelled is not asked again"
    desk.check()


def test_cancel_takes_back_what_waits(desk: Desk) -> None:
    desk.around.ready = False
    desk.type("buy btc 1u")
    assert refused(desk.type("cancel btc")) is Code.NOTHING_TO_CANCEL
    desk.around.ready = True
    assert desk.give(f.BecameReady()).facts == ()


def test_adjusting_moves_the_exits_and_refuses_to_loosen_a_stop(desk: Desk) -> None:
    desk.opened("buy btc 5u -sl 90")
    desk.type("sl btc 95")
    assert desk.stop() == D(95)
    assert refused(desk.type("sl btc 80")) is Code.STOP_LOOSENED
    assert refused(desk.type("sl btc 101")) is Code.WRONG_SIDE_STOP
    desk.type("tp btc 110@50%,120")
    desk.price("BTCUSDT", "110")
    assert desk.sent(Leg.EXIT).quantity == D("2.5")
    desk.type("be btc")
    assert desk.stop() == D(100)
    assert refused(desk.type("sl eth 5")) is Code.NOTHING_TO_ADJUST


def test_halt_refuses_what_waits_and_what_comes_but_lets_exits_go_on(desk: Desk) -> None:
    desk.opened("buy btc 5u -sl 90")
    desk.type("sell btc 3u")
    desk.type("halt")
    assert desk.state.halted
    assert not desk.state.waiting
    assert refused(desk.type("buy eth 1u")) is Code.HALTED
    assert desk.type("halt").facts == ()
    desk.fill(desk.sent(Leg.EXIT).client_order_id)
    assert desk.sends(Leg.ENTRY) == 1
    desk.type("resume")
    assert refused(desk.type("buy eth 1u")) is None


def test_flatten_halts_withdraws_what_rests_and_closes_what_is_open(native: Desk) -> None:
    native.opened("buy btc 5u -sl 90")
    stop = native.sent(Leg.STOP).client_order_id
    native.accept(stop)
    native.type("buy eth 5u -lim 9")
    resting_cid = native.sent().client_order_id
    native.accept(resting_cid)
    native.type("flatten")
    assert native.state.halted
    assert set(native.cancels()) == {stop, resting_cid}
    assert native.sent(Leg.EXIT).quantity == D(5)
    native.fill(native.sent(Leg.EXIT).client_order_id)
    native.cancelled(stop)
    native.cancelled(resting_cid)
    assert not native.state.orders
    assert not native.state.trades
    assert native.sends(Leg.STOP) == 1


# ── what is foreign ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_foreign_position_is_shown_and_nothing_is_done_about_it(desk: Desk) -> None:
    decision = desk.find(PositionDrift("BTCUSDT", D(0), D(3)))
    assert facts_of(decision, f.ForeignSeen)
    assert decision.commands == ()
    assert desk.state.foreign == {"BTCUSDT": D(3)}
    assert desk.find(PositionDrift("BTCUSDT", D(0), D(3))).facts == (), "seen is seen"
    assert refused(desk.type("close btc")) is Code.NOTHING_TO_CLOSE
    desk.type("flatten")
    assert desk.sends() == 0
    desk.find()
    assert desk.state.foreign == {}


def test_a_foreign_position_is_adopted_by_command_only_and_managed_from_then_on(native: Desk) -> None:
    assert refused(native.signal(Adopt(symbol="BTCUSDT"))) is Code.NOTHING_TO_ADOPT
    native.find(PositionDrift("BTCUSDT", D(0), D(-3)))
    native.signal(Adopt(symbol="BTCUSDT", exits=ExitSpec(stop=D(110))))
    trade = native.trade()
    assert (trade.side, trade.open_quantity, trade.entry) == (Side.SELL, D(3), None)
    assert native.state.positions["BTCUSDT"].quantity == D(-3)
    assert native.state.foreign == {}
    stop = native.sent(Leg.STOP)
    assert (stop.stop_price, stop.side, stop.position_ref) == (D(110), Side.BUY, None)
    native.type("close btc")
    native.fill(native.sent(Leg.EXIT).client_order_id)
    assert native.trade().status is TradeStatus.CLOSED


def test_findings_look_up_what_is_unclear_and_tell_of_what_nobody_knows(desk: Desk) -> None:
    desk.type("buy btc 1u")
    cid = desk.sent().client_order_id
    desk.asked.clear()
    stranger = "tw" + "z" * 20
    desk.find(NeedsLookUp(cid), NeedsLookUp(stranger), LostOrder(resting(stranger)))
    assert [(c.client_order_id, c.since, c.at, c.always) for c in desk.lookups()] == [
        (cid, NOW, NOW, True),
        (stranger, 0, NOW, True),
    ]
    assert desk.alerts() == [f"fake holds order {stranger}, which this hub does not know"]


def test_what_the_venue_lacks_is_not_closed_in_the_books_before_it_lacks_it_twice(desk: Desk) -> None:
    desk.opened("buy btc 5u")
    assert desk.find(PositionDrift("BTCUSDT", D(5), D(0))).facts == ()
    (closed,) = facts_of(desk.find(PositionDrift("BTCUSDT", D(5), D(0)), confirmed=["BTCUSDT"]), f.TradeClosed)
    assert closed.reason == "closed_at_venue"
    assert desk.trade().status is TradeStatus.CLOSED
    assert desk.state.positions["BTCUSDT"].quantity == 0
    assert desk.alerts()


def test_the_trade_whose_position_the_venue_lacks_is_the_one_that_vanished(native: Desk) -> None:
    first = native.opened("buy btc 5u -sl 90")
    assert first.entry is not None
    second = native.opened("buy btc 5u -sl 80")
    native.price("BTCUSDT", "98")
    native.find(PositionDrift("BTCUSDT", D(10), D(5)), confirmed=["BTCUSDT"], refs=[first.entry])
    assert list(native.state.trades) == [first.id]
    gone = native.state.trade(second.id)
    assert gone is not None
    assert (gone.exit_price, gone.pnl) == (D(98), D(-10))
    assert native.cancels() == [gone.stop_order], "its stop protects nothing any more"


def test_a_position_that_turned_at_the_venue_is_gone_and_the_rest_of_it_foreign(desk: Desk) -> None:
    desk.opened("buy btc 5u")
    desk.find(PositionDrift("BTCUSDT", D(5), D(-2)), confirmed=["BTCUSDT"])
    assert not desk.state.trades
    assert desk.state.foreign == {"BTCUSDT": D(-2)}


def test_a_part_that_vanished_shrinks_the_trade(desk: Desk) -> None:
    desk.opened("buy btc 5u -sl 90")
    desk.find(PositionDrift("BTCUSDT", D(5), D(3)), confirmed=["BTCUSDT"])
    assert (desk.trade().open_quantity, desk.trade().status) == (D(3), TradeStatus.OPEN)
    desk.price("BTCUSDT", "90")
    assert desk.sent(Leg.EXIT).quantity == D(3)
