"""A trade: one round trip, from the entry's first fill to the last closing fill, with the exits that manage it."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from tradewire.domain.numbers import ONE, ZERO, average
from tradewire.domain.order import Fill, Leg
from tradewire.domain.signal import ExitSpec, Side
from tradewire.exits.plan import ExitPlan


class TradeStatus(StrEnum):
    """Where a trade stands."""

    OPEN = "open"
    CLOSING = "closing"
    """A closing order for all that is left is under way."""
    CLOSED = "closed"


class Trade(Struct, frozen=True, kw_only=True):
    """One round trip. Quantities in base units, `pnl` and `fees` in the account's currency, `pnl` before fees."""

    id: str
    entry: str | None
    """client_order_id of the entry order; None for a position that a person adopted."""
    signal_id: str
    symbol: str
    underlying: str
    side: Side
    spec: ExitSpec
    quantity: Decimal = ZERO
    open_quantity: Decimal = ZERO
    closing_quantity: Decimal = ZERO
    """What closing orders under way will still take away."""
    owed: Decimal = ZERO
    """What closing orders that failed have left to be closed again."""
    entry_price: Decimal
    exit_price: Decimal | None = None
    exits: ExitPlan | None = None
    initial_stop: Decimal | None = None
    """Where the stop stood at the entry, a trailing one too. What is said or moves later does not change it."""
    exit_reason: str | None = None
    closings: int = 0
    """Closing orders made so far: the next one's number."""
    stop_order: str | None = None
    """client_order_id of the protective stop that rests at the venue."""
    pnl: Decimal = ZERO
    fees: Decimal = ZERO
    tag: str | None = None
    leverage: Decimal = ONE
    multiplier: Decimal = ONE
    atr: Decimal | None = None
    """What the average true range was at the entry, for exits measured in it."""
    opened_at: int
    closed_at: int | None = None

    @property
    def status(self) -> TradeStatus:
        if self.closed_at is not None:
            return TradeStatus.CLOSED
        if self.open_quantity and self.closing_quantity >= self.open_quantity:
            return TradeStatus.CLOSING
        return TradeStatus.OPEN

    @property
    def closeable(self) -> Decimal:
        """Return what no closing order is after yet."""
        return max(ZERO, self.open_quantity - self.closing_quantity)

    @property
    def held_value(self) -> Decimal:
        """Return what is open, at the entry price, in the instrument's quote currency."""
        return self.open_quantity * self.entry_price * self.multiplier

    @property
    def watched(self) -> bool:
        """Tell whether prices may close it: something is open that no closing order is after, or will soon be again."""
        return self.closeable > self.owed

    def entered(self, fill: Fill, fee: Decimal) -> Trade:
        """Return the trade after a fill of its entry; a late one may reopen a trade."""
        quantity = self.quantity + fill.quantity
        cost = self.entry_price * self.quantity + fill.price * fill.quantity
        return replace(
            self,
            quantity=quantity,
            open_quantity=self.open_quantity + fill.quantity,
            entry_price=average(cost, quantity),
            fees=self.fees + fee,
            closed_at=None,
        )

    def with_exits(self, spec: ExitSpec, exits: ExitPlan, *, at_entry: bool) -> Trade:
        """Return the trade with its exits as they are now; while the entry fills, its first stop follows."""
        untouched = self.exits is None or (at_entry and self.initial_stop == self.exits.initial_stop)
        return replace(
            self, spec=spec, exits=exits, initial_stop=exits.initial_stop if untouched else self.initial_stop
        )

    def vanished(self, quantity: Decimal, price: Decimal, worth: Decimal, at: int) -> Trade:
        """Return the trade after a part was closed elsewhere; `worth`: money a unit gains when the price rises by 1."""
        taken = min(quantity, self.open_quantity)
        closed_before = self.quantity - self.open_quantity
        closed, left = closed_before + taken, self.open_quantity - taken
        return replace(
            self,
            open_quantity=left,
            exit_price=average((self.exit_price or ZERO) * closed_before + price * taken, closed) if closed else None,
            pnl=self.pnl + (price - self.entry_price) * self.side.sign * taken * worth,
            closed_at=at if not left else None,
        )

    def exited(self, fill: Fill, leg: Leg, *, pnl: Decimal, fee: Decimal) -> Trade:
        """Return the trade after a fill of one of its closing orders (at most what is open counts here)."""
        taken = min(fill.quantity, self.open_quantity)
        closed_before = self.quantity - self.open_quantity
        proceeds = (self.exit_price or ZERO) * closed_before + fill.price * taken
        closed = closed_before + taken
        left = self.open_quantity - taken
        # A resting stop was never counted among the closing orders.
        closing = min(self.closing_quantity, left) if leg is Leg.STOP else self.closing_quantity - fill.quantity
        return replace(
            self,
            open_quantity=left,
            closing_quantity=max(ZERO, closing),
            owed=min(self.owed, left),
            exit_price=average(proceeds, closed) if closed else self.exit_price,
            pnl=self.pnl + pnl,
            fees=self.fees + fee,
            closed_at=fill.ts_event if not left else None,
        )
