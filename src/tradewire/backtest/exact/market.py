"""The market of the past: prices as they are shown, ranges as they were reckoned over the whole history."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from tradewire.domain.instrument import Instrument, Quote
from tradewire.engine.market import Market


class PastMarket(Market):
    """A `Market` that is told the average true range: quiet bars are never shown, so it could not reckon it."""

    def __init__(self, instruments: Iterable[Instrument]) -> None:
        super().__init__(instruments)
        self.ranges: dict[str, Decimal | None] = {}

    def update(self, quote: Quote) -> None:
        """Take in a quote."""
        self.quotes[quote.symbol] = quote

    def atr(self, symbol: str) -> Decimal | None:
        """Return the average true range at the last bar's close."""
        return self.ranges.get(symbol)
