"""Signals out of crossings, silent until the warm-up is over."""

from __future__ import annotations

from tradewire.analysis.crossings import crosses_above, crosses_below
from tradewire.domain.bars import Floats
from tradewire.strategies.base import Flags, Signals


def silent(flags: Flags, warmup: int) -> Flags:
    """Return the flags with the first `warmup` of them lowered; the array is the caller's own."""
    flags[:warmup] = False
    return flags


def crossing(line: Floats, other: Floats, warmup: int, scale: Floats | None = None) -> Signals:
    """Return long where `line` crosses above `other` and short where it crosses below; each ends the opposite."""
    up = silent(crosses_above(line, other, scale), warmup)
    down = silent(crosses_below(line, other, scale), warmup)
    return Signals(long_entry=up, long_exit=down, short_entry=down, short_exit=up)
