"""A plan is what a signal would become on one account; only an approved one may reach `oms`."""

from __future__ import annotations

from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from tradewire.domain.order import Order, OrderTerms
from tradewire.domain.refusal import Refusal
from tradewire.domain.signal import ExitSpec, OrderType, Side, TimeInForce


class Plan(Struct, frozen=True, kw_only=True):
    """One entry order on one account, sized, with its exits.

    `reference_price` is the price the plan was made at: the limit or stop price of a pending order, else the ask
    (buy) or bid (sell). `stop` and `targets` are the exits resolved at that price, `shares` the fraction of the
    quantity that each target closes (none in rows of older versions); they are resolved again at the fill.
    `notional` is quantity × reference_price × multiplier in the instrument's quote currency, `value` the same in the
    account's currency, `margin` = value / leverage, `risk` what the stop would cost in the account's currency.
    """

    signal_id: str
    account: str
    symbol: str
    underlying: str
    side: Side
    order_type: OrderType
    quantity: Decimal
    limit_price: Decimal | None = None
    stop_price: Decimal | None = None
    tif: TimeInForce = TimeInForce.GTC
    expire_s: int | None = None
    post_only: bool = False
    leverage: Decimal | None = None
    reference_price: Decimal
    exits: ExitSpec
    stop: Decimal | None = None
    targets: tuple[Decimal, ...] = ()
    shares: tuple[Decimal, ...] = ()
    notional: Decimal
    value: Decimal
    margin: Decimal
    risk: Decimal | None = None
    tag: str | None = None


def revised(plan: Plan, terms: OrderTerms) -> Plan:
    """Return the plan of an entry with other terms; its stop and targets are those of the old price still."""
    reference = terms.limit_price or terms.stop_price or plan.reference_price
    grown, unit = terms.quantity * reference, plan.quantity * plan.reference_price
    return replace(
        plan,
        quantity=terms.quantity,
        limit_price=terms.limit_price,
        stop_price=terms.stop_price,
        reference_price=reference,
        notional=plan.notional * grown / unit,
        value=plan.value * grown / unit,
        margin=plan.margin * grown / unit,
    )


def reserved_for(plan: Plan, order: Order) -> Plan:
    """Return what an entry order reserves: the larger of what it is and what was asked for instead."""
    asked = order.replace_requested
    terms = (order.request.terms,) if asked is None else (order.request.terms, asked.terms)
    return max((revised(plan, each) for each in terms), key=lambda revision: revision.value)


class Approved(Struct, frozen=True, tag="approved"):
    """Risk's yes; the only way into `oms`."""

    plan: Plan


class Refused(Struct, frozen=True, tag="refused"):
    """Risk's no, with its reason. `plan` is None where not even a plan could be made."""

    refusal: Refusal
    plan: Plan | None = None


Verdict = Approved | Refused


class Reduction(Struct, frozen=True, kw_only=True):
    """Risk's yes to an order that makes an open trade smaller or ends it, and can do nothing else.

    `side` is the order's side (the opposite of the trade's); `whole` says that nothing stays open.
    """

    symbol: str
    side: Side
    quantity: Decimal
    whole: bool
