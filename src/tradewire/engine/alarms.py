"""What is to be done later, on one timer: a look-up or a reminder costs a heap entry, not a timer of the loop."""

from __future__ import annotations

from asyncio import AbstractEventLoop, TimerHandle
from collections.abc import Callable
from heapq import heappop, heappush
from itertools import count

from tradewire.engine.step import LookUp, Ring
from tradewire.ports import Clock

SHORTEST = 0.02
"""Seconds: what is due within so short a time is done at once with what comes next."""


class Alarms:
    """Calls `due(account, command)` when a command's time has come."""

    def __init__(self, loop: AbstractEventLoop, clock: Clock, due: Callable[[str, LookUp | Ring], None]) -> None:
        self._loop = loop
        self._clock = clock
        self._due = due
        self._heap: list[tuple[int, int, str, LookUp | Ring]] = []
        self._ticket = count()
        self._timer: TimerHandle | None = None

    def set(self, account: str, command: LookUp | Ring) -> None:
        """Do a command at its time `at` (epoch ns)."""
        heappush(self._heap, (command.at, next(self._ticket), account, command))
        if self._timer is None or self._heap[0][3] is command:
            self._arm()

    def stop(self) -> None:
        """Forget everything."""
        self._heap.clear()
        if self._timer is not None:
            self._timer.cancel()

    def _arm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._heap:
            delay = (self._heap[0][0] - self._clock.now()) / 1e9
            self._timer = self._loop.call_later(max(delay, SHORTEST), self._ring)

    def _ring(self) -> None:
        self._timer = None
        now = self._clock.now()
        while self._heap and self._heap[0][0] <= now:
            _, _, account, command = heappop(self._heap)
            self._due(account, command)
        self._arm()
