"""Time that history moves: a clock that stands still, and an event loop on it that never waits and has no threads."""

from __future__ import annotations

import asyncio
from asyncio import events
from collections import deque
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from contextvars import Context
from heapq import heappop, heappush
from itertools import count
from typing import Any, TypeVar, TypeVarTuple, Unpack

T = TypeVar("T")
Ts = TypeVarTuple("Ts")
NS = 1_000_000_000


class PastClock:
    """A `Clock` that shows what it is set to (epoch ns)."""

    def __init__(self, at: int) -> None:
        self.time = at

    def now(self) -> int:
        return self.time


class PastLoop(asyncio.BaseEventLoop):
    """An event loop on a clock of the past: callbacks in the order of their asking, timers in the order of their times.

    It runs only while somebody calls `settle`, `advance` or `complete`, and an error of a callback is raised there.
    """

    def __init__(self, clock: PastClock) -> None:
        super().__init__()
        self._clock = clock
        self._waiting: deque[asyncio.Handle] = deque()
        self._timers: list[tuple[int, int, asyncio.TimerHandle]] = []
        self._ticket = count()
        self._failed: BaseException | None = None

    @contextmanager
    def running(self) -> Iterator[None]:
        """Be the loop that code asks for within this context, once."""
        before = events._get_running_loop()
        events._set_running_loop(self)
        try:
            yield
        finally:
            events._set_running_loop(before)
            self.close()

    def settle(self) -> None:
        """Run what is ready, and what becomes so by it; the clock stands still."""
        while self._waiting:
            handle = self._waiting.popleft()
            if not handle.cancelled():
                handle._run()
        if self._failed is not None:
            failed, self._failed = self._failed, None
            raise failed

    @property
    def due(self) -> int | None:
        """When the next timer rings (epoch ns)."""
        while self._timers and self._timers[0][2].cancelled():
            heappop(self._timers)
        return self._timers[0][0] if self._timers else None

    def advance(self, to: int) -> None:
        """Let time pass until `to` (epoch ns), with every timer at its own moment."""
        while (due := self.due) is not None and due <= to:
            self._clock.time = max(self._clock.time, due)
            self._waiting.append(heappop(self._timers)[2])
            self.settle()
        self._clock.time = max(self._clock.time, to)

    def complete(self, work: Coroutine[Any, Any, T]) -> T:
        """Run `work` to its end, letting pass the time that it waits for."""
        task = self.create_task(work)
        self.settle()
        while not task.done():
            due = self.due
            if due is None:
                raise RuntimeError("what is waited for never comes")
            self.advance(due)
        result: T = task.result()
        return result

    def time(self) -> float:
        return self._clock.now() / NS

    def call_soon(
        self, callback: Callable[[Unpack[Ts]], object], *args: *Ts, context: Context | None = None
    ) -> asyncio.Handle:
        handle = asyncio.Handle(callback, args, self, context)
        self._waiting.append(handle)
        return handle

    def call_later(
        self, delay: float, callback: Callable[[Unpack[Ts]], object], *args: *Ts, context: Context | None = None
    ) -> asyncio.TimerHandle:
        at = self._clock.now() + max(0, round(delay * NS))
        timer = asyncio.TimerHandle(at / NS, callback, args, self, context)
        heappush(self._timers, (at, next(self._ticket), timer))
        return timer

    def call_at(
        self, when: float, callback: Callable[[Unpack[Ts]], object], *args: *Ts, context: Context | None = None
    ) -> asyncio.TimerHandle:
        return self.call_later(when - self.time(), callback, *args, context=context)

    def is_running(self) -> bool:
        return events._get_running_loop() is self

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        self._failed = self._failed or context.get("exception") or RuntimeError(context["message"])

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        """A cancelled timer stays in the heap until its turn comes."""
