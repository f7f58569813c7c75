"""Which bars a search sees, and which it does not: the holdout at the end, and the folds of a walk-forward."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from tradewire.backtest.request import BadRequest
from tradewire.backtest.sweeps.spec import Sweep
from tradewire.domain.bars import Bars, Integers
from tradewire.report.returns import DAY_S, day_starts, last_rows, years

LEAST: Final = 2
"""Bars that a window has at least."""


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """Rows from `start` to before `stop`; `ends` are those at which a period (a day, or a bar) of it ends."""

    start: int
    stop: int
    ends: Integers
    per_year: float
    years: float

    def __len__(self) -> int:
        return self.stop - self.start


@dataclass(frozen=True, slots=True, eq=False)
class Fold:
    """The past that is searched, and what comes next, on which the best of it is traded."""

    train: Window
    test: Window


@dataclass(frozen=True, slots=True, eq=False)
class Windows:
    """What the search sees (`seen`), what it never sees (`held`), and the folds, all of which lie in what it sees."""

    seen: Window
    held: Window | None
    folds: tuple[Fold, ...]

    @property
    def searched(self) -> tuple[Window, ...]:
        """The windows on which every combination is run: all that is seen, then the past of each fold."""
        return (self.seen, *(fold.train for fold in self.folds))


def windows_of(spec: Sweep, bars: Bars) -> Windows:
    """Return the windows of a sweep on these bars.

    Raises:
        BadRequest: there are too few bars for them.
    """
    count = len(bars)
    seen = count - round(count * spec.holdout)
    if seen < LEAST or 0 < count - seen < LEAST:
        raise BadRequest("holdout", f"{count} bars cannot be parted so: {seen} would be searched, {count - seen} kept")
    held = window(bars, seen, count) if seen < count else None
    return Windows(window(bars, 0, seen), held, _folds(spec, bars, seen))


def window(bars: Bars, start: int, stop: int) -> Window:
    """Return rows as a window."""
    part = bars.part(start, stop)
    rows = np.arange(len(part)) if bars.timeframe_s >= DAY_S else last_rows(part.ts, day_starts(part.ts))
    lasted = years(part.ts, bars.timeframe_s)
    return Window(start, stop, rows.astype(np.int64), len(rows) / lasted, lasted)


def _folds(spec: Sweep, bars: Bars, seen: int) -> tuple[Fold, ...]:
    asked = spec.walk_forward
    if asked is None:
        return ()
    edges = np.linspace(0, seen, asked.folds + 2).round().astype(int).tolist()
    if np.diff(edges).min() < LEAST:
        raise BadRequest("walk-forward", f"{seen} bars are too few for {asked.folds} folds")
    return tuple(
        Fold(
            window(bars, 0 if asked.anchored else edges[at], edges[at + 1]),
            window(bars, edges[at + 1], edges[at + 2]),
        )
        for at in range(asked.folds)
    )
