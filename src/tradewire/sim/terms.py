"""The terms an account trades on: fees, slippage, latency, depth and leverage."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

from msgspec import Struct

from tradewire.domain.account import Netting
from tradewire.domain.instrument import Quote
from tradewire.domain.numbers import HUNDRED, ZERO, Rounding, to_step
from tradewire.domain.signal import Side


class SlippageModel(StrEnum):
    """How much worse than the quote an order that takes liquidity is filled."""

    NONE = "none"
    TICKS = "ticks"
    PERCENT = "percent"
    SPREAD = "spread"
    """A fraction of the spread."""


class Slippage(Struct, frozen=True):
    """A slippage model and its figure: ticks, percent of the price, or fraction of the spread."""

    model: SlippageModel = SlippageModel.NONE
    value: Decimal = ZERO

    def price(self, side: Side, quote: Quote, tick: Decimal) -> Decimal:
        """Return the price at which a market order of `side` is filled, on a tick and never better than the quote."""
        touch = quote.ask if side is Side.BUY else quote.bid
        match self.model:
            case SlippageModel.NONE:
                return touch
            case SlippageModel.TICKS:
                distance = self.value * tick
            case SlippageModel.PERCENT:
                distance = self.value * touch / HUNDRED
            case SlippageModel.SPREAD:
                distance = self.value * (quote.ask - quote.bid)
        rounding = Rounding.UP if side is Side.BUY else Rounding.DOWN
        return max(tick, to_step(touch + distance * side.sign, tick, rounding))


class Fees(Struct, frozen=True):
    """Commission in percent of an execution's value; a maker's may be negative (a rebate)."""

    maker: Decimal = ZERO
    taker: Decimal = ZERO


class Terms(Struct, frozen=True, kw_only=True):
    """Everything that makes one simulated account differ from another.

    `depth` is the value (in the instrument's quote currency) that one quote can fill of one order; None = any size.
    `leverage` applies where an order names none. Positions are liquidated when equity falls below `stop_out` times the
    margin in use.
    """

    currency: str = "USDT"
    netting: Netting = Netting.HEDGING
    fees: Fees = Fees()
    slippage: Slippage = Slippage()
    latency_ns: int = 0
    depth: Decimal | None = None
    leverage: Decimal = Decimal(30)
    max_leverage: Decimal = Decimal(100)
    stop_out: Decimal = Decimal("0.5")
