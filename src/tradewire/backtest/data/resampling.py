"""Longer bars from shorter ones: on the clock of UTC, or from the opening of each session."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from tradewire.backtest.data.calendars import DAY, SECOND, Sessions
from tradewire.backtest.data.checking import Flags
from tradewire.backtest.data.problems import BadHistory
from tradewire.domain.bars import PRICES, Bars, Integers
from tradewire.domain.timeframes import timeframe_name

WEEK: Final = 7 * DAY
_MONDAY: Final = 4 * DAY  # 1970-01-05


@dataclass(frozen=True, slots=True)
class Resampled:
    """Longer bars, and what was left out: bars outside all sessions, and the last where it is not over yet."""

    bars: Bars
    outside: int
    unfinished: int

    def told(self) -> list[str]:
        """Return a sentence for each kind of bar that was left out."""
        told = []
        if self.outside:
            told.append(f"{self.outside} bars outside of sessions left out")
        if self.unfinished:
            told.append(f"the last {self.unfinished} bars left out: what they would be part of is not over yet")
        return told


def resample(bars: Bars, timeframe_s: int, open_times: Sessions | None = None) -> Resampled:
    """Return bars of `timeframe_s`: first open, highest high, lowest low, last close, sum of the volume.

    Without sessions they begin at whole timeframes since 1970 (UTC), those of weeks on Monday. With sessions they begin
    at each opening and the last of a session may be shorter; those of a day carry the midnight of its date. A bar that
    has no bars to be made of is not made. The bars must be in order.

    Raises:
        BadHistory: the timeframe is not a longer multiple of the bars' own.
    """
    if timeframe_s <= bars.timeframe_s or timeframe_s % bars.timeframe_s:
        told = f"{timeframe_name(timeframe_s)} is not a longer multiple of {timeframe_name(bars.timeframe_s)}"
        raise BadHistory(f"{bars.symbol}: {told}")
    width, short = timeframe_s * SECOND, bars.timeframe_s * SECOND
    if open_times is None:
        begin = _on_the_clock(bars.ts, width)
        end, inside = begin + width, np.ones(len(bars), np.bool_)
    else:
        begin, end, inside = _in_sessions(bars.ts, width, open_times)
    rows = np.flatnonzero(inside)
    over = int(bars.ts[-1]) + short if len(bars) else 0
    unfinished = int((end[rows] > over).sum())
    rows = rows[: len(rows) - unfinished]
    return Resampled(_joined(bars, rows, begin[rows], timeframe_s), len(bars) - int(inside.sum()), unfinished)


def _on_the_clock(ts: Integers, width: int) -> Integers:
    anchor = _MONDAY if width % WEEK == 0 else 0
    return ts - (ts - anchor) % width


def _in_sessions(ts: Integers, width: int, open_times: Sessions) -> tuple[Integers, Integers, Flags]:
    """Return for each bar where its longer one begins and ends, and whether it lies in a session."""
    if width > DAY:
        raise BadHistory(f"bars of {timeframe_name(width // SECOND)} are longer than a session: name no calendar")
    stretch = open_times.stretch(ts)
    opened, closed = open_times.open[stretch], open_times.close[stretch]
    if width == DAY:
        ends = np.searchsorted(open_times.day, open_times.day[stretch], side="right") - 1
        return open_times.day[stretch], open_times.close[ends], stretch >= 0
    begin = opened + (ts - opened) // width * width
    return begin, np.minimum(begin + width, closed), stretch >= 0


def _joined(bars: Bars, rows: Integers, begin: Integers, timeframe_s: int) -> Bars:
    if not len(rows):
        return Bars(bars.symbol, timeframe_s, *(getattr(bars, name)[:0] for name in ("ts", *PRICES, "volume")))
    first = np.flatnonzero(np.concatenate(([True], begin[1:] != begin[:-1])))
    last = np.concatenate((first[1:], [len(rows)])) - 1
    return Bars(
        bars.symbol,
        timeframe_s,
        begin[first],
        bars.open[rows][first],
        np.maximum.reduceat(bars.high[rows], first),
        np.minimum.reduceat(bars.low[rows], first),
        bars.close[rows][last],
        np.add.reduceat(bars.volume[rows], first),
    )
