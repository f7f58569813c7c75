"""Conversion between currencies at the prices the market shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from tradewire.domain.instrument import AssetClass, Instrument, Quote

_PAR = dict.fromkeys(("USDT", "USDC", "BUSD", "FDUSD"), "USD")
_HUB = "USD"


class Rates:
    """Converts amounts at mid prices: directly, by the inverse pair, or through the dollar.

    A stable coin is taken to be worth its dollar.
    """

    def __init__(self, instruments: Iterable[Instrument], quotes: Mapping[str, Quote]) -> None:
        self._quotes = quotes
        self._pairs = {
            (_canonical(i.base), _canonical(i.quote)): i.symbol
            for i in instruments
            if i.asset_class in (AssetClass.FX, AssetClass.CRYPTO, AssetClass.METAL)
        }

    def convert(self, amount: Decimal, source: str, target: str) -> Decimal | None:
        """Return `amount` of `source` in `target`, or None where no known price leads there."""
        rate = self.rate(source, target)
        return None if rate is None else amount * rate

    def rate(self, source: str, target: str) -> Decimal | None:
        """Return what one unit of `source` is worth in `target`, or None where no known price leads there."""
        if source == target:
            return Decimal(1)
        source, target = _canonical(source), _canonical(target)
        if source == target:
            return Decimal(1)
        direct = self._direct(source, target)
        if direct is not None:
            return direct
        to_hub, from_hub = self._direct(source, _HUB), self._direct(_HUB, target)
        return None if to_hub is None or from_hub is None else to_hub * from_hub

    def _direct(self, source: str, target: str) -> Decimal | None:
        forward = self._quotes.get(self._pairs.get((source, target), ""))
        if forward is not None:
            return forward.mid
        backward = self._quotes.get(self._pairs.get((target, source), ""))
        return None if backward is None else 1 / backward.mid


def _canonical(currency: str) -> str:
    return _PAR.get(currency, currency)
