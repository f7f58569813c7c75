"""What the hub must remember of its clockwork over a restart: the stream `schedule`, folded."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import msgspec
from msgspec import Struct

from tradewire.domain.regime import Judged
from tradewire.engine import facts as f
from tradewire.engine.schedule_facts import (
    SCHEDULE,
    BarsJudged,
    Event,
    RegimesChanged,
    ScheduleFired,
    ScheduleMissed,
    SchedulePaused,
    ScheduleSet,
)
from tradewire.store.journal import Store

SNAPSHOT_EVERY = 1_000
"""Rows that a start folds at most."""


class KeptSchedule(Struct):
    """A schedule: its rule, the last moment that was done with or told as missed, and what it did last."""

    rule: str
    until: int
    paused: bool = False
    fired: int | None = None
    did: str | None = None


class Kept(Struct):
    """The folded stream.

    `judged`: the newest bar (epoch ns) of each strategy and symbol that it was asked about; `regimes` as last changed.
    """

    judged: dict[str, dict[str, int]] = {}
    regimes: list[Judged] = []
    schedules: dict[str, KeptSchedule] = {}

    def fold(self, event: Event) -> None:
        """Take in a row."""
        match event:
            case BarsJudged(asked=asked):
                for name, bars in asked.items():
                    self.judged.setdefault(name, {}).update(bars)
            case RegimesChanged(judged):
                new = {(each.symbol, each.timeframe_s) for each in judged}
                self.regimes = [old for old in self.regimes if (old.symbol, old.timeframe_s) not in new] + list(judged)
            case ScheduleSet(name=name, rule=rule, ts=ts):
                before = self.schedules.get(name)
                paused = before is not None and before.paused
                self.schedules[name] = KeptSchedule(rule, ts, paused)
            case ScheduleFired(name=name, slot=slot, did=did, by_hand=by_hand):
                kept = self.schedules[name]
                kept.fired, kept.did = slot, did
                kept.until = kept.until if by_hand else max(kept.until, slot)
            case ScheduleMissed(name=name, slot=slot):
                self.schedules[name].until = slot
            case SchedulePaused(name=name, paused=paused, ts=ts):
                self.schedules[name].paused = paused
                self.schedules[name].until = max(self.schedules[name].until, ts)


class Ledger:
    """Writes the stream and knows what it comes to. What is written is durable."""

    def __init__(self, store: Store, write: Callable[[str, Event], None]) -> None:
        self._store = store
        self._write = write
        self._kept_at = 0
        self.kept = Kept()
        if (snapshot := store.snapshot(SCHEDULE)) is not None:
            with suppress(msgspec.ValidationError):  # Of another version: the whole stream is folded then.
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
