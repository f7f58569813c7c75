"""How strongly and how straight a price goes somewhere: ADX, efficiency ratio, regression. NaN until there are bars."""

from __future__ import annotations

import numpy as np

from tradewire.analysis.jit import jitted
from tradewire.analysis.sharing import shared
from tradewire.domain.bars import Floats


@shared
def adx(high: Floats, low: Floats, close: Floats, length: int) -> Floats:
    """Return the average directional index, 0 to 100 (Wilder, New Concepts in Technical Trading Systems, 1978).

    Begun as TA-Lib begins it: sums of the first `length` − 1 movements, then their mean strength; from row
    2 · `length` − 1 on.
    """
    return _adx(high, low, close, length)


@jitted
def _adx(high: Floats, low: Floats, close: Floats, length: int) -> Floats:
    count = len(close)
    answer = np.full(count, np.nan)
    up = down = reach = strength = 0.0
    for i in range(1, count):
        rise, fall = high[i] - high[i - 1], low[i - 1] - low[i]
        if i >= length:
            up -= up / length
            down -= down / length
            reach -= reach / length
        if rise > 0 and rise > fall:
            up += rise
        elif fall > 0 and fall > rise:
            down += fall
        reach += max(high[i], close[i - 1]) - min(low[i], close[i - 1])
        if i < length:
            continue
        moved = (up + down) if reach > 0 else 0.0
        now = 100.0 * abs(up - down) / moved if moved > 0 else -1.0
        if i < 2 * length - 1:
            strength += max(now, 0.0)
        elif i == 2 * length - 1:
            strength = (strength + max(now, 0.0)) / length
            answer[i] = strength
        else:
            if now >= 0:
                strength = (strength * (length - 1) + now) / length
            answer[i] = strength
    return answer


@shared
@jitted
def efficiency(values: Floats, length: int) -> Floats:
    """Return Kaufman's efficiency ratio: the way gone over the way made in `length` steps, 0 to 1.

    |x − x before| / Σ |step| (Kaufman, Smarter Trading, 1995); 0 where nothing moved.
    """
    count = len(values)
    answer = np.full(count, np.nan)
    for i in range(length, count):
        path = 0.0
        for j in range(i - length + 1, i + 1):
            path += abs(values[j] - values[j - 1])
        answer[i] = abs(values[i] - values[i - length]) / path if path > 0 else 0.0
    return answer


@jitted
def regression(values: Floats, length: int) -> tuple[Floats, Floats]:
    """Return the slope of the least squares line through the last `length` values, a bar, and its t-statistic.

    Residuals of prices hang together, and the usual t of a random walk is far too large (Granger & Newbold, Spurious
    regressions in econometrics, 1974). Their number is therefore taken as n (1 − ρ) / (1 + ρ), with ρ the correlation
    of neighbours, where it is positive (Bartlett, 1935). The t-statistic of a line without residuals is infinite.
    """
    count = len(values)
    slopes, statistics = np.full(count, np.nan), np.full(count, np.nan)
    middle = (length - 1) / 2.0
    spread = length * (length * length - 1.0) / 12.0
    for i in range(length - 1, count):
        mean = 0.0
        for j in range(length):
            mean += values[i - length + 1 + j]
        mean /= length
        slope = 0.0
        for j in range(length):
            slope += (j - middle) * (values[i - length + 1 + j] - mean)
        slope /= spread
        squares = neighbours = before = 0.0
        for j in range(length):
            left = values[i - length + 1 + j] - mean - slope * (j - middle)
            squares += left * left
            if j > 0:
                neighbours += left * before
            before = left
        slopes[i] = slope
        if squares <= 1e-24 * length:
            statistics[i] = 0.0 if slope == 0.0 else np.sign(slope) * np.inf
            continue
        tied = min(max(neighbours / squares, 0.0), 0.999)
        error = np.sqrt(squares / (length - 2) / spread * (1.0 + tied) / (1.0 - tied))
        statistics[i] = slope / error
    return slopes, statistics
