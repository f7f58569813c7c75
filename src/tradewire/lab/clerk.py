"""The worker that answers short questions: one process for many, ended when nobody has asked for a while."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from tradewire.api.lab import LabFailed, LabRefused
from tradewire.lab.process import Worker

IDLE_S = 90.0
PATIENCE_S = 120.0
"""How long a short question may take: loading a history of many years, and a strategy's own module."""
PATIENCE_WITH_FILES_S = 1_800.0


class Clerk:
    """Asks one question at a time."""

    def __init__(self, worker: Callable[[], Worker], patience: float = PATIENCE_S) -> None:
        self._make = worker
        self._patience = patience
        self._worker: Worker | None = None
        self._turn = asyncio.Lock()
        self._leaving: asyncio.TimerHandle | None = None
        self._farewell: asyncio.Task[None] | None = None

    async def ask(self, job: Mapping[str, Any]) -> Any:
        """Return the answer.

        Raises:
            LabRefused: what was asked cannot be.
            LabFailed: the worker ended, or a defect.
        """
        async with self._turn:
            if self._leaving is not None:
                self._leaving.cancel()
            worker = self._worker = self._worker or self._make()
            answered = False
            patience = PATIENCE_WITH_FILES_S if job["job"] == "bring" else self._patience
            try:
                async with asyncio.timeout(patience):
                    async for frame in worker.ask(job):
                        match frame.kind:
                            case "answer":
                                answered = True
                                return msgspec.json.decode(frame.data)
                            case "refused":
                                answered = True
                                raise LabRefused(frame.name, frame.sentence)
                            case "failed":
                                raise LabFailed(frame.sentence)
                raise LabFailed("the worker process said nothing")
            except TimeoutError:
                reason = f"no answer within {patience:g} s: does a strategy of yours wait for something?"
                raise LabFailed(reason) from None
            finally:
                if not answered:  # the rest of an answer nobody waits for would be taken for the next one
                    await self._end()
                else:
                    self._leaving = asyncio.get_running_loop().call_later(IDLE_S, self._leave)

    async def close(self) -> None:
        """End the process."""
        if self._leaving is not None:
            self._leaving.cancel()
        await self._end()

    def _leave(self) -> None:
        if not self._turn.locked():
            self._farewell = asyncio.ensure_future(self._end())

    async def _end(self) -> None:
        worker, self._worker = self._worker, None
        if worker is not None:
            await worker.close()
