"""What a strategy says of bars, as the commands that it would speak at their closes."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from tradewire.backtest import words
from tradewire.domain.bars import Floats
from tradewire.strategies.meaning import ENTER_LONG, ENTER_SHORT, LEAVE_LONG, LEAVE_SHORT


@dataclass(frozen=True, slots=True)
class Entry:
    """How entries are written: the symbol, the size and the exits of a command, and how large a pip is."""

    symbol: str
    size: str = "1u"
    flags: str = ""
    pip: float = 1.0


class Holds(NamedTuple):
    """What there is on the accounts: whether somebody has a long trade, a short one, or nothing."""

    long: bool
    short: bool
    nothing: bool


class Spoken:
    """The words of a history, in the rows at which they are heard."""

    def __init__(self, said: words.Words, entry: Entry) -> None:
        self._said, self._entry = said, entry
        self._rows: list[int] = said.rows.tolist()
        codes = said.codes
        self._places = [
            np.flatnonzero(codes & code).tolist() for code in (LEAVE_LONG, LEAVE_SHORT, ENTER_LONG | ENTER_SHORT)
        ]
        self._at = [[self._rows[place] for place in places] for places in self._places]

    def next(self, row: int, holds: Holds) -> int | None:
        """Return the first row from `row` on whose word means something to accounts that hold this."""
        found = [
            rows[at]
            for rows, matters in zip(self._at, holds, strict=True)
            if matters and (at := bisect_left(rows, row)) < len(rows)
        ]
        return min(found, default=None)

    def command(self, row: int, holds: Holds) -> str:
        """Return what is heard at a row: ends of trades, then the entry."""
        place, symbol = self._place(row), self._entry.symbol
        code = int(self._said.codes[place])
        spoken = [f"close {symbol} long"] if holds.long and code & LEAVE_LONG else []
        if holds.short and code & LEAVE_SHORT:
            spoken.append(f"close {symbol} short")
        if holds.nothing or spoken:
            spoken += self._entering(place, code)
        return "; ".join(spoken)

    def _entering(self, place: int, code: int) -> Sequence[str]:
        entry = self._entry
        if not code & (ENTER_LONG | ENTER_SHORT):
            return ()
        size, distance = _given(self._said.sizes, place), _given(self._said.distances, place)
        flags = entry.flags
        if distance is not None:
            others = (flag for flag in split(entry.flags) if not flag.startswith("-sl "))
            flags = " ".join([f"-sl {plain(distance / entry.pip)}p", *others])
        verb = "buy" if code & ENTER_LONG else "sell"
        return (f"{verb} {entry.symbol} {entry.size if size is None else f'{plain(size)}u'} {flags}".rstrip(),)

    def atr(self, row: int) -> float | None:
        """Return the average true range that was known when the word of a row was said."""
        return _given(self._said.atr, self._place(row))

    def _place(self, row: int) -> int:
        return bisect_left(self._rows, row)


def split(flags: str) -> Sequence[str]:
    """Return each flag with its value: `-sl 2% -tp 4%` are two."""
    return [f"-{part.strip()}" for part in f" {flags}".split(" -")[1:]]


def plain(value: float) -> str:
    """Return a number as commands take it: no exponent."""
    return np.format_float_positional(value, trim="-")


def _given(column: Floats, place: int) -> float | None:
    value = float(column[place]) if len(column) else 0.0
    return value if value > 0.0 else None
