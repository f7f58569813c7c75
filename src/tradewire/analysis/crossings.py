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
    """Return where SMA(fast) of prices crosses above and below SMA(slow), in one pass that keeps neither average."""
    count = len(values)
    up = np.zeros(count, np.bool_)
    down = np.zeros(count, np.bool_)
    fast_total = slow_total = 0.0
    before = slack_before = np.nan
    left = 1
    for i in range(slow - 1, count):
        left -= 1
        if left == 0:
            left = slow
            slow_total = fast_total = 0.0
            for j in range(i - slow + 1, i + 1):
                slow_total += values[j]
            for j in range(i - fast + 1, i + 1):
                fast_total += values[j]
        else:
            fast_total += values[i] - values[i - fast]
            slow_total += values[i] - values[i - slow]
        average = slow_total / slow
        now = fast_total / fast - average
        slack = NEGLIGIBLE * average
        up[i] = now > slack and before <= slack_before
        down[i] = now < -slack and before >= -slack_before
        before, slack_before = now, slack
    return up, down
