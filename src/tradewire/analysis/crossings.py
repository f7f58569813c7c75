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
