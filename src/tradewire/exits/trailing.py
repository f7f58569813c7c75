"""The trailing stop."""

from __future__ import annotations

from tradewire.exits.stop import tightened


def trailed(high: float, stop: float, keep: float, gap: float, start: float, step: float) -> float:
    """Return the stop after a signed high: `high * keep - gap` once `start` is reached, moved by at least `step`.

    A percentage p is keep = 1 - p (1 + p on a short trade), gap = 0; a distance is keep = 1, gap = distance. A high
    below an earlier one never moves the stop, so neither the peak nor the activation needs to be remembered.
    """
    if high >= start:
        return tightened(stop, high * keep - gap, step)
    return stop


def raising_price(stop: float, keep: float, gap: float, start: float, step: float) -> float:
    """Return a signed price below which `trailed` leaves the stop where it is (lower by some ulps than the exact one).

    The slack of 4e-15 covers the rounding of the seven operations here and there.
    """
    needed = stop + step + gap
    slack = (abs(stop) + step + gap) * 4e-15
    price = (needed - slack) / keep
    return price if price > start else start
