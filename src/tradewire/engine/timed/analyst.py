"""Judges what kind of market it is, symbol by symbol, when bars close; routes look at what it finds."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, MutableMapping, Sequence

import structlog

from tradewire.analysis.regime import columns, judge
from tradewire.domain.bars import Bars
from tradewire.domain.moments import SECOND
from tradewire.domain.regime import Figures, Judged, Thresholds
from tradewire.engine.contract import MarketStanding
from tradewire.engine.schedule_facts import RegimesChanged
from tradewire.engine.timed.due import Due
from tradewire.engine.timed.ledger import Ledger
from tradewire.engine.timed.windows import Key, Windows
from tradewire.ports import Clock
from tradewire.store.errors import StoreError

log = structlog.get_logger(__name__)


class Analyst:
    """Keeps `book`. A label goes on from the one before, also over a restart."""

    def __init__(
        self,
        keys: Iterable[Key],
        thresholds: Thresholds,
        windows: Windows,
        due: Due,
        ledger: Ledger,
        clock: Clock,
        book: MutableMapping[Key, Judged],
    ) -> None:
        self.keys = frozenset(keys)
        self._thresholds = thresholds
        self._windows = windows
        self._due = due
        self._ledger = ledger
        self._clock = clock
        self._book = book
        self._before = {(each.symbol, each.timeframe_s): each for each in ledger.kept.regimes}
        for symbol, timeframe_s in self.keys:
            windows.need(symbol, timeframe_s, thresholds.window)

    async def start(self) -> None:
        """Judge every market by the bars that are at hand."""
        for symbol, timeframe_s in sorted(self.keys):
            await self._judge(symbol, timeframe_s)

    async def judge(self, symbol: str, timeframe_s: int, moment: int) -> None:
        """Judge a market by the bars up to the one that closes at `moment` (epoch ns)."""
        await self._windows.reach(symbol, timeframe_s, moment)
        await self._judge(symbol, timeframe_s)

    async def _judge(self, symbol: str, timeframe_s: int) -> None:
        bars = self._windows.bars(symbol, timeframe_s)
        figures = await asyncio.to_thread(newest, bars, self._thresholds)
        if figures is None:
            return
        key, bar = (symbol, timeframe_s), int(bars.ts[-1])
        before = self._book.get(key) or self._before.get(key)
        regime = judge(figures, before.regime if before is not None else None, self._thresholds)
        same = before is not None and before.regime is regime
        judged = Judged(
            symbol=symbol,
            timeframe_s=timeframe_s,
            regime=regime,
            figures=figures,
            bar=bar,
            since=before.since if before is not None and same else bar,
        )
        self._book[key] = judged
        if not same:
            self._keep(judged)

    async def judge_all(self) -> None:
        """Judge every market by its newest bars."""
        now = self._clock.now()
        await self._due.gather(self.judge(s, width, now - now % (width * SECOND)) for s, width in sorted(self.keys))

    def markets(self) -> Sequence[MarketStanding]:
        """Return how all markets stand."""
        return [
            MarketStanding(
                symbol=symbol,
                timeframe_s=timeframe_s,
                judged=self._book.get((symbol, timeframe_s)),
                bars=len(self._windows.bars(symbol, timeframe_s)),
                needed=self._thresholds.warmup + 1,
            )
            for symbol, timeframe_s in sorted(self.keys)
        ]

    def _keep(self, judged: Judged) -> None:
        try:
            self._ledger.write(RegimesChanged((judged,)))
        except StoreError as error:
            log.warning("a regime is not kept", symbol=judged.symbol, reason=str(error))


def newest(bars: Bars, thresholds: Thresholds) -> Figures | None:
    """Return the figures of the newest bar, from as many bars as are looked at always; None where there are too few."""
    seen = bars.part(max(0, len(bars) - thresholds.window), len(bars))
    return columns(seen, thresholds).at(len(seen) - 1) if len(seen) else None
