"""Whether a peer made the same trades."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from msgspec import Struct

from tradewire.backtest.loop import OPEN
from tradewire.backtest.outcome import Trades


class Agreement(Struct, frozen=True):
    """Of so many trades of ours and of the peer so many are the same: both bars and both prices."""

    ours: int
    theirs: int
    same: int
    gap: float
    """The greatest difference of a result among those that are the same."""

    @property
    def differ(self) -> int:
        return max(self.ours, self.theirs) - self.same


def agreement(ours: Trades, path: Path, tolerance: float) -> Agreement:
    """Compare with the trades that a peer wrote; one that is open at the end counts where the peer tells it."""
    theirs = np.load(path)
    told = (ours.reason != OPEN) | np.isin(ours.entry_row, theirs["entry_row"])
    _, here, there = np.intersect1d(ours.entry_row, theirs["entry_row"], return_indices=True)
    same = ours.exit_row[here] == theirs["exit_row"][there]
    for name in ("entry_price", "exit_price"):
        same &= np.isclose(getattr(ours, name)[here], theirs[name][there], rtol=tolerance, atol=0.0)
    gap = np.abs(ours.pnl[here] - theirs["pnl"][there])[same]
    return Agreement(int(told.sum()), len(theirs["pnl"]), int(same.sum()), float(gap.max(initial=0.0)))
