"""What kind of market it is: `bull`, `bear` or `lateral`, with the figures that decide it.

A market trends where it moves strongly (ADX), straight (efficiency ratio) and in one direction beyond chance (t of the
regression): all three. It goes on trending until one of them has fallen clearly below what it took to begin, so that
a label does not flap at the border.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from tradewire.analysis.trend import adx, efficiency, regression
from tradewire.analysis.volatility import atr, deviation
from tradewire.domain.bars import Bars, Floats
from tradewire.domain.regime import Figures, Regime, Thresholds

LARGEST_T = 999.0
"""A line without residuals has no end to its t-statistic; it is told as this."""


class Columns(NamedTuple):
    """The figures of every bar; NaN where there are too few before it."""

    adx: Floats
    efficiency: Floats
    slope: Floats
    slope_atr: Floats
    t: Floats
    volatility: Floats

    def at(self, row: int) -> Figures | None:
        """Return the figures of one bar; None where there are too few before it."""
        values = [float(column[row]) for column in self]
        return None if any(np.isnan(values)) else Figures(**dict(zip(self._fields, values, strict=True)))


def columns(bars: Bars, thresholds: Thresholds) -> Columns:
    """Return the figures of every bar, known from `warmup` bars on. Slope and volatility are those of the logarithm."""
    length, close = thresholds.length, np.log(bars.close)
    slope, t = regression(close, length)
    reach = atr(bars.high, bars.low, bars.close, thresholds.adx_length)
    returns = np.diff(close, prepend=np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        in_ranges = np.where(reach > 0, slope * bars.close / reach, np.where(np.isnan(reach), np.nan, 0.0))
    found = Columns(
        adx(bars.high, bars.low, bars.close, thresholds.adx_length),
        efficiency(close, length),
        100 * slope,
        in_ranges,
        np.clip(t, -LARGEST_T, LARGEST_T),
        100 * deviation(returns, length),
    )
    known = np.arange(len(bars)) >= thresholds.warmup
    return Columns(*(np.where(known, column, np.nan) for column in found))


def judge(figures: Figures, before: Regime | None, thresholds: Thresholds) -> Regime:
    """Return the label that follows from the figures, and from the one before."""
    side = Regime.BULL if figures.slope > 0 else Regime.BEAR
    share = thresholds.keep if before is side else 1.0
    strong = figures.adx >= share * thresholds.adx
    straight = figures.efficiency >= share * thresholds.efficiency
    meant = abs(figures.t) >= share * thresholds.t
    return side if strong and straight and meant and figures.slope != 0 else Regime.LATERAL


def regimes(bars: Bars, thresholds: Thresholds, before: Regime | None = None) -> list[Regime | None]:
    """Return the label of every bar, each following from the one before; None where there are too few bars."""
    found, labels = columns(bars, thresholds), []
    for row in range(len(bars)):
        figures = found.at(row)
        before = before if figures is None else judge(figures, before, thresholds)
        labels.append(None if figures is None else before)
    return labels
