"""How probable it is that the best combination of the past is a poor one of the future: CSCV.

Source: Bailey, Borwein, López de Prado & Zhu, *The Probability of Backtest Overfitting*, J. of Computational Finance 20
(2017): the history is cut into blocks; for every way to take half of them as the past, the combination with the best
Sharpe ratio there is looked up among all on the other half. Overfitted is a choice that ends below the median.
"""

from __future__ import annotations

from itertools import combinations
from typing import Final, NamedTuple

import numpy as np

from tradewire.domain.bars import Floats

BLOCKS: Final = 12
"""924 ways to take half of them."""
LEAST: Final = 4
"""Periods that a block has at least."""


class Overfitting(NamedTuple):
    """`probability` that the best of the past ends below the median; the slope of what it earns after on what it earned
    before, in Sharpe ratios; the share of splits in which it lost money."""

    probability: float
    slope: float
    loss: float
    splits: int


def overfitting(returns: Floats, blocks: int = BLOCKS) -> Overfitting | None:
    """Return the probability of overfitting of returns (combinations × periods); None where there are too few."""
    count, periods = returns.shape
    if count < 2 or periods < blocks * LEAST:
        return None
    edges = np.linspace(0, periods, blocks + 1).round().astype(np.int64)
    sums = np.add.reduceat(returns, edges[:-1], axis=1)
    squares = np.add.reduceat(returns**2, edges[:-1], axis=1)
    lengths = np.diff(edges).astype(np.float64)
    halves = list(combinations(range(blocks), blocks // 2))
    chosen = np.zeros((blocks, len(halves)))
    for at, half in enumerate(halves):
        chosen[list(half), at] = 1.0
    before = _sharpe(sums @ chosen, squares @ chosen, lengths @ chosen)
    after = _sharpe(sums @ (1 - chosen), squares @ (1 - chosen), lengths @ (1 - chosen))
    best = np.argmax(before, axis=0)
    there = np.arange(len(halves))
    shown, found = before[best, there], after[best, there]
    below = (after < found).sum(axis=0) + 0.5 * ((after == found).sum(axis=0) - 1)
    rank = (below + 1.0) / (count + 1.0)
    spread = float(np.var(shown))
    slope = float(np.mean((shown - shown.mean()) * (found - found.mean())) / spread) if spread > 0 else 0.0
    return Overfitting(float(np.mean(rank <= 0.5)), slope, float(np.mean(found < 0)), len(halves))


def mean_correlation(returns: Floats) -> float:
    """Return the mean correlation between combinations (0 where fewer than two vary)."""
    spread = returns.std(axis=1)
    varied = returns[spread > 0]
    if len(varied) < 2:
        return 0.0
    scaled = (varied - varied.mean(axis=1, keepdims=True)) / spread[spread > 0][:, None]
    count = len(scaled)
    total = float((scaled.sum(axis=0) ** 2).mean())
    return (total - count) / (count * (count - 1))


def _sharpe(sums: Floats, squares: Floats, lengths: Floats) -> Floats:
    mean = sums / lengths
    variance = np.maximum(squares / lengths - mean**2, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = mean / np.sqrt(variance)
    return np.where(variance > 1e-24, ratio, 0.0)
