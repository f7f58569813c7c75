"""Tells programs of the bars that they watch, when these close, with the figures that they ask for."""

from __future__ import annotations

import asyncio
from functools import partial

from tradewire.domain.moments import SECOND
from tradewire.engine.programs.stage import Programs
from tradewire.engine.timed.due import Due
from tradewire.engine.timed.windows import Windows
from tradewire.ports import Clock
from tradewire.programs.events import BarClosed
from tradewire.programs.indicators import bars_needed, value_of


class Watching:
    """Looks at the windows that programs need. `need` is said before they are filled."""

    def __init__(self, programs: Programs, windows: Windows, due: Due, clock: Clock) -> None:
        self._programs, self._windows, self._due, self._clock = programs, windows, due, clock

    def need(self) -> None:
        """Ask for the bars that any program of the configuration, or of the journal, watches."""
        for watch in self._programs.watches():
            self._windows.need(watch.symbol, watch.timeframe_s, max(map(bars_needed, watch.figures)))

    def start(self) -> None:
        """Be there when the next bars close."""
        now = self._clock.now()
        for timeframe_s in sorted({watch.timeframe_s for watch in self._programs.watches()}):
            width = timeframe_s * SECOND
            closes = now - now % width + width
            self._due.at(closes, partial(self._close, timeframe_s, closes))

    async def _close(self, timeframe_s: int, moment: int) -> None:
        width, now = timeframe_s * SECOND, self._clock.now()
        newest = max(moment, now - now % width)
        self._due.at(newest + width, partial(self._close, timeframe_s, newest + width))
        figures: dict[str, set[str]] = {}
        for watch in self._programs.watches():
            if watch.timeframe_s == timeframe_s:
                figures.setdefault(watch.symbol, set()).update(watch.figures)
        await self._due.gather(self._tell(symbol, timeframe_s, newest, asked) for symbol, asked in figures.items())

    async def _tell(self, symbol: str, timeframe_s: int, moment: int, asked: set[str]) -> None:
        if not await self._windows.reach(symbol, timeframe_s, moment):
            return
        bars = self._windows.bars(symbol, timeframe_s)
        values = await asyncio.to_thread(lambda: {figure: value_of(figure, bars) for figure in sorted(asked)})
        known = {figure: value for figure, value in values.items() if value is not None}
        self._programs.on_bar(BarClosed(symbol=symbol, timeframe_s=timeframe_s, ts=int(bars.ts[-1]), values=known))
