"""What kind of market it is: the figures against TA-Lib and by hand, the labels on markets of which we know it."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import talib
from hypothesis import given, settings
from hypothesis import strategies as st

from tradewire.analysis.regime import columns, judge, regimes
from tradewire.analysis.trend import adx, efficiency, regression
from tradewire.domain.bars import Bars
from tradewire.domain.regime import Figures, Regime, Thresholds
from unit.strategies.walks import walk

DEFAULTS = Thresholds()


def market(seed: int, drift: float, volatility: float, pull: float = 0.0, count: int = 500) -> Bars:
    """Return bars whose close moves by `volatility` (a share) a bar, and `drift` times that on average.

    `pull`: how much of the distance from where it began it gives back with each bar.
    """
    chance = np.random.default_rng(seed)
    steps = (chance.standard_t(6, count) / np.sqrt(1.5) + drift) * volatility
    level, log = 0.0, np.empty(count)
    for i, step in enumerate(steps):
        level = level * (1 - pull) + step
        log[i] = level
    close = 100 * np.exp(log)
    open_ = np.concatenate(([100.0], close[:-1]))
    reach = volatility * chance.random((2, count))
    high, low = np.maximum(open_, close) * (1 + reach[0]), np.minimum(open_, close) * (1 - reach[1])
    return Bars.checked("X", 3600, np.arange(count) * 3600 * 10**9, open_, high, low, close)


@pytest.mark.parametrize("length", [2, 5, 14, 30])
@pytest.mark.parametrize("tick", [0.0, 0.5])
def test_adx_is_that_of_talib(length: int, tick: float) -> None:
    bars = walk(4, 800, tick=tick)
    ours, theirs = adx(bars.high, bars.low, bars.close, length), talib.ADX(bars.high, bars.low, bars.close, length)
    np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-9)


def test_the_slope_is_that_of_talib_and_its_t_that_of_the_textbook() -> None:
    values = walk(5, 300).close
    slope, t = regression(values, 50)
    np.testing.assert_allclose(slope[49:], talib.LINEARREG_SLOPE(values, 50)[49:], rtol=1e-7, atol=1e-9)
    chance = np.random.default_rng(6)
    noise = chance.normal(size=400) * np.where(np.arange(400) % 2, 1, -1)
    straight = np.arange(400) * 0.05 + noise
    _, t = regression(straight, 400)
    line = np.polynomial.polynomial.polyfit(np.arange(400), straight, 1)
    left = straight - line[0] - line[1] * np.arange(400)
    tied = max(0.0, float((left[1:] * left[:-1]).sum() / (left**2).sum()))
    spread = ((np.arange(400) - 199.5) ** 2).sum()
    textbook = line[1] / np.sqrt((left**2).sum() / 398 / spread * (1 + tied) / (1 - tied))
    assert t[-1] == pytest.approx(textbook)


def test_the_efficiency_ratio_is_the_way_gone_over_the_way_made() -> None:
    values = np.array([1.0, 2.0, 3.0, 2.0, 3.0, 4.0, 4.0])
    assert efficiency(values, 5).tolist()[5:] == [pytest.approx(3 / 5), pytest.approx(2 / 4)]
    assert np.isnan(efficiency(values, 5)[:5]).all()
    assert efficiency(np.ones(10), 5)[-1] == 0


seeds = st.integers(0, 2**32 - 1)
volatilities = st.floats(0.0001, 0.04)


@settings(max_examples=80, deadline=None)
@given(seeds, volatilities, st.sampled_from([-1, 1]), st.floats(0.8, 3))
def test_a_market_that_goes_somewhere_is_named_so(seed: int, volatility: float, way: int, drift: float) -> None:
    labels = regimes(market(seed, way * drift, volatility), DEFAULTS)
    assert labels[-1] is (Regime.BULL if way > 0 else Regime.BEAR)


@settings(max_examples=80, deadline=None)
@given(seeds, volatilities, st.floats(0.1, 0.9))
def test_a_market_that_comes_back_is_lateral(seed: int, volatility: float, pull: float) -> None:
    labels = regimes(market(seed, 0, volatility, pull), DEFAULTS)
    assert labels[-1] is Regime.LATERAL


def test_weaker_trends_are_mostly_named_and_chance_mostly_is_not() -> None:
    weak = [label for seed in range(60) for label in regimes(market(seed, 0.5, 0.01), DEFAULTS) if label]
    chance = [label for seed in range(60) for label in regimes(market(seed, 0, 0.01), DEFAULTS) if label]
    assert weak.count(Regime.BULL) / len(weak) > 0.95
    assert chance.count(Regime.LATERAL) / len(chance) > 0.85


@pytest.mark.parametrize(("step", "label"), [(1.0, "bull"), (-0.1, "bear"), (0.0, "lateral")])
def test_a_straight_line_and_a_standstill_are_judged_too(step: float, label: str) -> None:
    close = 100 + np.arange(300) * step
    bars = Bars.checked("X", 60, np.arange(300) * 60 * 10**9, close, close, close, close)
    assert regimes(bars, DEFAULTS)[-1] == label


def test_the_label_does_not_depend_on_the_unit_of_the_price() -> None:
    bars = market(3, 0.4, 0.01)
    large = Bars(
        bars.symbol, 3600, bars.ts, *(1e4 * c for c in (bars.open, bars.high, bars.low, bars.close)), bars.volume
    )
    assert regimes(bars, DEFAULTS) == regimes(large, DEFAULTS)


def test_a_trend_keeps_its_name_until_it_is_clearly_over() -> None:
    def figures(strength: float) -> Figures:
        return Figures(
            adx=20 * strength, efficiency=0.25 * strength, t=3 * strength, slope=0.1, slope_atr=0.1, volatility=1
        )

    assert judge(figures(0.99), None, DEFAULTS) is Regime.LATERAL
    assert judge(figures(1.01), Regime.LATERAL, DEFAULTS) is Regime.BULL
    assert judge(figures(0.61), Regime.BULL, DEFAULTS) is Regime.BULL
    assert judge(figures(0.59), Regime.BULL, DEFAULTS) is Regime.LATERAL
    assert judge(figures(0.61), Regime.BEAR, DEFAULTS) is Regime.LATERAL


def test_hysteresis_makes_labels_change_less_often() -> None:
    def changes(thresholds: Thresholds) -> int:
        labels = [regimes(market(seed, 0.25, 0.01), thresholds) for seed in range(30)]
        return sum(a is not b for each in labels for a, b in pairwise(each))

    assert changes(DEFAULTS) < 0.6 * changes(Thresholds(keep=1))


def test_too_few_bars_have_no_label() -> None:
    bars = market(1, 1, 0.01)
    assert regimes(bars.part(0, DEFAULTS.warmup), DEFAULTS) == [None] * DEFAULTS.warmup
    assert regimes(bars.part(0, DEFAULTS.warmup + 1), DEFAULTS)[-1] is Regime.BULL
    assert regimes(bars.part(0, 0), DEFAULTS) == []


def test_the_window_gives_the_figures_of_the_history() -> None:
    bars = market(2, 0.2, 0.01, count=900)
    whole, window = columns(bars, DEFAULTS), columns(bars.part(900 - DEFAULTS.window, 900), DEFAULTS)
    for ours, theirs in zip(whole, window, strict=True):
        assert ours[-1] == pytest.approx(theirs[-1], rel=1e-3)
