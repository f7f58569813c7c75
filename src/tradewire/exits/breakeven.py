"""Breakeven: the stop goes to the entry, plus an offset, once the trade has earned it."""

from __future__ import annotations

from tradewire.exits.stop import tightened


def evened(high: float, rung: int, stop: float, at: float, even_stop: float, after: int) -> float:
    """Return the stop after a signed high with `rung` targets done: `even_stop` from `at` or `after` targets on."""
    if high >= at or rung >= after:
        return tightened(stop, even_stop, 0.0)
    return stop
