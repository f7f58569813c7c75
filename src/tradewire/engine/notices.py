"""Hands notices to notifiers. A notifier that fails or is slow delays nobody but itself."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

import structlog

from tradewire.ports import Notice, Notifier, Refused, TryLater

log = structlog.get_logger(__name__)

KEPT = 1_000
TRIES = 5


class Notices:
    """One queue and one task a notifier; each gets the notices of the severities that it is set to."""

    def __init__(self, notifiers: Mapping[Notifier, Sequence[str]]) -> None:
        self._queues = {n: (asyncio.Queue[Notice](KEPT), frozenset(severities)) for n, severities in notifiers.items()}
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin to deliver."""
        self._tasks = [asyncio.create_task(self._run(notifier)) for notifier in self._queues]

    async def stop(self) -> None:
        """Stop delivering; what is queued is in the journal all the same."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def tell(self, notice: Notice) -> None:
        """Queue a notice for every notifier that wants it; returns at once."""
        for notifier, (queue, severities) in self._queues.items():
            if notice.severity not in severities:
                continue
            if queue.full():
                log.warning("a notifier is too slow; a notice is dropped", notifier=notifier.id, title=notice.title)
            else:
                queue.put_nowait(notice)

    async def _run(self, notifier: Notifier) -> None:
        queue, _ = self._queues[notifier]
        while True:
            notice = await queue.get()
            for attempt in range(TRIES):
                try:
                    await notifier.send(notice)
                    break
                except TryLater as pause:
                    await asyncio.sleep(pause.after)
                except Refused as error:
                    log.warning("a notifier refused a notice", notifier=notifier.id, reason=str(error))
                    break
                except Exception as error:  # A broken notifier is named and left alone; trading goes on.
                    log.warning("a notifier failed", notifier=notifier.id, reason=str(error), attempt=attempt + 1)
                    await asyncio.sleep(min(2**attempt, 30))
