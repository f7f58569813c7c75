"""The latest finished bars of a symbol, kept as columns: what strategies and regimes look at, live."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from math import inf

import numpy as np
import structlog

from tradewire.domain.bars import Bars
from tradewire.domain.instrument import Bar, Quote
from tradewire.domain.moments import SECOND
from tradewire.engine.timed.due import Due
from tradewire.engine.timed.making import Maker
from tradewire.ports import Clock

log = structlog.get_logger(__name__)

PAUSES = (1, 1, 2, 4, 8)
"""Seconds between looks for a bar that has closed and that its feed does not show yet."""

AT_ONCE = 8
"""Questions to the feeds that are under way at the start."""

Fetch = Callable[[str, int, int, int], Awaitable[Sequence[Bar]]]
Key = tuple[str, int]
"""A symbol and a timeframe in seconds."""


class Window:
    """At most `length` bars of one symbol and timeframe, oldest first."""

    def __init__(self, symbol: str, timeframe_s: int, length: int) -> None:
        self.symbol = symbol
        self.timeframe_s = timeframe_s
        self.width = timeframe_s * SECOND
        self.length = length
        self._ts = np.empty(2 * length, np.int64)
        self._values = np.empty((5, 2 * length))
        self._count = 0

    @property
    def last(self) -> int:
        """When the newest bar began (epoch ns); 0 where there is none."""
        return int(self._ts[self._count - 1]) if self._count else 0

    def add(self, bars: Iterable[Bar], until: int) -> None:
        """Take in the bars that are newer than the newest and over by `until` (epoch ns), oldest first.

        One without four positive prices is left out.
        """
        for bar in bars:
            if bar.ts <= self.last or bar.ts + self.width > until or not has_prices(bar):
                continue
            if self._count == 2 * self.length:
                self._ts[: self.length] = self._ts[self.length :]
                self._values[:, : self.length] = self._values[:, self.length :]
                self._count = self.length
            self._ts[self._count] = bar.ts
            self._values[:, self._count] = (bar.open, bar.high, bar.low, bar.close, bar.volume)
            self._count += 1

    def bars(self) -> Bars:
        """Return the bars; whoever gets them may keep them and cannot write into them."""
        first = max(0, self._count - self.length)
        ts, values = self._ts[first : self._count].copy(), self._values[:, first : self._count].copy()
        ts.flags.writeable = values.flags.writeable = False
        return Bars(self.symbol, self.timeframe_s, ts, *values)


def has_prices(bar: Bar) -> bool:
    """Tell whether a bar, which may be a stranger's, has four positive prices."""
    try:
        return all(0 < float(price) < inf for price in (bar.open, bar.high, bar.low, bar.close))
    except (TypeError, ValueError):
        return False


class Windows:
    """All windows of a hub: filled from the feeds, kept up bar by bar, by quotes where a feed has no bars."""

    def __init__(self, fetch: Fetch, due: Due, clock: Clock) -> None:
        self._fetch = fetch
        self._due = due
        self._clock = clock
        self._windows: dict[Key, Window] = {}
        self._makers: dict[str, list[Maker]] = {}

    def need(self, symbol: str, timeframe_s: int, length: int) -> None:
        """Keep at least `length` bars; said before they are filled."""
        known = self._windows.get((symbol, timeframe_s))
        if known is None or known.length < length:
            self._windows[symbol, timeframe_s] = Window(symbol, timeframe_s, length)

    def bars(self, symbol: str, timeframe_s: int) -> Bars:
        """Return what is known."""
        return self._windows[symbol, timeframe_s].bars()

    async def fill(self) -> None:
        """Ask the feeds for what was before. A feed that has no bars is no error: its quotes make them."""
        now = self._clock.now()
        few = asyncio.Semaphore(AT_ONCE)

        async def fill(window: Window) -> None:
            async with few:
                await self._ask(window, now - now % window.width)

        await asyncio.gather(*(fill(window) for window in self._windows.values()))
        for window in self._windows.values():
            if not window.last:
                self._makers.setdefault(window.symbol, []).append(Maker(window.symbol, window.timeframe_s))

    def on_quotes(self, quotes: Sequence[Quote]) -> None:
        """Make bars of quotes, where no feed has them."""
        if self._makers:
            for quote in quotes:
                for maker in self._makers.get(quote.symbol, ()):
                    maker.take(quote)

    async def reach(self, symbol: str, timeframe_s: int, moment: int) -> bool:
        """Wait, for a while, until the bar that closes at `moment` (epoch ns) is here; tell whether it came."""
        window = self._windows[symbol, timeframe_s]
        for pause in (*PAUSES, 0):
            if window.last + window.width < moment:
                await self._ask(window, moment)
            for maker in self._makers.get(symbol, ()):
                if maker.timeframe_s == timeframe_s:
                    window.add(maker.finished(moment), moment)
                    pause = 0
            if window.last + window.width >= moment:
                return True
            if not pause:
                break
            await self._due.until(self._clock.now() + pause * SECOND)
        return False

    async def _ask(self, window: Window, until: int) -> None:
        start = max(window.last + window.width, until - window.length * window.width)
        try:
            window.add(await self._fetch(window.symbol, window.timeframe_s, start, until), until)
        except Exception as error:  # A stranger's feed may raise anything, or give anything; its quotes go on.
            log.warning("no bars", symbol=window.symbol, timeframe_s=window.timeframe_s, reason=str(error))
