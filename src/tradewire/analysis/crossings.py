"""Where one line crosses another."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tradewire.analysis.averages import NEGLIGIBLE
from tradewire.analysis.jit import jitted
from tradewire.domain.bars import Floats

Flags = NDArray[np.bool_]


@jitted
def _risen(line: Floats, other: Floats, slack: Floats, share: float) -> Flags:
    answer = np.zeros(len(line), np.bool_)
    for i in range(1, len(line)):
        before = line[i - 1] - other[i - 1]
        now = line[i] - other[i]
        answer[i] = now > share * slack[i] and before <= share * slack[i - 1]
    return answer


def crosses_above(line: Floats, other: Floats, scale: Floats | None = None) -> Flags:
    """Tell at which bars `line` comes to lie above `other`, having been at or below it the bar before.

    Above means by more than 1e-9 of `scale` (else of `other`): two lines that touch, as averages of a market that
    stands still do, are not told apart by rounding errors, which are not the same in every window of bars.
    """
    return _risen(line, other, np.abs(other) if scale is None else scale, NEGLIGIBLE)


def crosses_below(line: Floats, other: Floats, scale: Floats | None = None) -> Flags:
    """Tell at which bars `line` comes to lie below `other`; the mirror of `crosses_above`."""
    return _risen(-line, -other, np.abs(other) if scale is None else scale, NEGLIGIBLE)


@jitted
def crossings(line: Floats, other: Floats, scale: Floats) -> tuple[Flags, Flags]:
    """Return `crosses_above` and `crosses_below` of two lines, in one pass; `scale` is above 0."""
    count = len(line)
    up = np.zeros(count, np.bool_)
    down = np.zeros(count, np.bool_)
    before = slack_before = np.nan
    for i in range(count):
        now = line[i] - other[i]
        slack = NEGLIGIBLE * scale[i]
        up[i] = now > slack and before <= slack_before
        down[i] = now < -slack and before >= -slack_before
        before, slack_before = now, slack
    return up, down


@jitted
def sma_crossings(values: Floats, fast: int, slow: int) -> tuple[Flags, Flags]:
    """Return where SMA(fast) of prices crosses above and below SMA(slow), in one pass that keeps neither average.

    Both sums are taken anew every `slow` bars. Sums times the other's length are compared: no bar costs a division.
    """
    count = len(values)
    up = np.zeros(count, np.bool_)
    down = np.zeros(count, np.bool_)
    above = below = True
    for begin in range(slow - 1, count, slow):
        size = min(slow, count - begin)
        fast_total = slow_total = 0.0
        for value in values[begin - slow + 1 : begin + 1]:
            slow_total += value
        for value in values[begin - fast + 1 : begin + 1]:
            fast_total += value
        coming = values[begin + 1 : begin + size]
        fast_gone = values[begin - fast + 1 : begin - fast + size]
        slow_gone = values[begin - slow + 1 : begin - slow + size]
        rising, falling = up[begin : begin + size], down[begin : begin + size]
        for i in range(size):
            now, slack = fast_total * slow - slow_total * fast, NEGLIGIBLE * slow_total * fast
            was_above, was_below = above, below
            above, below = now > slack, now < -slack
            rising[i] = above & (not was_above)
            falling[i] = below & (not was_below)
            if i + 1 < size:
                fast_total += coming[i] - fast_gone[i]
                slow_total += coming[i] - slow_gone[i]
    return up, down
