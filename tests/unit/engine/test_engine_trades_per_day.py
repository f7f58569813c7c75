"""The day's trades are those that were opened, and the entries that may still open one."""

from __future__ import annotations

import pytest

from tradewire.domain.refusal import Code
from unit.engine.desk_harness import Desk, refused

DAY = 86_400


def ended(desk: Desk, how: str) -> None:
    cid = desk.sent().client_order_id
    {"cancelled": desk.cancelled, "expired": desk.expired, "rejected": desk.reject}[how](cid)


@pytest.mark.parametrize("how", ["cancelled", "expired", "rejected"])
def test_what_ended_unfilled_leaves_its_place(how: str) -> None:
    desk = Desk(trades_per_day=1)
    desk.type("buy btc 5u -lim 90")
    assert refused(desk.type("buy eth 5u")) is Code.TRADES_PER_DAY, "pending counts"
    ended(desk, how)
    desk.opened("buy btc 5u")
    assert refused(desk.type("buy eth 5u")) is Code.TRADES_PER_DAY
    desk.check()


def test_what_was_opened_counts_until_midnight_also_over_a_restart() -> None:
    desk = Desk(trades_per_day=1)
    desk.opened("buy btc 5u")
    desk.type("close btc")
    desk.fill(desk.sent().client_order_id)
    desk.restart()
    assert refused(desk.type("buy eth 5u")) is Code.TRADES_PER_DAY
    desk.wait(DAY)
    assert refused(desk.type("buy eth 5u")) is None
    desk.check()


def test_an_entry_of_yesterday_counts_today_while_it_may_open_and_once_it_does() -> None:
    desk = Desk(trades_per_day=1)
    desk.type("buy btc 5u -lim 90")
    cid = desk.sent().client_order_id
    desk.wait(DAY)
    assert refused(desk.type("buy eth 5u")) is Code.TRADES_PER_DAY
    desk.fill(cid, "2", "90")
    assert refused(desk.type("buy eth 5u")) is Code.TRADES_PER_DAY
    desk.fill(cid, "3", "90")
    assert refused(desk.type("buy eth 5u")) is Code.TRADES_PER_DAY
    desk.around.profile = Desk(trades_per_day=2).around.profile
    assert refused(desk.type("buy eth 5u")) is None, "one trade, however often it was filled"
    desk.check()
