"""Time limits and session ends come by the clock, not only with a price."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from msgspec.structs import replace

from tradewire.domain.order import Leg
from tradewire.domain.refusal import Code
from tradewire.engine import facts as f
from tradewire.engine.step import Ring, Tell
from tradewire.engine.trade import TradeStatus
from tradewire.oms.reconcile import PositionDrift
from unit.engine.desk_harness import BTC, NOW, SECOND, D, Desk, refused


@pytest.fixture
def desk() -> Iterator[Desk]:
    made = Desk(max_quote_age="60s")
    yield made
    made.check()


def test_a_time_limit_closes_at_market_without_a_price(desk: Desk) -> None:
    trade = desk.opened("buy btc 10u -for 30s")
    desk.wait(29)
    desk.ring()
    assert desk.sends(Leg.EXIT) == 0
    desk.wait(1)
    desk.ring()
    assert desk.sent(Leg.EXIT).quantity == 10
    desk.fill(desk.sent(Leg.EXIT).client_order_id)
    assert (desk.trade().status, desk.trade().exit_reason) == (TradeStatus.CLOSED, "time_limit")
    assert desk.trade().id == trade.id


def test_a_price_at_the_deadline_closes_once(desk: Desk) -> None:
    desk.opened("buy btc 10u -for 30s")
    desk.wait(30)
    desk.price("BTCUSDT", "101")
    desk.ring()
    assert desk.sends(Leg.EXIT) == 1


def test_what_a_target_is_closing_is_not_closed_twice(desk: Desk) -> None:
    desk.opened("buy btc 10u -tp 102@40%,110 -for 30s")
    desk.wait(29)
    desk.price("BTCUSDT", "102")
    desk.wait(1)
    desk.ring()
    assert desk.sent(Leg.EXIT).quantity == 6


def test_the_session_ends_by_the_clock_too(desk: Desk) -> None:
    desk.around.instruments["BTCUSDT"] = replace(BTC, session="us")
    desk.around.closes_at = NOW + 50 * SECOND
    desk.opened("buy btc 10u -eod -for 1h")
    desk.wait(50)
    desk.ring()
    desk.fill(desk.sent(Leg.EXIT).client_order_id)
    assert desk.trade().exit_reason == "session_end"


def test_without_a_recent_price_a_person_is_told_and_the_first_price_closes(desk: Desk) -> None:
    desk.opened("buy btc 10u -for 5m")
    desk.wait(300)
    desk.ring()
    assert desk.sends(Leg.EXIT) == 0
    assert "is still open: its time limit is over" in desk.all_asked(Tell)[-1].title
    desk.wait(3600)
    desk.price("BTCUSDT", "99")
    desk.fill(desk.sent(Leg.EXIT).client_order_id)
    assert desk.trade().exit_reason == "time_limit"


@pytest.mark.parametrize(("age", "closed"), [(60, True), (61, False)])
def test_a_price_at_the_age_that_still_allows_an_entry_closes_too(age: int, closed: bool) -> None:
    desk = Desk(max_quote_age="60s")
    desk.opened("buy btc 10u -for 90s")
    desk.wait(90 - age)
    desk.price("BTCUSDT", "100")
    desk.wait(age)
    desk.ring()
    assert (desk.sends(Leg.EXIT) == 1) is closed
    assert refused(desk.type("buy btc 1u")) is (None if closed else Code.STALE_QUOTE)
    desk.check()


def test_a_deadline_is_asked_for_again_after_a_restart(desk: Desk) -> None:
    desk.opened("buy btc 10u -for 30s")
    desk.asked.clear()
    desk.restart()
    desk.around.ready = False
    desk.wait(40)
    desk.give(f.TimerRang("late:" + desk.trade().id + ":"))
    assert desk.sends(Leg.EXIT) == 0, "the venue is not there yet"
    desk.around.ready = True
    desk.give(f.BecameReady())
    desk.ring()
    assert desk.sent(Leg.EXIT).quantity == 10


def test_a_trade_without_an_end_asks_for_nothing_and_a_later_fill_asks_once(desk: Desk) -> None:
    desk.opened("buy btc 10u -sl 5%")
    assert desk.all_asked(Ring) == []
    desk.type("buy eth 10u -for 30s")
    cid = desk.sent().client_order_id
    desk.accept(cid)
    desk.fill(cid, "4", "10")
    desk.fill(cid, None, "10")
    assert len(desk.all_asked(Ring)) == 1


def test_the_end_of_a_session_is_refused_where_there_is_none(desk: Desk) -> None:
    assert refused(desk.type("buy btc 10u -eod")) is Code.BAD_EXITS
    desk.find(PositionDrift("BTCUSDT", D(0), D(3)))
    assert refused(desk.type("adopt btc -eod")) is Code.BAD_EXITS
