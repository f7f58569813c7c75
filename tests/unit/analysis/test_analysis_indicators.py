"""The indicators against TA-Lib and against their formulas written slowly."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import talib

from tradewire.analysis.averages import ema, ema_memory, rma, rma_memory, sma
from tradewire.analysis.channels import donchian, highest, lowest, supertrend
from tradewire.analysis.crossings import crosses_above, crosses_below, crossings, sma_crossings
from tradewire.analysis.momentum import macd, rsi
from tradewire.analysis.volatility import atr, bollinger, deviation, true_range
from tradewire.domain.bars import Floats

CHANCE = np.random.default_rng(7)
CLOSE = 100 * np.exp(np.cumsum(CHANCE.normal(0, 0.01, 3000)))
OPEN = np.roll(CLOSE, 1)
HIGH = np.maximum(OPEN, CLOSE) * (1 + CHANCE.uniform(0, 0.01, 3000))
LOW = np.minimum(OPEN, CLOSE) * (1 - CHANCE.uniform(0, 0.01, 3000))
LENGTHS = (2, 3, 14, 100)


def same(ours: Floats, theirs: Floats) -> None:
    np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-9, equal_nan=True)


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        pytest.param(lambda n: sma(CLOSE, n), lambda n: talib.SMA(CLOSE, n), id="sma"),
        pytest.param(lambda n: ema(CLOSE, n), lambda n: talib.EMA(CLOSE, n), id="ema"),
        pytest.param(lambda n: rsi(CLOSE, n), lambda n: talib.RSI(CLOSE, n), id="rsi"),
        pytest.param(lambda n: atr(HIGH, LOW, CLOSE, n), lambda n: talib.ATR(HIGH, LOW, CLOSE, n), id="atr"),
        pytest.param(lambda n: deviation(CLOSE, n), lambda n: talib.STDDEV(CLOSE, n), id="deviation"),
        pytest.param(lambda n: highest(HIGH, n), lambda n: talib.MAX(HIGH, n), id="highest"),
        pytest.param(lambda n: lowest(LOW, n), lambda n: talib.MIN(LOW, n), id="lowest"),
    ],
)
def test_an_indicator_is_that_of_ta_lib(
    ours: Callable[[int], Floats], theirs: Callable[[int], Floats], length: int
) -> None:
    same(ours(length), theirs(length))


def test_the_true_range_is_that_of_ta_lib() -> None:
    same(true_range(HIGH, LOW, CLOSE), talib.TRANGE(HIGH, LOW, CLOSE))


@pytest.mark.parametrize(("length", "width"), [(20, 2.0), (5, 1.5)])
def test_bollinger_bands_are_those_of_ta_lib(length: int, width: float) -> None:
    for ours, theirs in zip(bollinger(CLOSE, length, width), talib.BBANDS(CLOSE, length, width, width), strict=True):
        same(ours, theirs)


@pytest.mark.parametrize(("fast", "slow", "signal"), [(12, 26, 9), (3, 10, 2)])
def test_macd_is_that_of_ta_lib(fast: int, slow: int, signal: int) -> None:
    line, behind = macd(CLOSE, fast, slow, signal)
    theirs, theirs_behind, _ = talib.MACD(CLOSE, fast, slow, signal)
    same(np.where(np.isnan(theirs), np.nan, line), theirs)
    same(behind, theirs_behind)


@pytest.mark.parametrize("length", LENGTHS)
def test_rma_is_wilders_formula(length: int) -> None:
    expected = np.full(len(CLOSE), np.nan)
    expected[length - 1] = CLOSE[:length].mean()
    for i in range(length, len(CLOSE)):
        expected[i] = (expected[i - 1] * (length - 1) + CLOSE[i]) / length
    same(rma(CLOSE, length), expected)


def test_donchian_is_the_highest_high_and_the_lowest_low() -> None:
    upper, lower = donchian(HIGH, LOW, 3)
    assert upper[10] == HIGH[8:11].max()
    assert lower[10] == LOW[8:11].min()


def test_a_market_that_stands_still_has_an_rsi_of_fifty() -> None:
    assert rsi(np.full(40, 7.3), 14)[14:].tolist() == [50.0] * 26


def test_a_spike_leaves_no_rounding_error_behind() -> None:
    prices = CLOSE.copy()
    prices[500] = 1e15
    same(sma(prices, 20)[600:], talib.SMA(CLOSE, 20)[600:])
    same(deviation(prices, 20)[600:], talib.STDDEV(CLOSE, 20)[600:])


@pytest.mark.parametrize("length", LENGTHS)
def test_an_average_has_forgotten_its_beginning_after_its_memory(length: int) -> None:
    for average, memory in ((ema, ema_memory(length)), (rma, rma_memory(length))):
        whole = average(CLOSE, length)
        window = average(CLOSE[-1 - memory :], length)
        assert abs(window[-1] - whole[-1]) <= 1e-9 * CLOSE[-1]


@pytest.mark.parametrize("indicator", [sma, ema, rma, rsi, deviation, highest, lowest])
def test_too_few_bars_give_nothing(indicator: Callable[[Floats, int], Floats]) -> None:
    assert np.isnan(indicator(CLOSE[:4], 5)).all()
    assert len(indicator(CLOSE[:0], 5)) == 0


def test_crossings() -> None:
    line = np.array([1.0, 2.0, 3.0, 2.0, 1.0, 2.0, np.nan, 3.0])
    level = np.full(8, 2.0)
    assert np.flatnonzero(crosses_above(line, level)).tolist() == [2]
    assert np.flatnonzero(crosses_below(line, level)).tolist() == [4]


def test_lines_that_touch_but_for_rounding_do_not_cross() -> None:
    line = np.array([2.0, 2.0 + 4e-16, 2.0, 2.0 + 1e-12])
    assert not crosses_above(line, np.full(4, 2.0)).any()


@pytest.mark.parametrize(("fast", "slow"), [(1, 2), (20, 100), (7, 9)])
def test_both_crossings_in_one_pass_are_those_of_two(fast: int, slow: int) -> None:
    line, other = sma(CLOSE, fast), sma(CLOSE, slow)
    above, below = crosses_above(line, other), crosses_below(line, other)
    assert above.sum() > 10
    for up, down in (crossings(line, other, other), sma_crossings(CLOSE, fast, slow)):
        assert np.array_equal(up, above)
        assert np.array_equal(down, below)


def slow_supertrend(reach: Floats) -> list[int]:
    """Follow the trend as a trader would with a pencil, begun as an up trend."""
    trend, line, told = 1, 0.0, []
    for i, far in enumerate(reach):
        if np.isnan(far):
            told.append(0)
            continue
        middle = (HIGH[i] + LOW[i]) / 2
        crossed = CLOSE[i] < line if trend > 0 else CLOSE[i] > line
        if crossed:
            trend, line = -trend, middle + far * trend
        else:
            line = max(line, middle - far) if trend > 0 else min(line, middle + far)
        told.append(trend)
    return told


def test_supertrend_turns_where_the_close_crosses_its_line() -> None:
    reach = 3 * atr(HIGH, LOW, CLOSE, 10)
    trend, line = supertrend(HIGH, LOW, CLOSE, reach)
    known = int(np.argmax(trend != 0))
    assert known < 200
    assert trend[known:].tolist() == slow_supertrend(reach)[known:]
    assert set(trend[known:].tolist()) == {1, -1}
    assert ((line <= CLOSE) == (trend > 0))[known:].all()
