"""A worker in the test's hand: it says what it is told to say, when it is told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any

import msgspec

from tradewire.api.lab import LabFailed
from tradewire.lab.frames import Frame


class Hand:
    """All the workers of a Lab. `said[job]` are the frames of that job; a job in `held` waits until it is let go."""

    def __init__(self) -> None:
        answer = msgspec.json.encode({"id": "SAMPLE/15m", "bars": 20_000})
        self.said: dict[str, list[Frame]] = {
            "check": [Frame("answer", data=answer)],
            "run": [Frame("answer", data=b'{"trades":7}')],
        }
        self.jobs: list[Mapping[str, Any]] = []
        self.held: set[str] = set()
        self.dying: set[str] = set()
        self.alive = 0
        self.most_alive = 0
        self.asked = asyncio.Condition()
        self._let_go = asyncio.Event()

    def make(self) -> FakeWorker:
        return FakeWorker(self)

    def let_go(self) -> None:
        self.held.clear()
        self._let_go.set()

    async def until(self, count: int) -> None:
        """Wait until so many jobs have been asked for."""
        async with self.asked:
            await asyncio.wait_for(self.asked.wait_for(lambda: len(self.jobs) >= count), 10)

    def asked_to(self, job: str) -> list[Mapping[str, Any]]:
        return [one for one in self.jobs if one["job"] == job]

    async def released(self) -> None:
        await self._let_go.wait()


class FakeWorker:
    def __init__(self, hand: Hand) -> None:
        self._hand = hand
        self._open = False

    async def ask(self, job: Mapping[str, Any]) -> AsyncIterator[Frame]:
        hand = self._hand
        if not self._open:
            self._open = True
            hand.alive += 1
            hand.most_alive = max(hand.most_alive, hand.alive)
        async with hand.asked:
            hand.jobs.append(job)
            hand.asked.notify_all()
        if job["job"] in hand.held:
            await hand.released()
        if job["job"] in hand.dying:
            raise LabFailed("the worker process ended before it was done (killed, perhaps for want of memory)")
        for frame in hand.said[job["job"]]:
            yield frame

    async def close(self) -> None:
        if self._open:
            self._open = False
            self._hand.alive -= 1
