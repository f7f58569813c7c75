"""A plain account for the risk tests: every figure can be set, nothing is computed behind the test's back."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from msgspec import Struct, field

from tradewire.domain.account import Account
from tradewire.domain.instrument import AssetClass, Instrument, Quote
from tradewire.domain.plan import Plan
from tradewire.domain.signal import ExitSpec, Open, OrderType, Side

D = Decimal
SECOND = 1_000_000_000
NOW = 1_767_600_000 * SECOND  # Monday 2026-01-05 08:00 UTC

BTC = Instrument(
    symbol="BTCUSDT",
    asset_class=AssetClass.CRYPTO,
    base="BTC",
    quote="USDT",
    tick_size=D("0.1"),
    qty_step=D("0.001"),
    min_qty=D("0.001"),
    max_qty=D("100"),
    min_notional=D("5"),
    pip_size=D("1"),
)
EUR = Instrument(
    symbol="EURUSD",
    asset_class=AssetClass.FX,
    base="EUR",
    quote="USD",
    tick_size=D("0.00001"),
    qty_step=D("1000"),
    min_qty=D("1000"),
    lot_size=D("100000"),
    pip_size=D("0.0001"),
)
ACCOUNT = Account(id="main", venue="paper")


class View(Struct, kw_only=True):
    """Satisfies `RiskView` with plain attributes."""

    now: int = NOW
    signal_time: int = NOW
    halted: bool = False
    not_ready: str | None = None
    instrument: Instrument = BTC
    quote: Quote | None = field(default_factory=lambda: quote("59990", "60000"))
    atr: Decimal | None = D("1000")
    currency: str = "USDT"
    balance: Decimal = D("10000")
    equity: Decimal = D("10000")
    peak_equity: Decimal = D("10000")
    free_margin: Decimal = D("10000")
    leverage: Decimal = D("10")
    realised_today: Decimal = D("0")
    open_trades: int = 0
    exposure: Decimal = D("0")
    trades_today: int = 0
    consecutive_losses: int = 0
    last_loss_at: int | None = None
    by_symbol: Mapping[str, int] = field(default_factory=dict)
    by_side: Mapping[tuple[str, Side], int] = field(default_factory=dict)
    anywhere: Mapping[str, int] = field(default_factory=dict)
    value_anywhere: Mapping[str, Decimal] = field(default_factory=dict)
    entries: tuple[int, ...] = ()
    fingerprints: Mapping[str, int] = field(default_factory=dict)
    rates: Mapping[tuple[str, str], Decimal] = field(default_factory=dict)

    def open_in(self, symbol: str) -> int:
        return self.by_symbol.get(symbol, 0)

    def open_on(self, underlying: str, side: Side) -> int:
        return self.by_side.get((underlying, side), 0)

    def open_anywhere(self, underlying: str) -> int:
        return self.anywhere.get(underlying, 0)

    def exposure_anywhere(self, underlying: str) -> Decimal:
        return self.value_anywhere.get(underlying, D("0"))

    def entries_since(self, ts: int) -> int:
        return sum(entry > ts for entry in self.entries)

    def last_seen(self, fingerprint: str) -> int | None:
        return self.fingerprints.get(fingerprint)

    def convert(self, amount: Decimal, source: str, target: str) -> Decimal | None:
        rate = self.rates.get((source, target))
        return None if rate is None else amount * rate


def quote(bid: str, ask: str, *, symbol: str = "BTCUSDT", ts: int = NOW) -> Quote:
    return Quote(symbol, D(bid), D(ask), ts)


def buy(
    symbol: str = "BTCUSDT",
    *,
    side: Side = Side.BUY,
    limit: str | None = None,
    stop: str | None = None,
    **fields: object,
) -> Open:
    """Build an entry: market, or pending where a limit or stop price is given."""
    kinds = {
        (False, False): OrderType.MARKET,
        (True, False): OrderType.LIMIT,
        (False, True): OrderType.STOP,
        (True, True): OrderType.STOP_LIMIT,
    }
    return Open(
        symbol=symbol,
        side=side,
        order_type=kinds[limit is not None, stop is not None],
        limit_price=None if limit is None else D(limit),
        stop_price=None if stop is None else D(stop),
        **fields,  # type: ignore[arg-type]
    )


def stopped(level: str) -> ExitSpec:
    return ExitSpec(stop=D(level))


def planned(**changes: object) -> Plan:
    """Build a plan of 0.1 BTC bought at 60000 that passes every rule, with some fields changed."""
    fields: dict[str, object] = {
        "signal_id": "s1",
        "account": "main",
        "symbol": "BTCUSDT",
        "underlying": "BTC",
        "side": Side.BUY,
        "order_type": OrderType.MARKET,
        "quantity": D("0.1"),
        "reference_price": D("60000"),
        "exits": ExitSpec(),
        "notional": D("6000"),
        "value": D("6000"),
        "margin": D("600"),
    }
    return Plan(**(fields | changes))  # type: ignore[arg-type]
