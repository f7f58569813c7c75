"""The reference workload: seeded minutes, and a crossing of two averages on them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
FASTS = tuple(range(5, 55, 5))
SLOWS = tuple(range(60, 160, 10))
STOPS = tuple(f"{tenths / 10:g}" for tenths in range(10, 60, 5))
"""The sweep: lengths of the averages, and stops in percent; the target is always 4 %."""
SIGMA = 0.0010
"""Volatility of a minute."""
HOT = 3.75
"""How many times as volatile the hot set is: there stops do most of the exits."""


def minutes(count: int, seed: int = 42, heat: float = 1.0) -> dict[str, Floats]:
    """Return OHLCV columns: AR(1) log-volatility, Student's t with 5 degrees, a small gap before one bar in twenty."""
    rng = np.random.default_rng(seed)
    shocks = rng.normal(0.0, 0.05, count)
    mood = np.empty(count)
    level = 0.0
    for row, shock in enumerate(shocks.tolist()):
        level = 0.98 * level + shock
        mood[row] = level
    sigma = SIGMA * heat * np.exp(mood)
    moves = rng.standard_t(5, count) * np.sqrt(3 / 5) * sigma
    gaps = np.where(rng.random(count) < 0.05, rng.normal(0.0, 0.5, count) * sigma, 0.0)
    ends = np.cumsum(moves + gaps)
    close = 100.0 * np.exp(ends)
    opened = 100.0 * np.exp(ends - moves)
    over, under = (np.abs(rng.normal(0.0, 0.5, count)) * sigma for _ in range(2))
    return {
        "open": opened,
        "high": np.maximum(opened, close) * (1.0 + over),
        "low": np.minimum(opened, close) * (1.0 - under),
        "close": close,
        "volume": rng.lognormal(3.0, 1.0, count),
    }


def mean(values: Floats, width: int) -> Floats:
    """Return the simple moving average, NaN until it is full."""
    sums = np.cumsum(values)
    result = np.full(len(values), np.nan)
    result[width - 1] = sums[width - 1]
    result[width:] = sums[width:] - sums[:-width]
    return result / width


def crossings(close: Floats, fast: int = 20, slow: int = 100) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return where the fast average crosses above the slow one, and where below; what a user writes in numpy.

    One that knows numpy: both averages come from the same running sum.
    """
    sums = np.zeros(len(close) + 1)
    np.cumsum(close, out=sums[1:])
    above = (sums[slow:] - sums[slow - fast : -fast]) / fast > (sums[slow:] - sums[:-slow]) / slow
    up, down = np.zeros(len(close), bool), np.zeros(len(close), bool)
    up[slow:] = above[1:] & ~above[:-1]
    down[slow:] = above[:-1] & ~above[1:]
    return up, down
