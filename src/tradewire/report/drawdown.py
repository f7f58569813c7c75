"""How far the account fell from its best, for how long, and when it came back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tradewire.domain.bars import Floats, Integers
from tradewire.report.returns import DAY


@dataclass(frozen=True, slots=True)
class Drawdown:
    """One fall below a best and the way back; `depth` 0.1 is 10 % of the best, times are bars' beginnings (epoch ns).

    `recovered` is None when the run ended below the best; `days` then count to the run's end.
    """

    depth: float
    peak: int
    trough: int
    recovered: int | None
    days: float


def depths(equity: Floats, cash: float) -> Floats:
    """Return for each bar how far the equity lies below its best so far (the cash counts), as a share of that best.

    Source: Magdon-Ismail & Atiya, *Maximum Drawdown*, Risk 17 (2004).
    """
    best = np.maximum(np.maximum.accumulate(equity), cash)
    fallen: Floats = 1 - equity / best
    return fallen


def drawdowns(ts: Integers, fallen: Floats, most: int) -> list[Drawdown]:
    """Return the deepest drawdowns, deepest first, from the depths of each bar; the earlier of two that are alike."""
    starts, ends = _episodes(fallen)
    if not len(starts):
        return []
    depth = np.maximum.reduceat(fallen, starts)
    chosen = np.argsort(-depth, kind="stable")[:most]
    return [_drawdown(ts, fallen, int(starts[at]), int(ends[at])) for at in chosen]


def longest(ts: Integers, fallen: Floats) -> float:
    """Return the most days from a best to the next bar that reached it again, or to the run's end; 0 without a fall."""
    starts, ends = _episodes(fallen)
    if not len(starts):
        return 0.0
    return float((ts[np.minimum(ends, len(ts) - 1)] - ts[np.maximum(starts - 1, 0)]).max() / DAY)


def _episodes(fallen: Floats) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    under = np.concatenate(([False], fallen > 0, [False]))
    edges = np.flatnonzero(under[1:] != under[:-1])
    return edges[::2], edges[1::2]


def _drawdown(ts: Integers, fallen: Floats, start: int, end: int) -> Drawdown:
    trough = start + int(np.argmax(fallen[start:end]))
    peak, back = int(ts[max(start - 1, 0)]), end < len(ts)
    until = int(ts[end if back else -1])
    return Drawdown(float(fallen[trough]), peak, int(ts[trough]), until if back else None, (until - peak) / DAY)
