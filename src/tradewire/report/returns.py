"""What the account earned: in all, a year, and from one day to the next."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tradewire.domain.bars import Floats, Integers
from tradewire.report.figures import deviation, divided, finite

SECOND = 1_000_000_000
DAY_S = 86_400
DAY = DAY_S * SECOND
YEAR_DAYS = 365.25


@dataclass(frozen=True, slots=True, eq=False)
class Returns:
    """Returns from one period's end to the next, the first from the cash at the beginning; 0.01 is 1 %.

    `per_year` is how many such periods there are in a year of these bars.
    """

    values: Floats
    per_year: float


def years(ts: Integers, timeframe_s: int) -> float:
    """Return the years from the first bar's beginning to the last bar's end, of 365.25 days each."""
    return (int(ts[-1] - ts[0]) / SECOND + timeframe_s) / (YEAR_DAYS * DAY_S)


def period_returns(ts: Integers, equity: Floats, cash: float, timeframe_s: int) -> Returns:
    """Return the simple returns a day (bars shorter than a day) or a bar (all others).

    A day is one of UTC with a bar in it. The year's number of periods is counted, not assumed: periods in the data
    divided by its years; so shares come to about 252, currencies to 260 to 312, crypto to 365. A single bar's
    returns would be nearly all zeros between trades and tell less. Returns end where the account had nothing left.
    """
    ends = equity if timeframe_s >= DAY_S else equity[last_rows(ts, day_starts(ts))]
    before = np.concatenate(([cash], ends[:-1]))
    alive = len(before) if (before > 0).all() else int(np.argmin(before > 0))
    return Returns(ends[:alive] / before[:alive] - 1, len(ends) / years(ts, timeframe_s))


def day_starts(ts: Integers) -> Integers:
    """Return the midnights (UTC, epoch ns) from that before the first bar to that after the last one."""
    return np.arange(ts[0] // DAY, ts[-1] // DAY + 2, dtype=np.int64) * DAY


def last_rows(ts: Integers, starts: Integers) -> Integers:
    """Return the last row of each span between two neighbours of `starts` that has a bar in it."""
    edges = np.searchsorted(ts, starts, "left")
    return (edges[1:][edges[1:] > edges[:-1]] - 1).astype(np.int64)


def total_return(equity: Floats, cash: float) -> float:
    """Return the whole gain as a share of the cash: final / cash - 1."""
    return float(equity[-1] / cash - 1)


def cagr(equity: Floats, cash: float, years: float) -> float | None:
    """Return the compound annual growth rate, (final / cash)^(1 / years) - 1; -1 when all was lost.

    None when more than all was lost, or when a year at that rate is beyond any number. Source: Bacon, *Practical
    Portfolio Performance Measurement and Attribution* (2008), ch. 2; `empyrical.cagr`.
    """
    grown = float(equity[-1] / cash)
    if grown < 0:
        return None
    with np.errstate(over="ignore"):
        return finite(np.power(grown, 1 / years) - 1)


def volatility(returns: Returns) -> float | None:
    """Return the annualised standard deviation of the returns, s · √(periods a year).

    Source: Bacon (2008), ch. 4; `empyrical.annual_volatility`.
    """
    spread = deviation(returns.values)
    return None if spread is None else finite(spread * returns.per_year**0.5)


def sharpe(returns: Returns) -> float | None:
    """Return the Sharpe ratio over a riskless rate of nothing: mean / s · √(periods a year), without unit.

    Source: Sharpe, *The Sharpe Ratio*, J. of Portfolio Management 21 (1994); `empyrical.sharpe_ratio`.
    """
    spread = deviation(returns.values)
    return None if spread is None else finite(float(returns.values.mean()) / spread * returns.per_year**0.5)


def sortino(returns: Returns) -> float | None:
    """Return the Sortino ratio against a target of nothing: mean · √(periods a year) / √(mean of min(r, 0)²).

    Source: Sortino & Price, *Performance Measurement in a Downside Risk Framework*, J. of Investing 3 (1994);
    `empyrical.sortino_ratio`.
    """
    if len(returns.values) < 2:
        return None
    below = float(np.sqrt(np.mean(np.minimum(returns.values, 0) ** 2)))
    return divided(float(returns.values.mean()) * returns.per_year**0.5, below)


def calmar(growth: float | None, deepest: float) -> float | None:
    """Return the Calmar ratio, CAGR / deepest drawdown (a share, not negative).

    Source: Young, *Calmar Ratio: A Smoother Tool*, Futures (1991), here over the whole run instead of 36 months;
    `empyrical.calmar_ratio`.
    """
    return None if growth is None else divided(growth, deepest)
