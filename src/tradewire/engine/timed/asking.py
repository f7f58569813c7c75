"""A strategy that is traded live, and what it says of the newest bar."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np

from tradewire.domain.bars import Bars
from tradewire.domain.signal import Open
from tradewire.strategies.base import Params, Signals, Strategy
from tradewire.strategies.check import misshapen
from tradewire.strategies.finding import told
from tradewire.strategies.meaning import meaning

Sides = Literal["long", "short", "both"]


class Failed(Exception):
    """A strategy's own code failed or said nonsense; the message names the line."""


@dataclass(frozen=True, slots=True)
class Live:
    """A strategy as the configuration trades it. `entry` has the size and the exits of its entries.

    `catch_up`: how late (ns) a bar may still be traded; 0 for never.
    """

    name: str
    strategy: Strategy[Any]
    params: Params
    warmup: int
    symbols: tuple[str, ...]
    timeframe_s: int
    accounts: tuple[str, ...]
    side: Sides
    entry: Open
    at_close: bool
    catch_up: int


class Said(NamedTuple):
    """What a strategy says of one bar: a code of `strategies.meaning`, and what holds for an entry there."""

    bar: int
    code: int
    close: float
    size: float | None
    distance: float | None


def ask(live: Live, bars: Bars, since: int) -> list[Said]:
    """Return what a strategy says of the bars that begin at `since` or later, where it says anything.

    Bars within its warm-up say nothing.

    Raises:
        Failed: its code raised or returned what is no answer.
    """
    try:
        signals = live.strategy.signals(bars, live.params)
    except Exception as error:  # A user's code may raise anything: it is told, with its line.
        raise Failed(told(error)) from error
    if wrong := misshapen(signals, len(bars)):
        raise Failed(wrong)
    rows = range(max(live.warmup, int(np.searchsorted(bars.ts, since))), len(bars))
    return [said for row in rows if (said := said_at(signals, bars, row, live.side)).code]


def said_at(signals: Signals, bars: Bars, row: int, side: Sides) -> Said:
    """Return what is said at one bar, of the sides that are wanted."""
    long, short = int(side != "short"), int(side != "long")
    code = meaning(
        long & int(signals.long_entry[row]),
        long & int(signals.long_exit[row]),
        short & int(signals.short_entry[row]),
        short & int(signals.short_exit[row]),
    )
    size = None if signals.size is None else _given(signals.size[row])
    distance = None if signals.stop_distance is None else _given(signals.stop_distance[row])
    return Said(int(bars.ts[row]), code, float(bars.close[row]), size, distance)


def _given(value: float) -> float | None:
    return float(value) if value > 0 else None
