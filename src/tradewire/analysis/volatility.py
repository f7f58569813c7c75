"""How far a price moves: true range, ATR, standard deviation, Bollinger bands."""

from __future__ import annotations

import numpy as np

from tradewire.analysis.averages import rma, sma
from tradewire.analysis.jit import jitted
from tradewire.analysis.sharing import shared
from tradewire.domain.bars import Floats


@shared
@jitted
def true_range(high: Floats, low: Floats, close: Floats) -> Floats:
    """Return max(high, close before) − min(low, close before); NaN at the first bar, which has none before it."""
    count = len(close)
    answer = np.full(count, np.nan)
    for i in range(1, count):
        answer[i] = max(high[i], close[i - 1]) - min(low[i], close[i - 1])
    return answer


@shared
def atr(high: Floats, low: Floats, close: Floats, length: int) -> Floats:
    """Return the average true range: RMA of the true range (Wilder, 1978), from row `length` on as in TA-Lib."""
    return rma(true_range(high, low, close), length)


@shared
@jitted
def deviation(values: Floats, length: int) -> Floats:
    """Return the standard deviation of the last `length` values (of the population: divided by `length`).

    Sums are of distances from a recent value and are taken anew every `length` bars: no error grows with the history.
    """
    count = len(values)
    answer = np.full(count, np.nan)
    first = 0
    while first < count and np.isnan(values[first]):
        first += 1
    total = 0.0
    squares = 0.0
    origin = 0.0
    left = 1
    for i in range(first + length - 1, count):
        left -= 1
        if left == 0:
            left = length
            origin = values[i]
            total = 0.0
            squares = 0.0
            for j in range(i - length + 1, i + 1):
                total += values[j] - origin
                squares += (values[j] - origin) ** 2
        else:
            come, gone = values[i] - origin, values[i - length] - origin
            total += come - gone
            squares += come * come - gone * gone
        answer[i] = np.sqrt(max(squares - total * total / length, 0.0) / length)
    return answer


def bollinger(values: Floats, length: int, width: float) -> tuple[Floats, Floats, Floats]:
    """Return upper band, middle and lower band: SMA ± width · standard deviation (Bollinger, 1983)."""
    middle = sma(values, length)
    reach = width * deviation(values, length)
    return middle + reach, middle, middle - reach
