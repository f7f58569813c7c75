"""Signals out of crossings, silent until the warm-up is over."""

from __future__ import annotations

import numpy as np

from tradewire.analysis.crossings import crossings
from tradewire.domain.bars import Floats
from tradewire.strategies.base import Flags, Signals


def silent(flags: Flags, warmup: int) -> Flags:
    """Return the flags with the first `warmup` of them lowered; the array is the caller's own."""
    flags[:warmup] = False
    return flags


def turning(up: Flags, down: Flags, warmup: int) -> Signals:
    """Return long where something turns up and short where it turns down; each ends the opposite."""
    up, down = silent(up, warmup), silent(down, warmup)
    return Signals(long_entry=up, long_exit=down, short_entry=down, short_exit=up)


def crossing(line: Floats, other: Floats, warmup: int, scale: Floats | None = None) -> Signals:
    """Return long where `line` crosses above `other` and short where it crosses below; each ends the opposite."""
    return turning(*crossings(line, other, np.abs(other) if scale is None else scale), warmup)
