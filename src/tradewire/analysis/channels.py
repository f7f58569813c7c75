"""Channels around a price: highest and lowest of the last bars (Donchian), and supertrend."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tradewire.analysis.averages import NEGLIGIBLE
from tradewire.analysis.jit import jitted
from tradewire.analysis.sharing import shared
from tradewire.domain.bars import Floats


@shared
@jitted
def highest(values: Floats, length: int) -> Floats:
    """Return the greatest of the last `length` values, in one pass.

    Kept are the rows that may still become the greatest, in a ring: their values fall from the first to the last.
    """
    count = len(values)
    answer = np.full(count, np.nan)
    ring = np.zeros(length, np.int64)
    begin, held = 0, 0
    first = 0
    while first < count and np.isnan(values[first]):
        first += 1
    for i in range(first, count):
        if held and ring[begin] <= i - length:
            begin = begin + 1 if begin + 1 < length else 0
            held -= 1
        end = begin + held if begin + held < length else begin + held - length
        while held and values[ring[end - 1]] <= values[i]:  # row −1 of the ring is its last
            end = end - 1 if end else length - 1
            held -= 1
        ring[end] = i
        held += 1
        if i - first >= length - 1:
            answer[i] = values[ring[begin]]
    return answer


@shared
def lowest(values: Floats, length: int) -> Floats:
    """Return the least of the last `length` values."""
    return -highest(-values, length)


def donchian(high: Floats, low: Floats, length: int) -> tuple[Floats, Floats]:
    """Return the upper and lower line of Donchian's channel: highest high and lowest low of the last bars."""
    return highest(high, length), lowest(low, length)


def supertrend(
    high: Floats, low: Floats, close: Floats, reach: Floats, share: float = NEGLIGIBLE
) -> tuple[NDArray[np.int8], Floats]:
    """Return the trend (1 up, −1 down, 0 not known) and its line; `reach` is the multiplied ATR (Seban, 2008).

    In an up trend the line is the highest of (high + low) / 2 − reach since the trend began, and a close below it turns
    the trend; in a down trend the mirror. Which trend it was when the bars began nobody knows: both are followed, and
    the trend is told from the bar on where both came to the same (lines within `share` of the price). What is told
    does therefore not hang on where the history begins.
    """
    trend, line = _followed(high, low, close, reach, 1)
    other_trend, other_line = _followed(high, low, close, reach, -1)
    same = (trend == other_trend) & (np.abs(line - other_line) <= share * close)
    unknown = int(np.argmax(same)) if same.any() else len(close)
    trend[:unknown] = 0
    line[:unknown] = np.nan
    return trend, line


@jitted
def _followed(high: Floats, low: Floats, close: Floats, reach: Floats, begun: int) -> tuple[NDArray[np.int8], Floats]:
    count = len(close)
    trend = np.zeros(count, np.int8)
    line = np.full(count, np.nan)
    now = begun
    at = -np.inf if begun > 0 else np.inf
    for i in range(count):
        if np.isnan(reach[i]):
            continue
        middle = (high[i] + low[i]) / 2
        if now > 0 and close[i] < at:
            now, at = -1, middle + reach[i]
        elif now < 0 and close[i] > at:
            now, at = 1, middle - reach[i]
        elif now > 0:
            at = max(at, middle - reach[i])
        else:
            at = min(at, middle + reach[i])
        trend[i] = now
        line[i] = at
    return trend, line
