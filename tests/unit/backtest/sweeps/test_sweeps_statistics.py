"""The figures of honesty: known answers from their papers, and from series whose answer is known by construction."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from tradewire.backtest.sweeps.deflated import (
    Moments,
    deflated,
    expected_best,
    least_periods,
    moments,
    probabilistic,
)
from tradewire.backtest.sweeps.montecarlo import monte_carlo
from tradewire.backtest.sweeps.overfitting import mean_correlation, overfitting
from tradewire.backtest.sweeps.stability import plateau

DAILY = 250**0.5


def test_the_deflated_sharpe_ratio_of_its_paper() -> None:
    """The Deflated Sharpe Ratio (2014), "A numerical example": 2.5 a year over five years of days, 100 trials."""
    found = Moments(1250, 2.5 / DAILY, -3.0, 10.0)
    variance = 0.5 / 250
    assert expected_best(100, variance) == pytest.approx(0.1132, abs=5e-5)
    assert deflated(found, 100, variance) == pytest.approx(0.9004, abs=5e-5)
    assert deflated(found, 46, variance) == pytest.approx(0.9505, abs=5e-5)
    assert deflated(found, 1, variance) == probabilistic(found)


@pytest.mark.parametrize(("a_year", "expected"), [(252, 2.73), (52, 2.83), (12, 3.24)])
def test_the_minimum_track_record_of_its_paper(a_year: int, expected: float) -> None:
    """The Sharpe Ratio Efficient Frontier (2012): years until 2 is believed to be above 1, normal returns."""
    found = Moments(1000, 2 / a_year**0.5, 0.0, 3.0)
    periods = least_periods(found, 1 / a_year**0.5)
    assert periods is not None
    assert periods / a_year == pytest.approx(expected, abs=5e-3)
    just = found._replace(periods=round(periods))
    assert probabilistic(just, 1 / a_year**0.5) == pytest.approx(0.95, abs=1e-3)
    assert least_periods(found, found.sharpe) is None


def test_moments_are_those_of_scipy() -> None:
    returns = np.random.default_rng(1).standard_t(5, 400) * 0.01 + 0.001
    found = moments(returns)
    assert found is not None
    expected = (400, returns.mean() / returns.std(ddof=1), stats.skew(returns), stats.kurtosis(returns, fisher=False))
    assert tuple(found) == pytest.approx(expected)
    assert moments(np.full(10, 0.01)) is None


def test_the_expected_best_is_what_luck_shows() -> None:
    """The best of 200 Sharpe ratios of noise, drawn many times, is what the formula expects."""
    chance = np.random.default_rng(2)
    best = chance.normal(0, 0.05, (4000, 200)).max(axis=1)
    assert expected_best(200, 0.05**2) == pytest.approx(best.mean(), rel=0.01)


def test_noise_is_overfitted_and_an_edge_is_not() -> None:
    chance = np.random.default_rng(3)
    shares = []
    for _ in range(20):
        noise = overfitting(chance.normal(0, 0.01, (60, 600)))
        assert noise is not None
        shares.append(noise.probability)
    assert np.mean(shares) == pytest.approx(0.5, abs=0.12), "a best without an edge is any one on the other half"
    edge = chance.normal(0, 0.01, (60, 600))
    edge[7] += 0.003
    found = overfitting(edge)
    assert found is not None
    assert (found.probability, found.loss, found.splits) == (0.0, 0.0, 924)
    fitted = chance.normal(0, 0.01, (2, 600))
    fitted[0, :300] += 0.01
    fitted[0, 300:] -= 0.01
    fitted[1] *= 0.1
    worst = overfitting(fitted, blocks=2)
    assert worst is not None
    assert worst.probability >= 0.5
    assert overfitting(edge[:1]) is None
    assert overfitting(edge[:, :20]) is None


def test_the_mean_correlation_is_that_of_all_pairs() -> None:
    chance = np.random.default_rng(4)
    rows = chance.normal(size=(8, 300)) + chance.normal(size=300)
    pairs = np.corrcoef(rows)[np.triu_indices(8, 1)]
    assert mean_correlation(rows) == pytest.approx(pairs.mean())
    assert mean_correlation(np.vstack([rows, np.zeros(300)])) == pytest.approx(pairs.mean()), "silent ones do not count"
    assert mean_correlation(rows[:1]) == 0.0


@pytest.mark.parametrize("compounding", [True, False])
def test_another_order_changes_the_falls_but_not_the_end(compounding: bool) -> None:
    gains = np.array([0.1, -0.05, 0.02, -0.2, 0.3]) * (1 if compounding else 1000)
    found = monte_carlo(gains, 1000.0, 500, 0.5, 1, compounding=compounding)
    assert found is not None
    end = 1000 * np.prod(1 + gains) if compounding else 1000 + gains.sum()
    assert list(found["shuffled"]["equity_final"].values()) == [pytest.approx(end)] * 5
    deepest = 1 - 0.95 * 0.8 if compounding else 250 / 1000
    assert found["shuffled"]["max_drawdown"]["95"] == pytest.approx(deepest, abs=0.02)
    resampled = found["resampled"]["equity_final"]
    assert resampled["5"] < end < resampled["95"]
    assert found == monte_carlo(gains, 1000.0, 500, 0.5, 1, compounding=compounding)
    assert found != monte_carlo(gains, 1000.0, 500, 0.5, 2, compounding=compounding)


def test_the_chance_of_ruin_is_that_of_counting() -> None:
    """Two trades, each half or double: drawn again, one path in four halves twice, and nothing else falls so far."""
    found = monte_carlo(np.array([-0.5, 1.0]), 100.0, 40_000, 0.4, 1, compounding=True)
    assert found is not None
    assert found["resampled"]["ruined"] == pytest.approx(0.25, abs=0.01)
    assert found["shuffled"]["ruined"] == 0.0
    assert monte_carlo(np.empty(0), 100.0, 10, 0.5, 1, compounding=True) is None


def test_a_plateau_keeps_its_value_and_a_peak_does_not() -> None:
    assert plateau(2.0, np.array([2.0, 1.8, np.nan, 2.2])) == pytest.approx(1.0)
    assert plateau(2.0, np.array([-1.0, 0.0])) == pytest.approx(-0.25)
    assert plateau(2.0, np.array([np.nan])) is None
    assert plateau(-1.0, np.array([1.0])) is None
