"""Which column of a file is which: told by its name, or by its place where a file has no header."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "time": (
        "timestamp",
        "ts",
        "time",
        "datetime",
        "date",
        "ts_event",
        "open_time",
        "opentime",
        "open time",
        "gmt time",
        "local time",
        "unix",
        "index",
        "",
    ),
    "open": ("open", "o", "open_price"),
    "high": ("high", "h", "high_price"),
    "low": ("low", "l", "low_price"),
    "close": ("close", "c", "close_price"),
    "volume": ("volume", "vol", "v", "real_volume", "tickvol", "tick_volume", "size", "qty", "amount", "quantity"),
}
"""What each column may be called, in any case; MetaTrader's angle brackets are left away. The first that is there."""
PLACES: Final = ("time", "open", "high", "low", "close", "volume")
_DAY: Final = re.compile(r"\d{4}[.\-/]\d{2}[.\-/]\d{2}|\d{8}", re.ASCII)
_CLOCK: Final = re.compile(r"\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?", re.ASCII)
_NUMBER: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


class UnknownColumns(ValueError):
    """A column that is needed is not there; the message lists what is, and the names that would do."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Places (from 0) of what makes a bar. `clock` is the time of day where it stands apart from the day."""

    time: int
    prices: tuple[int, int, int, int]
    volume: int | None = None
    ticks: int | None = None
    """MetaTrader's count of ticks: the volume where no other was recorded."""
    clock: int | None = None

    @property
    def wanted(self) -> tuple[int, ...]:
        others = (self.volume, self.ticks, self.clock)
        return (self.time, *self.prices, *(place for place in others if place is not None))


def has_header(first: Sequence[str]) -> bool:
    """Tell whether the first line of a file holds names: a bar's line has figures from its third cell on."""
    figures = [cell for cell in first[2:6] if _NUMBER.fullmatch(cell.strip().strip('"'))]
    return len(figures) < min(4, max(1, len(first) - 2))


def recognise(header: Sequence[str]) -> Columns:
    """Return which column is which by their names.

    Raises:
        UnknownColumns: the time or a price is missing.
    """
    lowered = [name.strip().strip("\ufeff\"<>'").strip().lower() for name in header]
    found = {
        meaning: next((lowered.index(name) for name in names if name in lowered), None)
        for meaning, names in NAMES.items()
    }
    missing = [meaning for meaning in PLACES[:5] if found[meaning] is None]
    if missing:
        name = missing[0]
        usual = ", ".join(repr(usual) for usual in NAMES[name] if usual)
        raise UnknownColumns(f"no column for the {name} ({usual}) among {', '.join(header)}: name one so")
    prices = tuple(found[name] or 0 for name in PLACES[1:5])
    time, clock = found["time"] or 0, None
    if "date" in lowered and "time" in lowered:
        time, clock = lowered.index("date"), lowered.index("time")
    volume, ticks = found["volume"], None
    if "tickvol" in lowered and volume is not None:
        ticks = lowered.index("tickvol")
        volume = None if volume == ticks else volume
    return Columns(time, (prices[0], prices[1], prices[2], prices[3]), volume, ticks, clock)


def by_place(first: Sequence[str]) -> Columns:
    """Return which column is which in a file without a header: time (or day and time of day), prices, volume.

    So are Binance's klines and MetaTrader 4's exports.

    Raises:
        UnknownColumns: there are too few columns.
    """
    apart = len(first) > 1 and _DAY.fullmatch(first[0].strip()) and _CLOCK.fullmatch(first[1].strip())
    at = 2 if apart else 1
    if len(first) < at + 4:
        raise UnknownColumns(
            f"{len(first)} columns and no header: write {', '.join(PLACES)} above them, or all of these columns"
        )
    volume = at + 4 if len(first) > at + 4 else None
    return Columns(0, (at, at + 1, at + 2, at + 3), volume, clock=1 if apart else None)
