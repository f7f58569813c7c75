"""How trades are managed and closed, and how a closing that failed is not forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest
from msgspec.structs import replace

from tradewire.domain.order import Leg
from tradewire.domain.signal import OrderType, Side
from tradewire.engine import facts as f
from tradewire.engine.step import Ring, Submit
from tradewire.engine.trade import TradeStatus
from tradewire.oms.reconcile import PositionDrift
from unit.engine.desk_harness import BTC, NOW, SECOND, Desk, facts_of

D = Decimal


@pytest.fixture
def desk() -> Iterator[Desk]:
    made = Desk()
    yield made
    made.check()


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


def test_a_part_too_small_for_the_venue_is_left_to_the_next_target(desk: Desk) -> None:
    desk.opened("buy btc 0.2u -tp 110@40%,120@40%,130@20% -sl 90")
    desk.price("BTCUSDT", "110")
    assert desk.sends(Leg.EXIT) == 0, "0.08 cannot be closed"
    desk.price("BTCUSDT", "120")
    assert desk.sent(Leg.EXIT).quantity == D("0.1"), "0.16, and what is too little of it is left to the last"
    desk.price("BTCUSDT", "130")
    assert desk.sent(Leg.EXIT).quantity == D("0.1")
    assert desk.trade().status is TradeStatus.CLOSING


def test_what_no_target_could_close_is_closed_by_the_stop(desk: Desk) -> None:
    desk.opened("buy btc 0.1u -tp 110@40% -sl 90")
    desk.price("BTCUSDT", "110")
    assert desk.sends(Leg.EXIT) == 0
    desk.price("BTCUSDT", "90")
    assert desk.sent(Leg.EXIT).quantity == D("0.1")


@pytest.mark.parametrize("left", ["0.04", "0.14"])
def test_a_rest_off_the_step_is_closed_whole(desk: Desk, left: str) -> None:
    trade = desk.opened("buy btc 1u -sl 90")
    desk.find(PositionDrift("BTCUSDT", D(1), D(left)), confirmed=["BTCUSDT"])
    assert desk.state.trades[trade.id].open_quantity == D(left)
    desk.price("BTCUSDT", "90")
    assert desk.sent(Leg.EXIT).quantity == D(left)


def test_a_failed_closing_whose_rest_is_too_small_is_closed_with_the_trade_at_the_latest(desk: Desk) -> None:
    desk.opened("buy btc 5u -sl 90")
    desk.type("close btc 50%")
    cid = desk.sent(Leg.EXIT).client_order_id
    desk.fill(cid, "2.46")
    desk.cancelled(cid, "no liquidity")
    desk.wait(1)
    desk.ring()
    assert desk.sends(Leg.EXIT) == 1, "0.04 alone cannot be closed"
    desk.find(PositionDrift("BTCUSDT", D("2.54"), D("0.04")), confirmed=["BTCUSDT"])
    assert desk.sent(Leg.EXIT).quantity == D("0.04"), "now it is all that is left"


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


def test_rows_of_older_versions_tell_the_same_under_their_old_name(desk: Desk) -> None:
    desk.opened("buy btc 5u -tsl 10%")
    desk.price("BTCUSDT", "200")
    now, before = b'{"event":{"type":"price_crossed"', b'{"event":{"type":"quote_broke"'
    assert [row.kind for row in desk.rows if row.data.startswith(now)] == ["price_crossed"]
    desk.rows = [replace(row, data=row.data.replace(now, before)) for row in desk.rows]
    desk.restart()
    assert desk.stop() == D(180)
    desk.price("BTCUSDT", "180")
    assert desk.trade().exit_reason == "trailing"


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


@pytest.mark.parametrize(
    ("said", "first"),
    [("-sl 90", "90"), ("-tsl 2.8", "97.2"), ("-sl 90 -tsl 2.8", "97.2"), ("-tsl 2% -sl 99", "99"), ("-tp 120", None)],
)
def test_the_initial_stop_of_a_trade_is_the_stop_at_its_entry_for_ever(
    desk: Desk, said: str, first: str | None
) -> None:
    desk.opened(f"buy btc 5u {said}")
    wanted = None if first is None else D(first)
    assert desk.trade().initial_stop == wanted
    desk.price("BTCUSDT", "110")
    desk.type("sl btc 108")
    desk.type("trail btc 0.5%")
    desk.type("tp btc 130")
    desk.price("BTCUSDT", "112")
    assert desk.trade().initial_stop == wanted
    desk.price("BTCUSDT", "100")
    desk.fill(desk.sent(Leg.EXIT).client_order_id, price="100")
    assert (desk.trade().status, desk.trade().initial_stop) == (TradeStatus.CLOSED, wanted)


def test_the_initial_stop_follows_the_average_price_while_the_entry_fills_and_no_command_since(desk: Desk) -> None:
    desk.type("buy btc 10u -lim 100 -sl 10%")
    entry = desk.sent(Leg.ENTRY).client_order_id
    desk.fill(entry, price="100", quantity="4")
    assert desk.trade().initial_stop == D(90)
    desk.fill(entry, price="98", quantity="4")
    assert desk.trade().initial_stop == D("89.1")
    desk.type("sl btc 95")
    desk.fill(entry, price="96", quantity="2")
    assert desk.trade().initial_stop == D("89.1")
