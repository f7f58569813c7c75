"""How likely a Sharpe ratio is more than luck: over a short record, with fat tails, and as the best of many trials.

Sharpe ratios here are those of a period, not annualised; kurtosis is 3 for a normal distribution. Sources: Bailey &
López de Prado, *The Sharpe Ratio Efficient Frontier*, J. of Risk 15 (2012), for `probabilistic` and `least_periods`;
the same, *The Deflated Sharpe Ratio*, J. of Portfolio Management 40 (2014), for `expected_best` and `deflated`.
"""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import Final, NamedTuple

import numpy as np

from tradewire.domain.bars import Floats
from tradewire.report.figures import deviation

EULER: Final = 0.5772156649015329
_NORMAL: Final = NormalDist()


class Moments(NamedTuple):
    """Of returns: how many there are, Sharpe ratio a period, skewness, kurtosis."""

    periods: int
    sharpe: float
    skew: float
    kurtosis: float


def moments(returns: Floats) -> Moments | None:
    """Return the moments of returns, None where they do not vary."""
    spread = deviation(returns)
    if spread is None:
        return None
    mean = float(returns.mean())
    away = (returns - mean) / float(returns.std())
    return Moments(len(returns), mean / spread, float(np.mean(away**3)), float(np.mean(away**4)))


def probabilistic(of: Moments, benchmark: float = 0.0) -> float:
    """Return the probability that the true Sharpe ratio is above a benchmark (PSR)."""
    return _NORMAL.cdf((of.sharpe - benchmark) * math.sqrt(of.periods - 1) / math.sqrt(_uncertainty(of)))


def least_periods(of: Moments, benchmark: float = 0.0, confidence: float = 0.95) -> float | None:
    """Return the minimum track record: how many periods it takes to believe that it is above a benchmark.

    None where it is not above it: no record is long enough.
    """
    if of.sharpe <= benchmark:
        return None
    return 1.0 + _uncertainty(of) * (_NORMAL.inv_cdf(confidence) / (of.sharpe - benchmark)) ** 2


def expected_best(trials: int, variance: float) -> float:
    """Return the Sharpe ratio that the best of so many trials without any edge is expected to show.

    `variance` is that of the trials' Sharpe ratios.
    """
    if trials < 2:
        return 0.0
    luck = (1 - EULER) * _NORMAL.inv_cdf(1 - 1 / trials) + EULER * _NORMAL.inv_cdf(1 - 1 / (trials * math.e))
    return math.sqrt(variance) * luck


def deflated(of: Moments, trials: int, variance: float) -> float:
    """Return the probability that the best of so many trials has an edge at all (DSR)."""
    return probabilistic(of, expected_best(trials, variance))


def _uncertainty(of: Moments) -> float:
    return max(1.0 - of.skew * of.sharpe + (of.kurtosis - 1.0) / 4.0 * of.sharpe**2, 1e-12)
