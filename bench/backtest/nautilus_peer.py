"""nautilus_trader on the reference workload, in its own environment."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import nautilus_trader
import numpy as np
from nautilus_trader.backtest.engine import BacktestEngine
from nautilus_trader.config import BacktestEngineConfig, LoggingConfig, RiskEngineConfig, StrategyConfig
from nautilus_trader.indicators import SimpleMovingAverage
from nautilus_trader.model.currencies import USD
from nautilus_trader.model.data import Bar, BarType
from nautilus_trader.model.enums import (
    AccountType,
    OmsType,
    OrderSide,
    TrailingOffsetType,
    TriggerType,
)
from nautilus_trader.model.identifiers import InstrumentId, Symbol, Venue
from nautilus_trader.model.instruments import Equity
from nautilus_trader.model.objects import Money, Price, Quantity
from nautilus_trader.trading.strategy import Strategy

from bench.backtest.served import serve

MINUTE = 60_000_000_000
DIGITS = 9
VENUE = Venue("BENCH")
INSTRUMENT = InstrumentId(Symbol("MADE"), VENUE)
BARS = BarType.from_str(f"{INSTRUMENT}-1-MINUTE-LAST-EXTERNAL")


class CrossConfig(StrategyConfig, frozen=True):  # type: ignore[misc]
    """Which of the two variants."""

    trail: bool = False


class Cross(Strategy):  # type: ignore[misc]
    """The crossing of two averages; the entry brings its bracket along, as the price that it fills at is known."""

    def on_start(self) -> None:
        self.fast, self.slow = SimpleMovingAverage(20), SimpleMovingAverage(100)
        self.register_indicator_for_bars(BARS, self.fast)
        self.register_indicator_for_bars(BARS, self.slow)
        self.above: bool | None = None
        self.subscribe_bars(BARS)

    def on_bar(self, bar: Bar) -> None:
        if not self.slow.initialized:
            return
        before, self.above = self.above, self.fast.value > self.slow.value
        if before is None or before == self.above:
            return
        if not self.above:
            self.cancel_all_orders(INSTRUMENT)
            self.close_all_positions(INSTRUMENT)
        elif self.portfolio.is_flat(INSTRUMENT):
            self.enter(float(bar.close))

    def enter(self, price: float) -> None:
        one = Quantity.from_int(1)
        if not self.config.trail:
            bracket = self.order_factory.bracket(
                INSTRUMENT,
                OrderSide.BUY,
                one,
                sl_trigger_price=Price(price * 0.98, DIGITS),
                tp_price=Price(price * 1.04, DIGITS),
                tp_post_only=False,
            )
            self.submit_order_list(bracket)
            return
        self.submit_order(self.order_factory.market(INSTRUMENT, OrderSide.BUY, one))

    def on_order_filled(self, event: Any) -> None:
        if self.config.trail and event.order_side == OrderSide.BUY:
            stop = self.order_factory.trailing_stop_market(
                INSTRUMENT,
                OrderSide.SELL,
                Quantity.from_int(1),
                trailing_offset=Decimal(200),
                trailing_offset_type=TrailingOffsetType.BASIS_POINTS,
                trigger_type=TriggerType.LAST_PRICE,
                reduce_only=True,
            )
            self.submit_order(stop)


class Nautilus:
    """nautilus_trader; making its bars is not measured, running its engine and reading its positions is."""

    version = nautilus_trader.__version__

    def load(self, columns: Mapping[str, Any]) -> None:
        names = ("open", "high", "low", "close")
        rows = zip(*(columns[name].tolist() for name in names), strict=True)
        volume = Quantity.from_int(1_000)
        self.bars = [
            Bar(BARS, *(Price(price, DIGITS) for price in prices), volume, (row + 1) * MINUTE, (row + 1) * MINUTE)
            for row, prices in enumerate(rows)
        ]

    def whole(self, variant: str) -> Any:
        quiet = LoggingConfig(bypass_logging=True)
        engine = BacktestEngine(BacktestEngineConfig(logging=quiet, risk_engine=RiskEngineConfig(bypass=True)))
        engine.add_venue(
            VENUE, OmsType.NETTING, AccountType.MARGIN, base_currency=USD, starting_balances=[Money(10_000_000, USD)]
        )
        engine.add_instrument(
            Equity(
                INSTRUMENT,
                Symbol("MADE"),
                USD,
                price_precision=DIGITS,
                price_increment=Price(10**-DIGITS, DIGITS),
                lot_size=Quantity.from_int(1),
                ts_event=0,
                ts_init=0,
                maker_fee=Decimal("0.001"),
                taker_fee=Decimal("0.001"),
            )
        )
        engine.add_data(self.bars, validate=False)
        engine.add_strategy(Cross(CrossConfig(trail=variant == "trail")))
        engine.run()
        positions = [position for position in engine.cache.position_snapshots() if position.is_closed]
        positions += [position for position in engine.cache.positions() if position.is_closed]
        engine.dispose()
        return positions

    def trades(self, variant: str) -> Mapping[str, Any]:
        found = sorted(self.whole(variant), key=lambda position: position.ts_opened)
        return {
            "entry_row": np.array([position.ts_opened // MINUTE - 1 for position in found]),
            "exit_row": np.array([position.ts_closed // MINUTE - 1 for position in found]),
            "entry_price": np.array([position.avg_px_open for position in found]),
            "exit_price": np.array([position.avg_px_close for position in found]),
            "pnl": np.array([position.realized_pnl.as_double() for position in found]),
        }


if __name__ == "__main__":
    serve(Nautilus())
