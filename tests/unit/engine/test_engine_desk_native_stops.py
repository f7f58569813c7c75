"""Stops that rest at the venue: one at a time, moved by cancelling first, and watched by the hub in between."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest

from tradewire.domain import venue_events as v
from tradewire.domain.order import Leg, OrderStatus
from tradewire.domain.signal import OrderType, Side
from tradewire.engine import facts as f
from tradewire.engine.trade import TradeStatus
from unit.engine.desk_harness import Desk, facts_of

D = Decimal


@pytest.fixture
def native() -> Iterator[Desk]:
    """A desk whose venue holds protective stops itself."""
    made = Desk(native=True)
    yield made
    made.check()


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


def test_a_liquidation_closes_one_trade_books_it_once_and_withdraws_its_stop(native: Desk) -> None:
    kept = native.opened("buy btc 5u -sl 90")
    lost = native.opened("buy btc 4u -sl 80")
    before = native.state.balance
    told = v.Liquidated(
        symbol="BTCUSDT",
        ref=lost.entry,
        side=Side.BUY,
        quantity=D(4),
        price=D(70),
        fee=D(2),
        fee_currency="EUR",
        reason="liquidated 4 BTCUSDT at 70: no margin",
        ts=native.around.now,
    )
    (closed,) = facts_of(native.give(f.VenueSaid(told)), f.TradeClosed)
    assert (closed.reason, closed.pnl, closed.fees) == ("liquidated", D(-120), D("2.6"))
    assert native.state.balance == before - 120 - D("2.5")
    assert list(native.state.trades) == [kept.id]
    position = native.state.positions["BTCUSDT"]
    assert (position.quantity, position.realised) == (D(5), D(-120))
    gone = native.state.trade(lost.id)
    assert gone is not None
    assert native.cancels() == [gone.stop_order]
    assert native.alerts() == [f"fake liquidated BTCUSDT trade {lost.id}"]
    assert native.give(f.VenueSaid(told)).facts == (), "a second word changes nothing"


def test_a_stop_that_never_reached_the_venue_is_not_sent_after_its_trade_is_closed(native: Desk) -> None:
    native.opened("buy btc 5u -sl 90")
    stop = native.sent(Leg.STOP).client_order_id
    native.lose(stop)
    native.type("close btc")
    native.fill(native.sent(Leg.EXIT).client_order_id)
    native.wait(60)
    native.give(f.LookedUp(result=v.Absent(client_order_id=stop, ts=native.around.now)))
    assert native.sends(Leg.STOP) == 1, "it would rest there for nothing, and close another trade"
    assert native.order(stop).status is OrderStatus.CANCELLED


def test_a_closing_order_that_never_reached_the_venue_is_not_sent_after_the_stop_has_closed_the_trade(
    native: Desk,
) -> None:
    native.opened("buy btc 5u -sl 90")
    stop = native.sent(Leg.STOP).client_order_id
    native.accept(stop)
    native.type("close btc")
    exit = native.sent(Leg.EXIT).client_order_id
    native.lose(exit)
    native.fill(stop, price="90")
    native.wait(60)
    native.give(f.LookedUp(result=v.Absent(client_order_id=exit, ts=native.around.now)))
    assert native.sends(Leg.EXIT) == 1
    assert native.order(exit).status is OrderStatus.CANCELLED
