"""Moving averages. NaN until there are bars enough; leading NaN of an input are skipped."""

from __future__ import annotations

import math

import numpy as np

from tradewire.analysis.jit import jitted
from tradewire.analysis.sharing import shared
from tradewire.domain.bars import Floats

NEGLIGIBLE = 1e-9
"""The share of a price below which what is left of older bars no longer counts."""


@shared
@jitted
def sma(values: Floats, length: int) -> Floats:
    """Return the simple moving average: the mean of the last `length` values.

    The running sum is taken anew every `length` bars, so that no rounding error grows with the history.
    """
    count = len(values)
    answer = np.full(count, np.nan)
    first = 0
    while first < count and np.isnan(values[first]):
        first += 1
    total = 0.0
    left = 1
    for i in range(first + length - 1, count):
        left -= 1
        if left == 0:
            left = length
            total = 0.0
            for j in range(i - length + 1, i + 1):
                total += values[j]
        else:
            total += values[i] - values[i - length]
        answer[i] = total / length
    return answer


@jitted
def smoothed(values: Floats, length: int, weight: float) -> Floats:
    """Return y + weight (x − y), bar by bar, begun with the mean of the first `length` values."""
    count = len(values)
    answer = np.full(count, np.nan)
    first = 0
    while first < count and np.isnan(values[first]):
        first += 1
    start = first + length - 1
    if start >= count:
        return answer
    total = 0.0
    for i in range(first, start + 1):
        total += values[i]
    now = total / length
    answer[start] = now
    for i in range(start + 1, count):
        now += weight * (values[i] - now)
        answer[i] = now
    return answer


@shared
def ema(values: Floats, length: int) -> Floats:
    """Return the exponential moving average, weight 2 / (length + 1), begun as TA-Lib does: with the SMA."""
    return smoothed(values, length, 2 / (length + 1))


@shared
def rma(values: Floats, length: int) -> Floats:
    """Return Wilder's moving average, weight 1 / length (New Concepts in Technical Trading Systems, 1978)."""
    return smoothed(values, length, 1 / length)


def memory(length: int, weight: float) -> int:
    """Return after how many bars a smoothed average of this length has forgotten what it began with.

    What is left of the beginning after k steps is (1 − weight)^k of it; k makes that smaller than `NEGLIGIBLE`.
    """
    return length - 1 + (math.ceil(math.log(NEGLIGIBLE) / math.log1p(-weight)) if weight < 1 else 0)


def ema_memory(length: int) -> int:
    """Return how many bars before a bar its EMA needs, to be within `NEGLIGIBLE` of that of any longer history."""
    return memory(length, 2 / (length + 1))


def rma_memory(length: int) -> int:
    """Return how many bars before a bar its RMA needs, to be within `NEGLIGIBLE` of that of any longer history."""
    return memory(length, 1 / length)
