"""The latest prices, one-minute bars made of them, the average true range, and conversion between currencies."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from tradewire.domain.instrument import Bar, Instrument, Quote
from tradewire.domain.numbers import ONE, ZERO

SECOND = 1_000_000_000
DOLLARS = frozenset({"USD", "USDT", "USDC", "BUSD", "FDUSD"})
"""Taken as worth the same when sizing and reporting; the paper venue does so too."""


class Average:
    """Wilder's average true range over `period` bars (New Concepts in Technical Trading Systems, 1978), bar by bar."""

    def __init__(self, period: int) -> None:
        self._period = period
        self._seen = 0
        self._close: Decimal | None = None
        self.value: Decimal | None = None

    def add(self, bar: Bar) -> None:
        """Take in the next finished bar."""
        reach = bar.high - bar.low
        if self._close is not None:
            reach = max(reach, abs(bar.high - self._close), abs(bar.low - self._close))
        self._close = bar.close
        self._seen += 1
        if self.value is None:
            self.value = reach
        else:
            weight = min(self._seen, self._period)
            self.value += (reach - self.value) / weight

    @property
    def ready(self) -> bool:
        return self._seen >= self._period


class Market:
    """What prices say, as of the last quote. ATR is taken over `atr_period` bars of `atr_timeframe` seconds."""

    def __init__(self, instruments: Iterable[Instrument], *, atr_period: int = 14, atr_timeframe: int = 60) -> None:
        self.instruments = {instrument.symbol: instrument for instrument in instruments}
        self.symbols = tuple(self.instruments)
        self.quotes: dict[str, Quote] = {}
        self._period, self._width = atr_period, atr_timeframe * SECOND
        self._bars: dict[str, Bar] = {}
        self._ranges: dict[str, Average] = {}

    def seed(self, symbol: str, bars: Sequence[Bar]) -> None:
        """Take in finished bars from before the first quote, oldest first."""
        average = self._ranges.setdefault(symbol, Average(self._period))
        for bar in bars:
            average.add(bar)

    def update(self, quote: Quote) -> None:
        """Take in a quote."""
        self.quotes[quote.symbol] = quote
        mid, start = quote.mid, quote.ts - quote.ts % self._width
        bar = self._bars.get(quote.symbol)
        if bar is None or bar.ts != start:
            if bar is not None:
                self._ranges.setdefault(quote.symbol, Average(self._period)).add(bar)
            self._bars[quote.symbol] = Bar(quote.symbol, start, mid, mid, mid, mid)
        elif mid > bar.high:
            self._bars[quote.symbol] = Bar(bar.symbol, start, bar.open, mid, bar.low, mid)
        elif mid < bar.low:
            self._bars[quote.symbol] = Bar(bar.symbol, start, bar.open, bar.high, mid, mid)
        else:
            self._bars[quote.symbol] = Bar(bar.symbol, start, bar.open, bar.high, bar.low, mid)

    def atr(self, symbol: str) -> Decimal | None:
        """Return the average true range in price units, once enough bars were seen."""
        average = self._ranges.get(symbol)
        return average.value if average is not None and average.ready else None

    def rate(self, source: str, target: str) -> Decimal | None:
        """Return how many units of `target` one unit of `source` is worth, by the mid prices; None if unknown."""
        if source == target or (source in DOLLARS and target in DOLLARS):
            return ONE
        return self._direct(source, target) or self._through_dollar(source, target)

    def _direct(self, source: str, target: str) -> Decimal | None:
        for left in _same(source):
            for right in _same(target):
                if (quote := self.quotes.get(left + right)) is not None:
                    return quote.mid
                if (quote := self.quotes.get(right + left)) is not None and quote.mid > ZERO:
                    return ONE / quote.mid
        return None

    def _through_dollar(self, source: str, target: str) -> Decimal | None:
        first, second = self._direct(source, "USD"), self._direct("USD", target)
        return None if first is None or second is None else first * second


def _same(currency: str) -> tuple[str, ...]:
    return ("USD", "USDT", "USDC") if currency in DOLLARS else (currency,)
