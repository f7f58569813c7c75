"""Times that are all written alike, read in a few passes over their bytes."""

from __future__ import annotations

import re
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tradewire.domain.bars import Integers

_DATE: Final = r"(?P<year>\d{4})(?P<dash>[-./]?)(?P<month>\d{2})(?P=dash)(?P<day>\d{2})"
_CLOCK: Final = r"(?P<hour>\d{2}):?(?P<minute>\d{2})(?::?(?P<second>\d{2})(?:\.(?P<fraction>\d{1,9}))?)?"
_LAYOUT: Final = re.compile(rf"{_DATE}(?:[ T]{_CLOCK})?(?P<utc>Z|\+00:00)?", re.ASCII)
_FIRST_YEAR: Final = 1678
_LAST_YEAR: Final = 2261
"""What nanoseconds since 1970 reach."""
_ZERO: Final = ord("0")


def read_alike(first: str, joined: bytes) -> tuple[Integers, bool] | None:
    """Return the nanoseconds since 1970 of times joined without anything between, and whether they say that it is UTC.

    `first` is the first of them. None where they are not all written as it is, or one is no time: then a slower way
    must say which.
    """
    layout = _LAYOUT.fullmatch(first)
    if layout is None or len(joined) % len(first) or not first.isascii():
        return None
    letters = np.ascontiguousarray(np.frombuffer(joined, np.uint8).reshape(-1, len(first)).T)
    for place, letter in enumerate(first):
        least, most = ("0", "9") if letter.isdigit() else (letter, letter)
        if letters[place].min() < ord(least) or letters[place].max() > ord(most):
            return None
    at = {name: layout.span(name) for name in ("year", "month", "day", "hour", "minute", "second", "fraction")}
    century = _pair(letters, at["year"][0]).astype(np.int32)
    year = century * 100 + _pair(letters, at["year"][0] + 2)
    month, day = (_pair(letters, at[name][0]) for name in ("month", "day"))
    hour, minute, second = (_pair(letters, at[name][0]) for name in ("hour", "minute", "second"))
    if year.min() < _FIRST_YEAR or year.max() > _LAST_YEAR or month.min() < 1 or month.max() > 12:
        return None
    begins = _months()
    which = (year - _FIRST_YEAR) * 12 + month - 1
    days = begins[which] + (day - np.int32(1))
    if day.min() < 1 or (days >= begins[which + 1]).any():
        return None
    if hour.max() > 23 or minute.max() > 59 or second.max() > 59:
        return None
    stamps: Integers = days.astype(np.int64)
    stamps *= 86_400
    stamps += hour * np.int32(3600) + minute * np.int32(60) + second
    stamps *= 1_000_000_000
    begin, end = at["fraction"]
    if end > begin and letters[begin:end].max() > _ZERO:
        stamps += _number(letters, begin, end) * 10 ** (9 - (end - begin))
    return stamps, layout["utc"] is not None


def _pair(letters: NDArray[np.uint8], place: int) -> NDArray[np.uint8]:
    """Return the number of two digits that begins at a place; 0 where the layout has none."""
    if place < 0:
        return np.zeros(letters.shape[1], np.uint8)
    number: NDArray[np.uint8] = (letters[place] - _ZERO) * 10 + (letters[place + 1] - _ZERO)
    return number


def _number(letters: NDArray[np.uint8], begin: int, end: int) -> Integers:
    total = np.zeros(letters.shape[1], np.int64)
    for place in range(begin, end):
        total *= 10
        total += letters[place] - _ZERO
    return total


def _months() -> NDArray[np.int32]:
    """Return the days from 1970 to the beginning of each month, one more at the end."""
    months = np.arange((_FIRST_YEAR - 1970) * 12, (_LAST_YEAR - 1970 + 1) * 12 + 1).astype("datetime64[M]")
    return months.astype("datetime64[D]").astype(np.int32)
