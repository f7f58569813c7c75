"""Facts about other terms of an order, and what they do to it."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from tradewire.domain.order import Order, OrderTerms, Replacing


class ReplaceAsked(Struct, frozen=True, kw_only=True, tag="replace_asked"):
    """We want the order at another price or for another quantity; it may still lose to a fill."""

    client_order_id: str
    signal_id: str
    replacing: Replacing
    ts: int


class OrderReplaced(Struct, frozen=True, kw_only=True, tag="order_replaced"):
    """The venue took other terms. `ts` is the venue's clock."""

    client_order_id: str
    terms: OrderTerms
    ts: int


class ReplaceFailed(Struct, frozen=True, kw_only=True, tag="replace_failed"):
    """Proven not replaced: the order is what it was."""

    client_order_id: str
    reason: str
    ts: int


Fact = ReplaceAsked | OrderReplaced | ReplaceFailed
FACTS = (ReplaceAsked, OrderReplaced, ReplaceFailed)


def after(order: Order, fact: Fact) -> Order:
    """Return the order once other terms are asked for, taken, or refused."""
    match fact:
        case ReplaceAsked():
            return replace(order.replace_asked(fact.replacing, fact.ts), moved_by=fact.signal_id)
        case OrderReplaced():
            return order.replaced(fact.terms, fact.ts)
        case ReplaceFailed():
            return order.replace_rejected(fact.ts)
