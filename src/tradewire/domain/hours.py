"""Hours of the week in which something is allowed: `mon-fri 08:00-17:00 Europe/London`."""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import Struct

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY_MINUTES = 1440
_MINUTE_NS = 60_000_000_000
_EPOCH_WEEKDAY = 3  # 1970-01-01 was a Thursday
_TIMES = re.compile(r"(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})", re.ASCII)
_HELP = "write it such as mon-fri 08:00-17:00, sat,sun or 22:00-06:00 Europe/London"


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(
            f"{name!r} is not a time zone: use a name such as Europe/London, or leave it out for UTC"
        ) from None


class Window(Struct, frozen=True):
    """A stretch of the day on some weekdays (Monday = 0), end excluded; minutes from midnight in `zone` (None: UTC).

    One whose end lies before its start goes over midnight and belongs to the day on which it starts.
    """

    days: frozenset[int]
    start: int
    end: int
    zone: str | None = None

    def contains(self, ts: int) -> bool:
        """Tell whether the moment (epoch nanoseconds) lies in the window."""
        if self.zone is None:
            day, minute = divmod(ts // _MINUTE_NS, _DAY_MINUTES)
            weekday = (day + _EPOCH_WEEKDAY) % 7
        else:
            local = datetime.fromtimestamp(ts // 1_000_000_000, _zone(self.zone))
            weekday, minute = local.weekday(), local.hour * 60 + local.minute
        if self.start < self.end:
            return weekday in self.days and self.start <= minute < self.end
        started_today = weekday in self.days and minute >= self.start
        return started_today or ((weekday - 1) % 7 in self.days and minute < self.end)


def parse_window(text: str) -> Window:
    """Read a window: days, times and time zone, each of which may be left out, in this order.

    Raises:
        ValueError: with a sentence that shows how to write it.
    """
    words = text.split()
    if not words:
        raise ValueError(f"hours are empty: {_HELP}")
    days, start, end, zone = frozenset(range(7)), 0, _DAY_MINUTES, None
    if words[0][0].isalpha() and "/" not in words[0] and words[0].upper() != "UTC":
        days = _days(words.pop(0), text)
    if words and words[0][0].isdigit():
        start, end = _times(words.pop(0), text)
    if words:
        name = words.pop(0)
        zone = None if name.upper() == "UTC" else _zone(name).key
    if words:
        raise ValueError(f"{text!r} cannot be read at {words[0]!r}: {_HELP}")
    return Window(days, start, end, zone)


def _days(word: str, text: str) -> frozenset[int]:
    days: set[int] = set()
    for part in word.lower().split(","):
        first, _, last = part.partition("-")
        try:
            low, high = _DAYS.index(first[:3]), _DAYS.index((last or first)[:3])
        except ValueError:
            raise ValueError(f"{_within(part, text)} is no day of the week: {_HELP}") from None
        days.update((low + step) % 7 for step in range((high - low) % 7 + 1))
    return frozenset(days)


def _times(word: str, text: str) -> tuple[int, int]:
    match = _TIMES.fullmatch(word)
    if match is None:
        raise ValueError(f"{_within(word, text)} cannot be read: {_HELP}")
    hour, minute, to_hour, to_minute = map(int, match.groups())
    start, end = hour * 60 + minute, to_hour * 60 + to_minute
    if minute > 59 or to_minute > 59 or start >= _DAY_MINUTES or end > _DAY_MINUTES or start == end:
        raise ValueError(f"{_within(word, text)} is not a stretch of a day (00:00-24:00)")
    return start, end


def _within(word: str, text: str) -> str:
    return repr(word) if word == text else f"{word!r} in {text!r}"


def write_window(window: Window) -> str:
    """Write a window so that `parse_window` reads it."""
    words = [] if len(window.days) == 7 else [",".join(_DAYS[day] for day in sorted(window.days))]
    if (window.start, window.end) != (0, _DAY_MINUTES) or not words:
        words.append(f"{_clock(window.start)}-{_clock(window.end)}")
    return " ".join(words if window.zone is None else [*words, window.zone])


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
