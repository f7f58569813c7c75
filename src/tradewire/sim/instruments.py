"""What the built-in market trades, with the steps and minimums that real venues use for it."""

from __future__ import annotations

from decimal import Decimal

from msgspec import Struct

from tradewire.domain.instrument import AssetClass, Instrument
from tradewire.domain.numbers import ONE, ZERO


class Listing(Struct, frozen=True, kw_only=True):
    """An instrument and the character of its simulated price.

    `price` is the level it moves about, `spread` its usual spread in ticks, `minute_move` the usual move within one
    minute in percent of the price (that of a busy hour, so that a person who watches sees trades live and end).
    """

    instrument: Instrument
    price: float
    spread: int
    minute_move: float


def _fx(symbol: str, price: float, spread: int, *, jpy: bool = False) -> Listing:
    pip = Decimal("0.01") if jpy else Decimal("0.0001")
    return Listing(
        instrument=Instrument(
            symbol=symbol,
            asset_class=AssetClass.FX,
            base=symbol[:3],
            quote=symbol[3:],
            tick_size=pip / 10,
            qty_step=Decimal(1000),
            min_qty=Decimal(1000),
            max_qty=Decimal(50_000_000),
            lot_size=Decimal(100_000),
            pip_size=pip,
            session="fx",
        ),
        price=price,
        spread=spread,
        minute_move=0.03,
    )


def _metal(symbol: str, price: float, tick: str, lot: int, spread: int, move: float) -> Listing:
    return Listing(
        instrument=Instrument(
            symbol=symbol,
            asset_class=AssetClass.METAL,
            base=symbol[:3],
            quote=symbol[3:],
            tick_size=Decimal(tick),
            qty_step=Decimal(lot) / 100,
            min_qty=Decimal(lot) / 100,
            max_qty=Decimal(lot) * 100,
            lot_size=Decimal(lot),
            pip_size=Decimal(tick) * 10,
            session="fx",
        ),
        price=price,
        spread=spread,
        minute_move=move,
    )


def _index(symbol: str, quote: str, price: float, spread: int) -> Listing:
    return Listing(
        instrument=Instrument(
            symbol=symbol,
            asset_class=AssetClass.INDEX,
            base=symbol,
            quote=quote,
            tick_size=Decimal("0.1"),
            qty_step=Decimal("0.1"),
            min_qty=Decimal("0.1"),
            max_qty=Decimal(1000),
            pip_size=ONE,
            session="fx",
        ),
        price=price,
        spread=spread,
        minute_move=0.06,
    )


def _crypto(base: str, price: float, tick: str, step: str, spread: int, move: float) -> Listing:
    return Listing(
        instrument=Instrument(
            symbol=f"{base}USDT",
            asset_class=AssetClass.CRYPTO,
            base=base,
            quote="USDT",
            tick_size=Decimal(tick),
            qty_step=Decimal(step),
            min_qty=Decimal(step),
            min_notional=Decimal(5),
            pip_size=Decimal(tick),
        ),
        price=price,
        spread=spread,
        minute_move=move,
    )


def _stock(symbol: str, price: float, move: float) -> Listing:
    return Listing(
        instrument=Instrument(
            symbol=symbol,
            asset_class=AssetClass.STOCK,
            base=symbol,
            quote="USD",
            tick_size=Decimal("0.01"),
            qty_step=ONE,
            min_qty=ONE,
            max_qty=Decimal(100_000),
            min_notional=ZERO,
            pip_size=Decimal("0.01"),
            session="us",
        ),
        price=price,
        spread=2,
        minute_move=move,
    )


LISTINGS: tuple[Listing, ...] = (
    _fx("EURUSD", 1.0842, 8),
    _fx("GBPUSD", 1.2716, 11),
    _fx("AUDUSD", 0.6583, 10),
    _fx("NZDUSD", 0.5987, 14),
    _fx("USDCHF", 0.8821, 12),
    _fx("USDCAD", 1.3664, 13),
    _fx("USDJPY", 151.42, 9, jpy=True),
    _fx("EURGBP", 0.8527, 12),
    _fx("EURJPY", 164.18, 15, jpy=True),
    _fx("GBPJPY", 192.55, 22, jpy=True),
    _metal("XAUUSD", 2387.40, "0.01", 100, 18, 0.06),
    _metal("XAGUSD", 28.615, "0.001", 5000, 20, 0.09),
    _index("US500", "USD", 5432.1, 5),
    _index("NAS100", "USD", 19128.4, 14),
    _index("US30", "USD", 39150.0, 24),
    _index("GER40", "EUR", 18466.2, 12),
    _crypto("BTC", 64210.0, "0.1", "0.00001", 2, 0.12),
    _crypto("ETH", 3418.0, "0.01", "0.0001", 3, 0.14),
    _crypto("SOL", 151.3, "0.01", "0.001", 1, 0.18),
    _crypto("BNB", 588.0, "0.01", "0.001", 4, 0.12),
    _crypto("XRP", 0.5284, "0.0001", "0.1", 1, 0.16),
    _crypto("ADA", 0.4411, "0.0001", "0.1", 1, 0.17),
    _crypto("DOGE", 0.1327, "0.00001", "1", 2, 0.2),
    _stock("AAPL", 214.3, 0.07),
    _stock("MSFT", 441.6, 0.06),
    _stock("NVDA", 122.8, 0.13),
    _stock("TSLA", 187.2, 0.14),
    _stock("AMZN", 184.9, 0.08),
)
"""Every instrument of the built-in market."""

INSTRUMENTS: tuple[Instrument, ...] = tuple(listing.instrument for listing in LISTINGS)
