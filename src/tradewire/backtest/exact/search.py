"""Finds the next bar that reaches a level: quiet bars cost a comparison each, and nothing of the engine."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any


def reaching(highs: Sequence[float], lows: Sequence[float], start: int, stop: int, below: float, above: float) -> int:
    """Return the first row in [start, stop) whose low is at or below `below` or whose high is at or above `above`."""
    for row in range(start, stop):
        if lows[row] <= below or highs[row] >= above:
            return row
    return stop


@cache
def next_touch() -> Any:
    """Return `reaching` as machine code, which is kept on disk."""
    from tradewire.exits.jit import compiled

    return compiled(reaching)
