"""What the hub must remember of its clockwork over a restart: the stream `schedule`, folded."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from msgspec import Struct

from tradewire.engine import facts as f
from tradewire.engine.schedule_facts import SCHEDULE, BarsJudged, Event
from tradewire.store.journal import Store

SNAPSHOT_EVERY = 1_000
"""Rows that a start folds at most."""


class Kept(Struct):
    """The folded stream. `judged`: the newest bar (epoch ns) of each strategy and symbol that it was asked about."""

    judged: dict[str, dict[str, int]] = {}

    def fold(self, event: Event) -> None:
        """Take in a row."""
        match event:
            case BarsJudged(asked=asked):
                for name, bars in asked.items():
                    self.judged.setdefault(name, {}).update(bars)


class Ledger:
    """Writes the stream and knows what it comes to. What is written is durable."""

    def __init__(self, store: Store, write: Callable[[str, Event], None]) -> None:
        self._store = store
        self._write = write
        self._kept_at = 0
        self.kept = Kept()
        if (snapshot := store.snapshot(SCHEDULE)) is not None:
            self._kept_at, self.kept = snapshot[0], msgspec.json.decode(snapshot[1], type=Kept)
        for row in store.proven(SCHEDULE, self._kept_at):
            event = f.decode(row.data).event
            if isinstance(event, Event):
                self.kept.fold(event)

    def write(self, event: Event) -> None:
        """Write a row.

        Raises:
            StoreError: it is not written.
        """
        self._write(SCHEDULE, event)
        self.kept.fold(event)
        if self._store.head(SCHEDULE).seq - self._kept_at >= SNAPSHOT_EVERY:
            self.snapshot()

    def snapshot(self) -> None:
        """Keep what it comes to, so that the next start folds only what comes after."""
        self._kept_at = self._store.head(SCHEDULE).seq
        self._store.put_snapshot(SCHEDULE, self._kept_at, msgspec.json.encode(self.kept))
