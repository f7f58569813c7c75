"""Figures that may not exist: a division by nothing is None, never an infinity."""

from __future__ import annotations

import math

import numpy as np

from tradewire.domain.bars import Floats

DUST = 1e-12
"""Below this share of the figures beside it a spread is rounding, not risk."""


def finite(value: float) -> float | None:
    """Return the value, or None when it is no number that JSON can hold."""
    return float(value) if math.isfinite(value) else None


def divided(above: float, below: float) -> float | None:
    """Return above / below, or None when there is nothing to divide by."""
    return finite(above / below) if below else None


def mean(values: Floats) -> float | None:
    """Return the arithmetic mean, or None of no values."""
    return finite(values.mean()) if len(values) else None


def deviation(values: Floats) -> float | None:
    """Return the sample standard deviation (n - 1), or None of fewer than two values or of equal ones."""
    if len(values) < 2:
        return None
    spread = float(values.std(ddof=1))
    return finite(spread) if spread > DUST * float(np.abs(values).max()) else None
