"""Orders and fills, and the one table of legal order transitions."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

from msgspec import Struct
from msgspec.structs import replace

from tradewire.domain.numbers import ZERO, average
from tradewire.domain.signal import OrderType, Side, TimeInForce


class OrderStatus(StrEnum):
    """Where an order stands, as far as the venue has proven it."""

    SUBMITTING = "submitting"
    """Recorded and handed over (or about to be); the venue has not answered."""
    UNKNOWN = "unknown"
    """The answer was lost or ambiguous: in flight, being looked up. Never called rejected."""
    WORKING = "working"
    PARTIALLY_FILLED = "partially_filled"
    FILLED = "filled"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    REJECTED = "rejected"
    """The venue proved that it did not take the order."""

    @property
    def is_final(self) -> bool:
        return self in _FINAL


_FINAL = frozenset({OrderStatus.FILLED, OrderStatus.CANCELLED, OrderStatus.EXPIRED, OrderStatus.REJECTED})


class OrderEvent(StrEnum):
    """What can happen to an order after it was recorded."""

    LOST = "lost"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    PART_FILLED = "part_filled"
    FILLED = "filled"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    RESENT = "resent"
    REPLACE_ASKED = "replace_asked"
    REPLACED = "replaced"
    """The venue works it at another price or for another quantity, of which something remains."""
    REPLACE_REJECTED = "replace_rejected"
    """The venue proved that the order is what it was."""


def _table() -> dict[tuple[OrderStatus, OrderEvent], OrderStatus]:
    s, e = OrderStatus, OrderEvent
    table = {
        (s.SUBMITTING, e.LOST): s.UNKNOWN,
        (s.UNKNOWN, e.LOST): s.UNKNOWN,
        (s.UNKNOWN, e.RESENT): s.SUBMITTING,
        # A venue's late word about an order that is already further on changes nothing.
        (s.WORKING, e.ACCEPTED): s.WORKING,
        (s.PARTIALLY_FILLED, e.ACCEPTED): s.PARTIALLY_FILLED,
        (s.WORKING, e.LOST): s.WORKING,
        (s.PARTIALLY_FILLED, e.LOST): s.PARTIALLY_FILLED,
        # A fill is a fact at the venue whatever we believed before: legal after every end.
        (s.CANCELLED, e.PART_FILLED): s.CANCELLED,
        (s.CANCELLED, e.FILLED): s.FILLED,
        (s.EXPIRED, e.PART_FILLED): s.EXPIRED,
        (s.EXPIRED, e.FILLED): s.FILLED,
        (s.REJECTED, e.PART_FILLED): s.PARTIALLY_FILLED,
        (s.REJECTED, e.FILLED): s.FILLED,
        (s.FILLED, e.PART_FILLED): s.FILLED,
        (s.FILLED, e.FILLED): s.FILLED,
        # Only what the venue has can be replaced.
        (s.WORKING, e.REPLACE_ASKED): s.WORKING,
        (s.PARTIALLY_FILLED, e.REPLACE_ASKED): s.PARTIALLY_FILLED,
        # Made larger before the fill that we took for its last.
        (s.FILLED, e.REPLACED): s.PARTIALLY_FILLED,
    }
    for status in s:
        table[status, e.REPLACE_REJECTED] = status
        table.setdefault((status, e.REPLACED), status)
    for in_flight in (s.SUBMITTING, s.UNKNOWN):
        table[in_flight, e.ACCEPTED] = s.WORKING
        table[in_flight, e.REJECTED] = s.REJECTED
        table[in_flight, e.REPLACED] = s.WORKING
    for alive in (s.SUBMITTING, s.UNKNOWN, s.WORKING, s.PARTIALLY_FILLED):
        table[alive, e.PART_FILLED] = s.PARTIALLY_FILLED
        table[alive, e.FILLED] = s.FILLED
        table[alive, e.CANCELLED] = s.CANCELLED
        table[alive, e.EXPIRED] = s.EXPIRED
    for final in _FINAL:
        for late in (e.LOST, e.ACCEPTED, e.REJECTED, e.CANCELLED, e.EXPIRED, e.RESENT):
            table[final, late] = final
    return table


TRANSITIONS = MappingProxyType(_table())
"""Every legal (status, event) and the status that follows; what is not in here is a bug, and raises."""


class IllegalTransition(ValueError):
    """An event that cannot happen to an order in this status."""


def next_status(status: OrderStatus, event: OrderEvent) -> OrderStatus:
    """Return the status after `event`.

    Raises:
        IllegalTransition: the pair is not in `TRANSITIONS`.
    """
    try:
        return TRANSITIONS[status, event]
    except KeyError:
        raise IllegalTransition(f"{event} cannot happen to an order that is {status}") from None


class Leg(StrEnum):
    """What an order is for."""

    ENTRY = "entry"
    EXIT = "exit"
    STOP = "stop"
    """A protective stop that rests at the venue."""
    TARGET = "target"


class OrderTerms(Struct, frozen=True, kw_only=True):
    """What of a working order can be replaced. `quantity` is the whole, with what is filled already."""

    quantity: Decimal
    limit_price: Decimal | None = None
    stop_price: Decimal | None = None


class Replacing(Struct, frozen=True, kw_only=True):
    """New terms that the venue was asked for. `expires_at` (epoch ns): it must not take them later."""

    terms: OrderTerms
    asked_at: int
    expires_at: int


class OrderRequest(Struct, frozen=True, kw_only=True):
    """An order as handed to a venue. `expires_at` (epoch ns): the venue must not execute the request after it."""

    client_order_id: str
    account: str
    symbol: str
    side: Side
    type: OrderType
    quantity: Decimal
    limit_price: Decimal | None = None
    stop_price: Decimal | None = None
    tif: TimeInForce = TimeInForce.GTC
    expire_time: int | None = None
    """For GTD and DAY: when the working order ends (epoch ns)."""
    reduce_only: bool = False
    post_only: bool = False
    leverage: Decimal | None = None
    position_ref: str | None = None
    """On hedging accounts: the entry's client_order_id of the position that this order closes."""
    oco_group: str | None = None
    """Orders of one group share their quantity: what one fills, the others lose; empty ones are cancelled."""
    leg: Leg
    signal_id: str
    trade_id: str
    submitted_at: int
    expires_at: int

    @property
    def terms(self) -> OrderTerms:
        return OrderTerms(quantity=self.quantity, limit_price=self.limit_price, stop_price=self.stop_price)


class Fill(Struct, frozen=True, kw_only=True):
    """One execution. `exec_id` is the venue's and unique within the account: a second one changes nothing."""

    exec_id: str
    client_order_id: str
    symbol: str
    side: Side
    quantity: Decimal
    price: Decimal
    fee: Decimal = ZERO
    fee_currency: str = ""
    ts_event: int
    ts_init: int


class Order(Struct, frozen=True, kw_only=True):
    """An order and all that the venue has proven about it."""

    request: OrderRequest
    status: OrderStatus = OrderStatus.SUBMITTING
    venue_order_id: str | None = None
    filled: Decimal = ZERO
    cost: Decimal = ZERO
    """Sum of quantity × price over the fills."""
    fees: Decimal = ZERO
    exec_ids: frozenset[str] = frozenset()
    lookups: int = 0
    sends: int = 1
    cancel_requested: bool = False
    cancelled_by: str | None = None
    """The signal that asked for the rest to be withdrawn."""
    moved_by: str | None = None
    """The signal that asked for other terms last."""
    triggered: bool = False
    """Its stop price was reached earlier."""
    replace_requested: Replacing | None = None
    """Asked for and not answered: the order is what it was, or this."""
    replaced_at: int | None = None
    """When the venue took the terms that the order has now; None: those it was sent with."""
    reason: str | None = None
    updated_at: int

    @property
    def average_price(self) -> Decimal | None:
        return average(self.cost, self.filled) if self.filled else None

    @property
    def remaining(self) -> Decimal:
        return max(ZERO, self.request.quantity - self.filled)

    def moved(self, event: OrderEvent, at: int, reason: str | None = None) -> Order:
        """Return the order after an event that carries no fill."""
        return replace(self, status=next_status(self.status, event), updated_at=at, reason=reason or self.reason)

    def with_fill(self, fill: Fill) -> Order:
        """Return the order after `fill`; one that it already has changes nothing. An over-fill counts in full."""
        if fill.exec_id in self.exec_ids:
            return self
        filled = self.filled + fill.quantity
        event = OrderEvent.FILLED if filled >= self.request.quantity else OrderEvent.PART_FILLED
        return replace(
            self,
            status=next_status(self.status, event),
            filled=filled,
            cost=self.cost + fill.price * fill.quantity,
            fees=self.fees + fill.fee,
            exec_ids=self.exec_ids | {fill.exec_id},
            updated_at=fill.ts_init,
        )

    def replace_asked(self, replacing: Replacing, at: int) -> Order:
        """Return the order while the venue is asked for other terms; one asked for later takes the place of an earlier.

        Raises:
            IllegalTransition: the venue has not proven that the order works.
        """
        status = next_status(self.status, OrderEvent.REPLACE_ASKED)
        return replace(self, status=status, replace_requested=replacing, lookups=0, updated_at=at)

    def replaced(self, terms: OrderTerms, at: int) -> Order:
        """Return the order as the venue took it at `at` (its clock); what it said later before changes nothing.

        What is filled stays: where that is all of the new quantity, the order is done.
        """
        asked = self.replace_requested
        answered = asked is not None and asked.terms == terms
        if self.replaced_at is not None and (at < self.replaced_at or (at == self.replaced_at and not answered)):
            return self
        request = replace(
            self.request, quantity=terms.quantity, limit_price=terms.limit_price, stop_price=terms.stop_price
        )
        done = self.filled and self.filled >= terms.quantity
        return replace(
            self,
            request=request,
            status=next_status(self.status, OrderEvent.FILLED if done else OrderEvent.REPLACED),
            replace_requested=None if answered else asked,
            replaced_at=at,
            updated_at=at,
        )

    def replace_rejected(self, at: int) -> Order:
        """Return the order once its replacement is proven not to have been done: unchanged."""
        return replace(self.moved(OrderEvent.REPLACE_REJECTED, at), replace_requested=None)
