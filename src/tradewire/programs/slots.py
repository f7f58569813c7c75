"""Slots: the moments of a timetable, by the clock of a place.

A slot is acted on once: the next one is kept in the program's state, and always lies ahead of what was acted on.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints

from tradewire.domain.policy import DurationText, Policy

SECOND = 1_000_000_000
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@lru_cache(maxsize=64)
def zone(name: str) -> ZoneInfo:
    """Return a time zone by its name.

    Raises:
        ValueError: there is none.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"{name!r} is not a time zone: use a name such as Europe/London, or UTC") from None


def _known_zone(name: str) -> str:
    return zone(name).key


TimeOfDay = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
Zone = Annotated[str, AfterValidator(_known_zone)]
Every = Literal["once", "interval", "daily", "weekly", "monthly"]


class Timetable(Policy):
    """When something is done. `once` needs `begin`; `interval` counts from `begin`, or from the program's start."""

    every: Every = Field(default="daily", description="once, interval, daily, weekly or monthly")
    at: TimeOfDay = Field(default="09:00", description="time of day in `zone` (daily, weekly, monthly)")
    days: tuple[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], ...] = Field(
        default=("mon",), min_length=1, description="days of the week (weekly)"
    )
    day: int = Field(default=1, ge=1, le=31, description="day of the month (monthly); a shorter month has its last day")
    interval: DurationText = Field(default=3600, description="time between two slots (interval), a minute or more")
    zone: Zone = Field(default="UTC", description="time zone of `at`, such as Europe/London")
    begin: AwareDatetime | None = Field(default=None, description="no slot lies before it; for `once` it is the slot")
    expires: AwareDatetime | None = Field(default=None, description="no slot lies at or after it")
    late: DurationText = Field(
        default=600, description="a slot missed by more than this (hub off, halted, paused) is left out"
    )


def ns(moment: datetime) -> int:
    """Return an aware moment as epoch nanoseconds."""
    since = moment - _EPOCH
    return (since.days * 86_400 + since.seconds) * SECOND + since.microseconds * 1000


def following(table: Timetable, after: int, origin: int) -> int | None:
    """Return the first slot later than `after` (epoch ns), or None; intervals are counted from `origin`."""
    begin = None if table.begin is None else ns(table.begin)
    if table.every == "once":
        slot = begin if begin is not None and begin > after else None
    elif table.every == "interval":
        first, width = origin if begin is None else begin, table.interval * SECOND
        slot = first if first > after else first + ((after - first) // width + 1) * width
    else:
        slot = _by_calendar(table, after if begin is None else max(after, begin - 1))
    if slot is None or (table.expires is not None and slot >= ns(table.expires)):
        return None
    return slot


def _by_calendar(table: Timetable, after: int) -> int:
    place = zone(table.zone)
    hour, minute = map(int, table.at.split(":"))
    day = datetime.fromtimestamp(after // SECOND, place).date() - timedelta(days=1)
    while True:
        if _is_day(table, day):
            slot = _moment(day, time(hour, minute), place)
            if slot > after:
                return slot
        day += timedelta(days=1)


def _is_day(table: Timetable, day: date) -> bool:
    match table.every:
        case "weekly":
            return _DAYS[day.weekday()] in table.days
        case "monthly":
            return day.day == min(table.day, monthrange(day.year, day.month)[1])
    return True


def _moment(day: date, at: time, place: ZoneInfo) -> int:
    """Return when the clocks of a place first show a time on a day; one that they leave out comes an hour later."""
    return ns(datetime.combine(day, at, place).astimezone(UTC))
