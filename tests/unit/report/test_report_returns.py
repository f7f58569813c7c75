"""Returns and ratios on figures small enough to reckon by hand; the oracles hold the formulas on real ones."""

from __future__ import annotations

import numpy as np
import pytest

from tradewire.report.returns import Returns, cagr, calmar, period_returns, sharpe, sortino, volatility, years
from unit.report.report_runs import DAY, DAY_S, MONDAY

HOUR_S = 3_600


def hours(count: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return MONDAY + np.arange(count, dtype=np.int64) * HOUR_S * 10**9


def test_hours_are_gathered_into_days_of_utc_and_the_first_day_starts_from_the_cash() -> None:
    equity = np.full(60, 120.0)
    equity[:24] = np.linspace(90, 110, 24)
    earned = period_returns(hours(60), equity, 100.0, HOUR_S)
    assert earned.values == pytest.approx([0.1, 120 / 110 - 1, 0.0])


def test_days_without_a_bar_do_not_count() -> None:
    ts = np.concatenate((hours(3), hours(3) + 3 * DAY))
    earned = period_returns(ts, np.array([100, 100, 101, 101, 101, 102.0]), 100.0, HOUR_S)
    assert earned.values == pytest.approx([0.01, 102 / 101 - 1])
    assert earned.per_year == pytest.approx(2 / years(ts, HOUR_S))


def test_bars_of_a_day_and_longer_are_periods_themselves() -> None:
    ts = MONDAY + np.arange(52) * 7 * DAY
    earned = period_returns(ts, np.full(52, 100.0), 100.0, 7 * DAY_S)
    assert (len(earned.values), round(earned.per_year, 1)) == (52, 52.2)


def test_returns_end_where_nothing_was_left() -> None:
    ts = MONDAY + np.arange(4) * DAY
    assert period_returns(ts, np.array([50, 0, 0, 20.0]), 100.0, DAY_S).values.tolist() == [-0.5, -1.0]


@pytest.mark.parametrize(("final", "growth"), [(121.0, 0.1), (0.0, -1.0), (-5.0, None), (100.0, 0.0)])
def test_growth_a_year(final: float, growth: float | None) -> None:
    assert cagr(np.array([final]), 100.0, 2.0) == (None if growth is None else pytest.approx(growth))


def test_growth_beyond_any_number_is_none() -> None:
    assert cagr(np.array([1000.0]), 1.0, 1e-3) is None


@pytest.mark.parametrize("values", [[], [0.01], [0.0, 0.0, 0.0], [0.01, 0.01, 0.01]])
def test_without_a_spread_there_is_no_ratio(values: list[float]) -> None:
    returns = Returns(np.array(values), 252.0)
    assert (volatility(returns), sharpe(returns), sortino(returns)) == (None, None, None)


def test_without_a_loss_there_is_a_sharpe_but_no_sortino() -> None:
    returns = Returns(np.array([0.01, 0.03]), 4.0)
    assert sharpe(returns) == pytest.approx(0.02 / np.std([0.01, 0.03], ddof=1) * 2)
    assert sortino(returns) is None


@pytest.mark.parametrize(("growth", "deepest", "ratio"), [(0.2, 0.1, 2.0), (0.2, 0.0, None), (None, 0.1, None)])
def test_calmar_needs_growth_and_a_fall(growth: float | None, deepest: float, ratio: float | None) -> None:
    assert calmar(growth, deepest) == ratio
