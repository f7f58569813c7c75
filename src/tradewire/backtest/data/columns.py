"""Which column of a file is which: told by its name, or by its place where a file has no header."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tradewire.domain.columns import NAMES, bare, places

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
    names, found = bare(header), places(header)
    missing = [meaning for meaning in PLACES[:5] if meaning not in found]
    if missing:
        name = missing[0]
        usual = ", ".join(repr(usual) for usual in NAMES[name] if usual)
        raise UnknownColumns(f"no column for the {name} ({usual}) among {', '.join(header)}: name one so")
    opened, high, low, close = (found[name] for name in PLACES[1:5])
    time, clock = found["time"], None
    if "date" in names and "time" in names:
        time, clock = names.index("date"), names.index("time")
    volume, ticks = found.get("volume"), None
    if "tickvol" in names and volume is not None:
        ticks = names.index("tickvol")
        volume = None if volume == ticks else volume
    return Columns(time, (opened, high, low, close), volume, ticks, clock)


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
