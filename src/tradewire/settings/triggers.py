"""When a schedule fires: APScheduler's triggers, asked for one moment after the other. Nothing here runs by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, Final

from tradewire.programs.slots import zone

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
DAYS: Final = ("sun", "mon", "tue", "wed", "thu", "fri", "sat", "sun")
FIELDS: Final = ("minute", "hour", "day", "month", "day_of_week")
_NUMBERED = re.compile(r"(\d)(?:-(\d))?(?:/(\d+))?", re.ASCII)


class BadRule(ValueError):
    """A schedule that cannot be; the message says why."""


class Trigger:
    """Moments (epoch ns) by a rule."""

    def __init__(self, trigger: Any) -> None:
        self._trigger = trigger

    def after(self, moment: int) -> int | None:
        """Return the first moment later than `moment`, or None where there is none."""
        later = EPOCH + timedelta(microseconds=moment // 1000 + 1)
        fires = self._trigger.get_next_fire_time(None, later)
        return None if fires is None else round((fires - EPOCH) / timedelta(microseconds=1)) * 1000

    def between(self, moment: int, end: int, most: int) -> list[int]:
        """Return the moments later than `moment` up to and with `end`, at most so many."""
        return list(islice(self._until(moment, end), most))

    def _until(self, moment: int, end: int) -> Iterator[int]:
        while (fires := self.after(moment)) is not None and fires <= end:
            yield fires
            moment = fires


def every(seconds: int) -> Trigger:
    """Return whole multiples of so many seconds since 1970 (UTC): a restart moves none of them."""
    from apscheduler.triggers.interval import IntervalTrigger

    if seconds < 1:
        raise BadRule("every: at least 1s")
    return Trigger(IntervalTrigger(seconds=seconds, start_date=EPOCH, timezone=UTC))


def cron(expression: str, place: str) -> Trigger:
    """Return the moments of a cron expression of five fields on the clocks of a time zone; 0 and 7 are Sunday.

    Raises:
        BadRule: it is none.
    """
    from apscheduler.triggers.cron import CronTrigger

    parts = expression.split()
    if len(parts) != len(FIELDS):
        raise BadRule(f"{expression!r} has {len(parts)} fields and not five: minute hour day month weekday")
    parts[-1] = ",".join(_weekdays(part) for part in parts[-1].lower().split(","))
    try:
        trigger = CronTrigger(**dict(zip(FIELDS, parts, strict=True)), timezone=zone(place))
    except (ValueError, TypeError) as error:
        raise BadRule(f"{expression!r}: {error}") from None
    return Trigger(trigger)


def _weekdays(part: str) -> str:
    """Return weekdays by name: APScheduler counts them from Monday, cron from Sunday."""
    found = _NUMBERED.fullmatch(part)
    if found is None:
        return part
    first, last = int(found[1]), int(found[2] or found[1])
    if max(first, last) > 7 or first > last:
        raise BadRule(f"{part!r} are no weekdays: 0 to 7, Sunday is 0 and 7")
    return ",".join(dict.fromkeys(DAYS[day] for day in range(first, last + 1, int(found[3] or 1))))
