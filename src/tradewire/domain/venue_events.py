"""What a venue tells us, in our words. Each may come late, twice, or out of order."""

from __future__ import annotations

from decimal import Decimal

from msgspec import Struct

from tradewire.domain.account import Balance, Position
from tradewire.domain.order import Fill, OrderStatus, OrderTerms
from tradewire.domain.signal import OrderType, Side


class Accepted(Struct, frozen=True, kw_only=True, tag="accepted"):
    """The venue took the order."""

    client_order_id: str
    venue_order_id: str | None = None
    ts: int


class Triggered(Struct, frozen=True, kw_only=True, tag="triggered"):
    """The price reached the order's stop price, and it was not filled at once: from now on only its limit counts."""

    client_order_id: str
    ts: int


class Rejected(Struct, frozen=True, kw_only=True, tag="rejected"):
    """The venue proved that it did not take the order."""

    client_order_id: str
    reason: str
    ts: int


class Filled(Struct, frozen=True, kw_only=True, tag="filled"):
    """One execution."""

    fill: Fill


class Cancelled(Struct, frozen=True, kw_only=True, tag="cancelled"):
    """The rest of the order is gone, by our wish or the venue's."""

    client_order_id: str
    reason: str = ""
    ts: int


class Expired(Struct, frozen=True, kw_only=True, tag="expired"):
    """The order's time in force ran out."""

    client_order_id: str
    ts: int


class Replaced(Struct, frozen=True, kw_only=True, tag="replaced"):
    """The order works with other terms from `ts` (the venue's clock) on."""

    client_order_id: str
    terms: OrderTerms
    ts: int


class ReplaceRejected(Struct, frozen=True, kw_only=True, tag="replace_rejected"):
    """The venue proved that it did not change the order."""

    client_order_id: str
    reason: str
    ts: int


class Adjusted(Struct, frozen=True, kw_only=True, tag="adjusted"):
    """The venue changed the account's money by itself: funding, deposit."""

    currency: str
    amount: Decimal
    reason: str
    ts: int


class Liquidated(Struct, frozen=True, kw_only=True, tag="liquidated"):
    """The venue closed a whole position, because the account could not carry it any more.

    `side` and `quantity` are the position's. `ref` names it as the venue shows it; on a netting account it is None, and
    all that is held in the symbol is gone.
    """

    symbol: str
    ref: str | None
    side: Side
    quantity: Decimal
    price: Decimal
    fee: Decimal
    fee_currency: str
    reason: str
    ts: int


class Disconnected(Struct, frozen=True, kw_only=True, tag="disconnected"):
    """The stream broke: until `Resynced` nothing from this venue is known to be current."""

    reason: str
    ts: int


class Resynced(Struct, frozen=True, kw_only=True, tag="resynced"):
    """The stream is whole again; the hub takes a snapshot and reconciles."""

    ts: int


VenueEvent = (
    Accepted
    | Triggered
    | Rejected
    | Filled
    | Cancelled
    | Expired
    | Replaced
    | ReplaceRejected
    | Adjusted
    | Liquidated
    | Disconnected
    | Resynced
)


class OpenOrder(Struct, frozen=True, kw_only=True):
    """A resting order as a venue shows it (ours or foreign)."""

    client_order_id: str
    venue_order_id: str | None = None
    symbol: str
    side: Side
    type: OrderType
    quantity: Decimal
    filled: Decimal
    limit_price: Decimal | None = None
    stop_price: Decimal | None = None


class Snapshot(Struct, frozen=True, kw_only=True):
    """Everything an account shows at its venue at one moment."""

    balances: tuple[Balance, ...]
    positions: tuple[Position, ...]
    open_orders: tuple[OpenOrder, ...]
    ts: int


class Found(Struct, frozen=True, kw_only=True, tag="found"):
    """A look-up's proof that the venue has the order, with all its fills so far."""

    client_order_id: str
    venue_order_id: str | None = None
    status: OrderStatus
    fills: tuple[Fill, ...] = ()
    terms: OrderTerms | None = None
    """Its quantity and prices now, where the venue tells them."""
    reason: str | None = None
    ts: int


class Absent(Struct, frozen=True, kw_only=True, tag="absent"):
    """The venue has no such order *now*. Proof of "never" only once the request's own expiry is past."""

    client_order_id: str
    ts: int


LookupResult = Found | Absent
