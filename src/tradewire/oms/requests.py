"""Order requests made from approved plans and from closing decisions."""

from __future__ import annotations

from decimal import Decimal
from typing import Protocol

from msgspec.structs import replace

from tradewire.domain.ids import client_order_id, trade_id
from tradewire.domain.order import Leg, Order, OrderRequest
from tradewire.domain.plan import Approved, Reduction
from tradewire.domain.signal import OrderType, TimeInForce

SECOND = 1_000_000_000


def entry(approved: Approved, now: int, request_expiry: int, day_end: int) -> OrderRequest:
    """Return the entry order of an approved plan. The same plan always gives the same client_order_id.

    `day_end` (epoch ns) is when an order for the day ends.
    """
    plan = approved.plan
    expire_time = None if plan.expire_s is None else now + plan.expire_s * SECOND
    cid = client_order_id(plan.signal_id, plan.account, Leg.ENTRY)
    return OrderRequest(
        client_order_id=cid,
        account=plan.account,
        symbol=plan.symbol,
        side=plan.side,
        type=plan.order_type,
        quantity=plan.quantity,
        limit_price=plan.limit_price,
        stop_price=plan.stop_price,
        tif=plan.tif,
        expire_time=day_end if plan.tif is TimeInForce.DAY else expire_time,
        post_only=plan.post_only,
        leverage=plan.leverage,
        leg=Leg.ENTRY,
        signal_id=plan.signal_id,
        trade_id=trade_id(cid),
        submitted_at=now,
        expires_at=now + request_expiry,
    )


class Held(Protocol):
    """What must be known of a trade to close it."""

    @property
    def id(self) -> str: ...
    @property
    def signal_id(self) -> str: ...
    @property
    def entry(self) -> str | None: ...
    @property
    def closings(self) -> int: ...


def closing(
    trade: Held,
    account: str,
    reduction: Reduction,
    *,
    leg: Leg,
    now: int,
    request_expiry: int,
    stop_price: Decimal | None = None,
    signal_id: str | None = None,
) -> OrderRequest:
    """Return the reduce-only order of an allowed closing: at market, or a resting stop.

    `signal_id` is the signal that asks for the closing; None where the trade's own exits do.

    The number of closing orders made so far makes each a new one; a resend keeps its id.
    """
    return OrderRequest(
        client_order_id=client_order_id(trade.id, account, leg, trade.closings),
        account=account,
        symbol=reduction.symbol,
        side=reduction.side,
        type=OrderType.MARKET if stop_price is None else OrderType.STOP,
        quantity=reduction.quantity,
        stop_price=stop_price,
        tif=TimeInForce.GTC,
        reduce_only=True,
        position_ref=trade.entry,
        leg=leg,
        signal_id=signal_id or trade.signal_id,
        trade_id=trade.id,
        submitted_at=now,
        expires_at=now + request_expiry,
    )


def resend(order: Order, now: int, request_expiry: int) -> OrderRequest:
    """Return the same request with a new expiry. Only after `outcome.judge` said RESEND."""
    return replace(order.request, submitted_at=now, expires_at=now + request_expiry)
