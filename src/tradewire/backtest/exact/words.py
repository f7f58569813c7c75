"""What a strategy says of bars, as the commands that it would speak at their closes."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tradewire.domain.bars import Floats
from tradewire.strategies.base import Signals

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Terms:
    """How entries are written: the symbol, the size and the exits of a command, and how large a pip is."""

    symbol: str
    size: str = "1u"
    flags: str = ""
    pip: float = 1.0


class Words:
    """The rows at which something is said that means anything, and its text.

    As in the fast lane, a bar that says entry and exit of one side, or both entries, says nothing there, and the entry
    of the other side ends a trade.
    """

    def __init__(self, signals: Signals, terms: Terms, first: int = 0) -> None:
        enters_long = signals.long_entry & ~signals.long_exit
        enters_short = signals.short_entry & ~signals.short_exit
        self._long, self._short = enters_long & ~enters_short, enters_short & ~enters_long
        self._entries = _rows(self._long | self._short)
        self._longs, self._shorts = _rows(self._long), _rows(self._short)
        self._long_ends = _rows(self._short | (signals.long_exit & ~signals.long_entry))
        self._short_ends = _rows(self._long | (signals.short_exit & ~signals.short_entry))
        self._signals, self._terms = signals, terms
        self._first = first

    def next(self, row: int, *, long: bool, short: bool, free: bool) -> int | None:
        """Return the first row from `row` on whose word means something to the accounts.

        `long`, `short`: somebody holds such a trade; `free`: somebody holds nothing.
        """
        columns = [self._long_ends] * long + [self._short_ends] * short + [self._entries] * free
        found = [column[at] for column in columns if (at := bisect_left(column, row)) < len(column)]
        return min(found, default=None)

    def text(self, row: int, *, long: bool, short: bool) -> str:
        """Return the command of a row, for accounts that hold such trades."""
        terms = self._terms
        if self._long[row] or self._short[row]:
            size = _at(self._signals.size, row)
            distance = _at(self._signals.stop_distance, row)
            flags = terms.flags
            if distance is not None:
                own = f"-sl {plain(distance / terms.pip)}p"
                flags = " ".join([own, *(f for f in split(terms.flags) if not f.startswith("-sl "))])
            verb = "buy" if self._long[row] else "sell"
            return f"{verb} {terms.symbol} {terms.size if size is None else f'{plain(size)}u'} {flags}".rstrip()
        return f"close {terms.symbol} {'long' if long else 'short'}"


def split(flags: str) -> list[str]:
    """Return each flag with its value: `-sl 2% -tp 4%` are two."""
    return [f"-{part.strip()}" for part in f" {flags}".split(" -")[1:]]


def plain(value: float) -> str:
    """Return a number as commands take it: no exponent."""
    return np.format_float_positional(value, trim="-")


def _rows(flags: Flags) -> Sequence[int]:
    rows: list[int] = np.flatnonzero(flags).tolist()
    return rows


def _at(column: Floats | None, row: int) -> float | None:
    value: Any = None if column is None else float(column[row])
    return value if value is not None and value > 0.0 else None
