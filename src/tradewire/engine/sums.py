"""What is held, added up: by symbol on one account, and by underlying over all accounts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from dataclasses import replace as with_changes
from decimal import Decimal

from tradewire.domain.numbers import ZERO
from tradewire.domain.order import Order
from tradewire.domain.plan import Plan, reserved_for
from tradewire.domain.signal import Side
from tradewire.engine.trade import Trade


@dataclass(slots=True)
class SymbolSum:
    """Open trades of one symbol, added up: enough for exposure and open P&L without walking the trades."""

    long_count: int = 0
    short_count: int = 0
    quantity: Decimal = ZERO
    """Signed: long minus short."""
    gross: Decimal = ZERO
    cost: Decimal = ZERO
    """Sum of signed quantity × entry price."""
    multiplier: Decimal = ZERO
    margin_units: Decimal = ZERO
    """Sum of quantity / leverage."""

    @property
    def count(self) -> int:
        return self.long_count + self.short_count

    def add(self, trade: Trade, sign: int) -> None:
        """Add (`sign` 1) or take away (-1) a trade as it stands."""
        if trade.side is Side.BUY:
            self.long_count += sign
        else:
            self.short_count += sign
        signed = trade.open_quantity * trade.side.sign * sign
        self.quantity += signed
        self.gross += trade.open_quantity * sign
        self.cost += signed * trade.entry_price
        self.margin_units += trade.open_quantity / trade.leverage * sign
        self.multiplier = trade.multiplier


def without(sums: Mapping[str, SymbolSum], trades: Iterable[Trade]) -> dict[str, SymbolSum]:
    """Return sums from which open trades are taken away."""
    left = dict(sums)
    for trade in trades:
        rest = left[trade.symbol] = with_changes(left[trade.symbol])
        rest.add(trade, -1)
        if not rest.count:
            del left[trade.symbol]
    return left


class Exposure:
    """What all accounts of the hub hold and have reserved, by underlying: the limits that span accounts read it.

    Values are quantity × price × multiplier in the instruments' quote currency.
    """

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}
        self.values: dict[str, Decimal] = {}

    def _add(self, underlying: str, count: int, value: Decimal) -> None:
        self.counts[underlying] = self.counts.get(underlying, 0) + count
        self.values[underlying] = self.values.get(underlying, ZERO) + value

    def copy(self) -> Exposure:
        """Return one that can be changed without changing this one."""
        other = Exposure()
        other.counts, other.values = dict(self.counts), dict(self.values)
        return other

    def reserve(self, plan: Plan, sign: int) -> None:
        """Count an approved entry until its order ends."""
        self._add(plan.underlying, sign, plan.notional * sign)

    def revise(self, reserved: dict[str, Plan], order: Order) -> None:
        """Reserve for an entry order, if it reserves anything, what it may come to now."""
        cid = order.request.client_order_id
        if (plan := reserved.get(cid)) is not None:
            self.reserve(plan, -1)
            reserved[cid] = reserved_for(plan, order)
            self.reserve(reserved[cid], 1)

    def hold(self, trade: Trade, sign: int) -> None:
        """Count an open trade."""
        self._add(trade.underlying, sign, trade.held_value * sign)
