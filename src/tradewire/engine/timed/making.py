"""Bars made of quotes, for feeds that have none."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from tradewire.domain.instrument import Bar, Quote

KEPT = 16
"""Finished bars that wait to be asked for."""


class Maker:
    """Makes bars of the mid price, without a volume. The bar that was under way at the beginning is left out."""

    def __init__(self, symbol: str, timeframe_s: int) -> None:
        self.symbol = symbol
        self.timeframe_s = timeframe_s
        self._width = timeframe_s * 1_000_000_000
        self._bar: Bar | None = None
        self._is_whole = False
        self._finished: deque[Bar] = deque(maxlen=KEPT)

    def take(self, quote: Quote) -> None:
        """Take in a quote."""
        mid, start, bar = quote.mid, quote.ts - quote.ts % self._width, self._bar
        if bar is None or start > bar.ts:
            self._finish()
            self._is_whole = bar is not None
            self._bar = Bar(self.symbol, start, mid, mid, mid, mid)
        elif start == bar.ts:
            self._bar = Bar(self.symbol, start, bar.open, max(bar.high, mid), min(bar.low, mid), mid)

    def finished(self, moment: int) -> Sequence[Bar]:
        """Return the bars that are over at a moment (epoch ns), the latest few."""
        if self._bar is not None and self._bar.ts + self._width <= moment:
            self._finish()
        return tuple(self._finished)

    def _finish(self) -> None:
        if self._bar is not None and self._is_whole and (not self._finished or self._finished[-1].ts < self._bar.ts):
            self._finished.append(self._bar)
