"""Time that is moved: order of callbacks and timers, waiting that takes no time, errors that are not lost."""

from __future__ import annotations

import asyncio

import pytest

from tradewire.backtest.exact.time import PastClock, PastLoop

NS = 1_000_000_000


def test_timers_ring_at_their_own_time_and_in_the_order_of_their_asking() -> None:
    clock = PastClock(5 * NS)
    loop = PastLoop(clock)
    heard: list[tuple[str, int]] = []
    with loop.running():
        for name, delay in (("late", 2.0), ("first", 1.0), ("second", 1.0)):
            loop.call_later(delay, lambda name=name: heard.append((name, clock.now())))
        loop.call_later(1.5, heard.clear).cancel()
        assert loop.due == 6 * NS
        loop.advance(10 * NS)
    assert heard == [("first", 6 * NS), ("second", 6 * NS), ("late", 7 * NS)]
    assert (clock.now(), loop.due) == (10 * NS, None)


def test_what_waits_for_hours_is_done_at_once() -> None:
    clock = PastClock(0)
    loop = PastLoop(clock)

    async def patient() -> int:
        async with asyncio.timeout(8_000):
            await asyncio.sleep(7_200)
        done = await asyncio.gather(asyncio.sleep(1, "a"), asyncio.sleep(2, "b"))
        return len(done)

    with loop.running():
        assert loop.complete(patient()) == 2
    assert clock.now() == 7_202 * NS


def test_a_moment_is_exact_to_the_nanosecond() -> None:
    clock = PastClock(1_767_600_000_123_456_789)
    loop = PastLoop(clock)
    with loop.running():
        loop.call_later(86_400.000000001, lambda: None)
        assert loop.due == clock.now() + 86_400_000_000_001


def test_an_error_of_a_callback_is_raised_and_the_loop_before_comes_back() -> None:
    loop = PastLoop(PastClock(0))
    with loop.running():
        loop.call_soon(lambda: [][0])
        with pytest.raises(IndexError):
            loop.settle()
    with pytest.raises(RuntimeError):
        asyncio.get_running_loop()


def test_what_never_comes_is_not_waited_for() -> None:
    loop = PastLoop(PastClock(0))
    with loop.running(), pytest.raises(RuntimeError, match="never comes"):
        loop.complete(asyncio.Event().wait())
