"""Tells programs of the bars that they watch, at the moments at which these close."""

from __future__ import annotations

from asyncio import AbstractEventLoop
from collections.abc import Iterable
from itertools import groupby
from typing import NamedTuple

from tradewire.backtest.data.resampling import resample
from tradewire.domain.bars import Bars, Floats
from tradewire.domain.timeframes import timeframe_name
from tradewire.engine.programs.stage import Programs
from tradewire.ports import Clock
from tradewire.programs.base import BarWatch
from tradewire.programs.events import BarClosed
from tradewire.programs.indicators import column_of, figure

SECOND = 1_000_000_000


class NoSuchBars(ValueError):
    """Bars are watched that cannot be made of those that there are; the message says which."""


class Watched(NamedTuple):
    """Bars of one length, with the figures that anybody asks for."""

    bars: Bars
    figures: dict[str, Floats]


class Bells:
    """Rings when watched bars of a history close. What it tells was known then: figures look back only.

    Raises:
        NoSuchBars: bars that are shorter than those of the history, or not made of whole ones.
    """

    def __init__(self, bars: Bars, symbol: str, watches: Iterable[BarWatch]) -> None:
        self._symbol = symbol
        self._watched = []
        by_length = sorted((watch for watch in watches if watch.symbol == symbol), key=lambda each: each.timeframe_s)
        for width, same in groupby(by_length, key=lambda each: each.timeframe_s):
            made = lengthened(bars, width)
            terms = sorted({term for watch in same for term in watch.figures})
            self._watched.append(Watched(made, {term: column_of(term, made) for term in terms}))
        rings = [
            (int(ts) + each.bars.timeframe_s * SECOND, place, row)
            for place, each in enumerate(self._watched)
            for row, ts in enumerate(each.bars.ts.tolist())
        ]
        self._rings = sorted(rings)
        self._at = 0

    @property
    def next(self) -> int | None:
        """When the next bar closes (epoch ns)."""
        return self._rings[self._at][0] if self._at < len(self._rings) else None

    def attach(self, loop: AbstractEventLoop, clock: Clock, programs: Programs) -> None:
        """Ring by this loop."""
        self._loop, self._clock, self._programs = loop, clock, programs
        self._wait()

    def _wait(self) -> None:
        if (moment := self.next) is not None:
            self._loop.call_later((moment - self._clock.now()) / SECOND, self._ring)

    def _ring(self) -> None:
        now = self._clock.now()
        while (moment := self.next) is not None and moment <= now:
            _, place, row = self._rings[self._at]
            self._at += 1
            bars, figures = self._watched[place]
            known = {term: figure(float(column[row])) for term, column in figures.items()}
            values = {term: value for term, value in known.items() if value is not None}
            self._programs.on_bar(
                BarClosed(symbol=self._symbol, timeframe_s=bars.timeframe_s, ts=int(bars.ts[row]), values=values)
            )
        self._wait()


def lengthened(bars: Bars, timeframe_s: int) -> Bars:
    """Return bars of a longer timeframe made of whole ones of the history."""
    if timeframe_s == bars.timeframe_s:
        return bars
    if timeframe_s % bars.timeframe_s:
        wanted, there = timeframe_name(timeframe_s), timeframe_name(bars.timeframe_s)
        raise NoSuchBars(f"it watches bars of {wanted}, which cannot be made of those of {there}: give a finer history")
    return resample(bars, timeframe_s).bars
