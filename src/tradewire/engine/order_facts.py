"""Facts about orders, from the moment that one is recorded to its end. For other terms of one see `engine/terms.py`."""

from __future__ import annotations

from decimal import Decimal

from msgspec import Struct

from tradewire.domain.order import Fill, OrderRequest


class Submitting(Struct, frozen=True, tag="submitting"):
    """An order is recorded; it is handed to the venue after the commit."""

    request: OrderRequest


class OrderLost(Struct, frozen=True, kw_only=True, tag="order_lost"):
    """Nobody knows what became of the order: it is looked up until the venue proves it."""

    client_order_id: str
    reason: str
    ts: int


class OrderLookedUp(Struct, frozen=True, kw_only=True, tag="order_looked_up"):
    """One more look-up that proved nothing yet."""

    client_order_id: str
    ts: int
    alert: bool = False


class OrderResent(Struct, frozen=True, kw_only=True, tag="order_resent"):
    """Proven never to have existed at the venue: sent again with a new expiry."""

    request: OrderRequest
    ts: int


class OrderAccepted(Struct, frozen=True, kw_only=True, tag="order_accepted"):
    """The venue took the order."""

    client_order_id: str
    venue_order_id: str | None
    ts: int


class OrderTriggered(Struct, frozen=True, kw_only=True, tag="order_triggered"):
    """The price reached the order's stop price; it works on."""

    client_order_id: str
    ts: int


class OrderRejected(Struct, frozen=True, kw_only=True, tag="order_rejected"):
    """Proven not taken by the venue."""

    client_order_id: str
    reason: str
    ts: int


class OrderFilled(Struct, frozen=True, kw_only=True, tag="order_filled"):
    """A new execution. `rate` turns the instrument's quote currency, `fee_rate` the fee's, into the account's."""

    fill: Fill
    multiplier: Decimal
    rate: Decimal
    fee_rate: Decimal


class OrderEnded(Struct, frozen=True, kw_only=True, tag="order_ended"):
    """The rest of the order is gone: cancelled or expired."""

    client_order_id: str
    expired: bool
    reason: str
    ts: int


class CancelAsked(Struct, frozen=True, kw_only=True, tag="cancel_asked"):
    """We want the rest of the order withdrawn; it may still lose to a fill. `by`: the signal that asked for it."""

    client_order_id: str
    ts: int
    by: str | None = None


Fact = (
    Submitting
    | OrderLost
    | OrderLookedUp
    | OrderResent
    | OrderAccepted
    | OrderTriggered
    | OrderRejected
    | OrderFilled
    | OrderEnded
    | CancelAsked
)
