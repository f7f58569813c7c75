"""Work for later moments, by the hub's clock. The loop's timer only wakes it: `look` may come at any time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from heapq import heappop, heappush
from itertools import count
from typing import Any, TypeVar, cast

import structlog

from tradewire.ports import Clock

T = TypeVar("T")

log = structlog.get_logger(__name__)

LONGEST = 30.0
"""Seconds between two looks at the clock, which may be set or have slept meanwhile."""


class Due:
    """Begins each piece of work when its moment (epoch ns) has come; one that fails is named in the log."""

    def __init__(self, loop: asyncio.AbstractEventLoop, clock: Clock) -> None:
        self._loop = loop
        self._clock = clock
        self._heap: list[tuple[int, int, Callable[[], None]]] = []
        self._ticket = count()
        self._timer: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._working = 0
        self._changed = asyncio.Event()

    def at(self, moment: int, work: Callable[[], Awaitable[None]]) -> None:
        """Begin `work` at a moment, at once if it is past."""
        self._push(moment, lambda: self.begin(work))

    def begin(self, work: Callable[[], Awaitable[None]]) -> None:
        """Begin `work` now."""
        self._count(1)
        task = asyncio.create_task(self._run(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def until(self, moment: int) -> None:
        """Let work that was begun here wait for a moment."""
        come: asyncio.Future[None] = self._loop.create_future()

        def wake() -> None:
            if not come.done():
                self._count(1)
                come.set_result(None)

        self._push(moment, wake)
        self._count(-1)
        try:
            await come
        except asyncio.CancelledError:
            wake()
            raise

    async def gather(self, works: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
        """Let work that was begun here wait for several pieces that go on at the same time."""
        left = [*works]
        results: list[T | None] = [None] * len(left)
        waiting = len(left)

        async def one(place: int, work: Coroutine[Any, Any, T]) -> None:
            nonlocal waiting
            try:
                results[place] = await work
            finally:
                waiting -= 1
                self._count(0 if waiting == 0 else -1)

        if not left:
            return []
        self._count(len(left) - 1)
        async with asyncio.TaskGroup() as group:
            for place, work in enumerate(left):
                group.create_task(one(place, work))
        return cast("list[T]", results)

    def look(self) -> None:
        """Begin what is due."""
        now = self._clock.now()
        while self._heap and self._heap[0][0] <= now:
            heappop(self._heap)[2]()
        self._arm()

    async def idle(self) -> None:
        """Return once all that was begun is done or waits for a moment."""
        while self._working:
            self._changed.clear()
            await self._changed.wait()

    async def stop(self) -> None:
        """Forget what is to come and end what was begun."""
        self._heap.clear()
        if self._timer is not None:
            self._timer.cancel()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _push(self, moment: int, act: Callable[[], None]) -> None:
        heappush(self._heap, (moment, next(self._ticket), act))
        if self._timer is None or self._heap[0][2] is act:
            self._arm()

    def _arm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._heap:
            delay = (self._heap[0][0] - self._clock.now()) / 1e9
            self._timer = self._loop.call_later(min(max(delay, 0.0), LONGEST), self.look)

    async def _run(self, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        except Exception:
            log.exception("a defect of this program: work that was due failed")
        finally:
            self._count(-1)

    def _count(self, more: int) -> None:
        self._working += more
        self._changed.set()
