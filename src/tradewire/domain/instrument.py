"""What can be traded, in canonical terms: `BTCUSDT`, `EURUSD`, `XAUUSD`, `AAPL`."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

from msgspec import Struct

from tradewire.domain.numbers import ONE, ZERO


class AssetClass(StrEnum):
    """What kind of thing an instrument is."""

    FX = "fx"
    METAL = "metal"
    INDEX = "index"
    CRYPTO = "crypto"
    STOCK = "stock"


class Instrument(Struct, frozen=True, kw_only=True):
    """One tradable instrument at one venue.

    Quantities are in base units everywhere (BTC, EUR, ounces, shares); `lot_size` says how many units a lot has.
     One unit gains `multiplier` of `quote` when the price rises by one.
    """

    symbol: str
    asset_class: AssetClass
    base: str
    quote: str
    tick_size: Decimal
    qty_step: Decimal
    min_qty: Decimal
    max_qty: Decimal | None = None
    min_notional: Decimal = ZERO
    lot_size: Decimal = ONE
    pip_size: Decimal
    multiplier: Decimal = ONE
    session: str | None = None
    """`None` = around the clock, `fx` = Sunday to Friday 17:00 in New York, `us` = 09:30 to 16:00 there on weekdays."""

    @property
    def underlying(self) -> str:
        """What the risk is in: one for BTCUSDT, BTCUSD and a BTC perpetual."""
        return self.base


class Quote(Struct, frozen=True):
    """Best bid and ask of one instrument at one moment (epoch nanoseconds)."""

    symbol: str
    bid: Decimal
    ask: Decimal
    ts: int

    @property
    def mid(self) -> Decimal:
        return (self.bid + self.ask) / 2


class Tick(Struct, frozen=True):
    """One trade that the market showed: at which moment (epoch nanoseconds), at what price, how many base units."""

    ts: int
    price: Decimal
    volume: Decimal


class Bar(Struct, frozen=True):
    """Open, high, low, close and volume of one interval that starts at `ts` (epoch nanoseconds)."""

    symbol: str
    ts: int
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal = ZERO
