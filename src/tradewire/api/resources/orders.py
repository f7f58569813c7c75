"""Orders and their fills."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from tradewire.api.deps import QueriesDep
from tradewire.api.errors import documented, not_found
from tradewire.api.known import KnownDep
from tradewire.api.paging import Limited, Page, link_next
from tradewire.api.values import Id, Moment, Money, Shape, Symbol, View
from tradewire.domain.account import Mode
from tradewire.domain.order import Leg, OrderStatus
from tradewire.domain.signal import OrderType, Side, TimeInForce


class Order(View):
    """An order and all that its venue has proven about it."""

    client_order_id: str
    account: str
    mode: Mode
    signal_id: str
    trade_id: str
    leg: Leg
    symbol: str
    side: Side
    type: OrderType
    quantity: Money
    limit_price: Money | None
    stop_price: Money | None
    tif: TimeInForce
    reduce_only: bool
    status: OrderStatus
    filled: Money
    average_price: Money | None
    fees: Money
    venue_order_id: str | None
    reason: str | None
    ts_created: Moment
    ts_updated: Moment


class Fill(View):
    """One execution."""

    account: str
    exec_id: str
    mode: Mode
    client_order_id: str
    symbol: str
    side: Side
    quantity: Money
    price: Money
    fee: Money
    fee_currency: str
    ts_event: Moment
    ts_init: Moment


class OrderDetail(Order):
    """An order with its fills, oldest first."""

    fills: list[Fill]


class OrdersPage(Page):
    """Which orders."""

    account: Id | None = None
    status: OrderStatus | None = None
    symbol: Symbol | None = None
    signal_id: Id | None = None
    trade_id: Id | None = None


FillKey = Annotated[
    str, Shape(r"^[^/\x00]{1,64}/[^\x00]{1,200}$", "takes client_order_id/exec_id of the last fill seen", longest=265)
]


class FillsPage(Limited):
    """Which fills."""

    account: Id | None = None
    symbol: Symbol | None = None
    client_order_id: Id | None = None
    before: Annotated[FillKey | None, Field(description="`client_order_id/exec_id` of the last one seen.")] = None

    @property
    def last(self) -> tuple[str, str] | None:
        """The key of the last fill seen."""
        if self.before is None:
            return None
        client_order_id, _, exec_id = self.before.partition("/")
        return client_order_id, exec_id


router = APIRouter(tags=["orders"])


@router.get("/orders", responses=documented(404, 422))
def list_orders(
    page: Annotated[OrdersPage, Query()], queries: QueriesDep, known: KnownDep, request: Request, response: Response
) -> list[Order]:
    """Orders, newest first."""
    symbol = known.symbol(page.symbol)
    rows = queries.orders(
        account=page.account,
        status=page.status,
        symbol=symbol,
        signal_id=page.signal_id,
        trade_id=page.trade_id,
        limit=page.limit,
        before=page.before,
    )
    if not rows and page.before is None:
        known.explain_nothing(account=page.account, symbol=symbol)
    link_next(request, response, page, rows, "client_order_id")
    return [Order.model_validate(row) for row in rows]


@router.get("/orders/{client_order_id}", responses=documented(404, 422))
def get_order(client_order_id: Id, queries: QueriesDep) -> OrderDetail:
    """An order with its fills."""
    row = queries.order(client_order_id)
    if row is None:
        raise not_found("order", client_order_id, "client_order_id")
    return OrderDetail.model_validate(row)


@router.get("/fills", responses=documented(404, 422))
def list_fills(
    page: Annotated[FillsPage, Query()], queries: QueriesDep, known: KnownDep, request: Request, response: Response
) -> list[Fill]:
    """Fills, newest first."""
    symbol = known.symbol(page.symbol)
    rows = queries.fills(
        account=page.account,
        symbol=symbol,
        client_order_id=page.client_order_id,
        limit=page.limit,
        before=page.last,
    )
    if not rows and page.before is None:
        known.explain_nothing(account=page.account, symbol=symbol)
    link_next(request, response, page, rows, "client_order_id", "exec_id")
    return [Fill.model_validate(row) for row in rows]
