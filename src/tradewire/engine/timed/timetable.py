"""Does what schedules say, once for each of their moments.

A firing is stored before it counts as done: a command under the id `NAME:MOMENT`, and every firing as a row of the
journal. A kill between the two does it again, which changes nothing: the same message, the same bar of a strategy.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial

import structlog

from tradewire.domain.moments import SECOND, moment_name
from tradewire.domain.symbols import nearest
from tradewire.engine.contract import Incoming, NoSchedule, ScheduleStanding
from tradewire.engine.schedule_facts import ScheduleFired, ScheduleMissed, SchedulePaused, ScheduleSet
from tradewire.engine.timed.due import Due
from tradewire.engine.timed.ledger import KeptSchedule, Ledger
from tradewire.ports import Clock, Notice
from tradewire.settings.automation import ScheduleSettings
from tradewire.settings.triggers import Trigger
from tradewire.store.errors import StoreError

log = structlog.get_logger(__name__)

SCHEDULE = "schedule"
"""The source of what schedules say; the channel is the schedule's name."""
MOST = 1_000
"""Missed firings that are counted."""


class Entry:
    """A schedule of the configuration with its rule."""

    def __init__(self, name: str, settings: ScheduleSettings) -> None:
        self.name = name
        self.do = settings.do
        self.account = settings.account
        self.grace = settings.grace * SECOND
        self.rule = settings.rule
        self.trigger: Trigger = settings.trigger
        self.until = 0
        """Up to which moment (epoch ns) its firings are done, or under way."""


class Timetable:
    """Fires schedules by the hub's clock. `speak` stores a message; `jobs` are what can be done besides commands."""

    def __init__(
        self,
        schedules: Mapping[str, ScheduleSettings],
        due: Due,
        ledger: Ledger,
        speak: Callable[[Incoming], Awaitable[str]],
        jobs: Callable[[str], Callable[[], Awaitable[str]] | None],
        tell: Callable[[Notice], None],
        clock: Clock,
    ) -> None:
        self._entries = {name: Entry(name, settings) for name, settings in schedules.items() if settings.enabled}
        self._due = due
        self._ledger = ledger
        self._speak = speak
        self._jobs = jobs
        self._tell = tell
        self._clock = clock

    def start(self) -> None:
        """Take up every schedule where it was left.

        Raises:
            StoreError: the journal cannot be written.
        """
        for entry in self._entries.values():
            kept = self._ledger.kept.schedules.get(entry.name)
            if kept is None or kept.rule != entry.rule:
                self._ledger.write(ScheduleSet(name=entry.name, rule=entry.rule, ts=self._clock.now()))
            entry.until = self._kept(entry).until
            self._due.begin(partial(self._look, entry))

    def standings(self) -> Sequence[ScheduleStanding]:
        """Return how the schedules stand."""
        now = self._clock.now()
        return [
            ScheduleStanding(
                name=entry.name,
                rule=entry.rule,
                do=entry.do,
                paused=kept.paused,
                ts_next=None if kept.paused else entry.trigger.after(now),
                ts_fired=kept.fired,
                did=kept.did,
            )
            for entry in self._entries.values()
            for kept in [self._kept(entry)]
        ]

    def pause(self, name: str, paused: bool) -> None:
        """Pause a schedule, or let it go on from now on.

        Raises:
            NoSchedule: there is none of this name.
            StoreError: it is not durable, and nothing happened.
        """
        entry = self._entry(name)
        now = self._clock.now()
        self._ledger.write(SchedulePaused(name=entry.name, paused=paused, ts=now))
        entry.until = max(entry.until, now)

    async def run_now(self, name: str) -> str:
        """Do what a schedule does, now; return what came of it. Errors as in `pause`."""
        entry, now = self._entry(name), self._clock.now()
        did = await self._do(entry, f"run-{now}")
        self._ledger.write(ScheduleFired(name=entry.name, slot=now, did=did, by_hand=True))
        return did

    async def _look(self, entry: Entry) -> None:
        """Do what is due of a schedule, and look again at its next moment."""
        now = self._clock.now()
        slots = entry.trigger.between(entry.until, now, MOST)
        coming = entry.trigger.after(now)
        if coming is not None:
            self._due.at(coming, partial(self._look, entry))
        if self._kept(entry).paused or not slots:
            return
        entry.until = slots[-1]
        in_time = now - slots[-1] <= entry.grace
        if late := slots[:-1] if in_time else slots:
            self._miss(entry, late)
        if in_time:
            await self._fire(entry, slots[-1])

    async def _fire(self, entry: Entry, slot: int) -> None:
        did = await self._do(entry, moment_name(slot))
        try:
            self._ledger.write(ScheduleFired(name=entry.name, slot=slot, did=did))
        except StoreError as error:  # What it said is stored under its moment: to say it again does nothing twice.
            log.warning("a firing is not kept", schedule=entry.name, reason=str(error))

    async def _do(self, entry: Entry, slot: str) -> str:
        """Do it; return what came of it: a message's id, or a sentence."""
        if (job := self._jobs(entry.do)) is not None:
            return await job()
        return await self._speak(
            Incoming(
                source=SCHEDULE,
                channel=entry.name,
                text=entry.do,
                external_id=f"{entry.name}:{slot}",
                account=entry.account,
            )
        )

    def _miss(self, entry: Entry, slots: Sequence[int]) -> None:
        count = f"{MOST} or more" if len(slots) >= MOST else str(len(slots))
        word = "firing" if len(slots) == 1 else "firings"
        body = (
            f"{count} {word} of {entry.name} ({entry.do}) could not be made in time, the last at "
            f"{moment_name(slots[-1])}: nobody made them up (grace)."
        )
        log.warning("schedule missed", schedule=entry.name, count=len(slots))
        title = f"Schedule {entry.name} was missed"
        self._tell(Notice(severity="warning", title=title, body=body, ts=self._clock.now()))
        try:
            self._ledger.write(ScheduleMissed(name=entry.name, count=len(slots), slot=slots[-1]))
        except StoreError as error:
            log.warning("it is not kept what was missed", schedule=entry.name, reason=str(error))

    def _kept(self, entry: Entry) -> KeptSchedule:
        return self._ledger.kept.schedules[entry.name]

    def _entry(self, name: str) -> Entry:
        entry = self._entries.get(name)
        if entry is None:
            near = nearest(name, self._entries)
            raise NoSchedule(f"there is no schedule {name!r}{f'; did you mean {near}?' if near else ''}")
        return entry
