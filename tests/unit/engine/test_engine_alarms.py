"""Reminders come in their order and at their time, whichever was set first."""

from __future__ import annotations

import asyncio

from tradewire.engine.alarms import Alarms
from tradewire.engine.step import LookUp, Ring


class Clock:
    def __init__(self) -> None:
        self.time = 1_000

    def now(self) -> int:
        return self.time


class Due:
    """What was due, in order; `enough` is set at the n-th."""

    def __init__(self, count: int) -> None:
        self.what: list[str] = []
        self.count = count
        self.enough = asyncio.Event()

    def __call__(self, account: str, command: LookUp | Ring) -> None:
        self.what.append(command.what if isinstance(command, Ring) else command.client_order_id)
        if len(self.what) == self.count:
            self.enough.set()


async def test_what_is_due_comes_in_the_order_of_its_times_and_what_is_not_stays() -> None:
    clock, due = Clock(), Due(3)
    alarms = Alarms(asyncio.get_running_loop(), clock, due)
    alarms.set("main", Ring("second", 900))
    alarms.set("main", Ring("far", 10**18))
    alarms.set("main", LookUp("first", 0, 800))
    alarms.set("main", Ring("second too", 900))
    async with asyncio.timeout(5):
        await due.enough.wait()
    assert due.what == ["first", "second", "second too"]
    clock.time = 10**18
    due.count = 4
    due.enough.clear()
    alarms.set("main", Ring("later still", 10**18 + 1))
    alarms.set("main", Ring("now", 10**18 - 1))
    async with asyncio.timeout(5):
        await due.enough.wait()
    assert due.what[3:5] == ["now", "far"]
    alarms.stop()


async def test_a_reminder_that_sets_another_is_not_forgotten() -> None:
    clock, due = Clock(), Due(2)

    def again(account: str, command: LookUp | Ring) -> None:
        due(account, command)
        if len(due.what) == 1:
            alarms.set(account, Ring("second", 0))

    alarms = Alarms(asyncio.get_running_loop(), clock, again)
    alarms.set("main", Ring("first", 0))
    async with asyncio.timeout(5):
        await due.enough.wait()
    alarms.stop()


async def test_nothing_comes_after_the_stop() -> None:
    clock, due = Clock(), Due(1)
    loop = asyncio.get_running_loop()
    alarms = Alarms(loop, clock, due)
    alarms.set("main", Ring("never", 0))
    alarms.stop()
    passed = asyncio.Event()
    loop.call_later(0.05, passed.set)
    await passed.wait()
    assert due.what == []
