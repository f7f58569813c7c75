"""Trades and positions: what the orders add up to."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response

from tradewire.api.deps import HubDep, QueriesDep
from tradewire.api.errors import documented, not_found
from tradewire.api.known import KnownDep
from tradewire.api.paging import Filter, Page, link_next
from tradewire.api.values import Amount, Id, JsonOrNone, Moment, Money, Symbol, View
from tradewire.domain.account import Mode
from tradewire.domain.signal import Side

TradeStatus = Literal["open", "closing", "closed"]
ManagedBy = Literal["hub", "venue"]


class Trade(View):
    """One round trip. `managed_by` says who watches the stop.

    `initial_stop` is where the stop stood at the entry, and stays so; `exits` are the exits as they were set last.
    """

    id: str
    account: str
    mode: Mode
    signal_id: str
    symbol: str
    side: Side
    status: TradeStatus
    quantity: Money
    open_quantity: Money
    entry_price: Money
    exit_price: Money | None
    initial_stop: Money | None
    exits: JsonOrNone
    exit_reason: str | None
    managed_by: ManagedBy
    pnl: Amount
    fees: Amount
    currency: str
    ts_opened: Moment
    ts_closed: Moment | None


class OpenTrade(View):
    """An open trade as the running hub holds it: the stop as it stands now, the price, the open result."""

    id: str
    account: str
    mode: Mode
    signal_id: str
    symbol: str
    side: Side
    status: TradeStatus
    quantity: Money
    open_quantity: Money
    entry_price: Money
    stop: Money | None
    targets: list[Money]
    targets_done: int
    trailing: bool
    managed_by: ManagedBy
    price: Money | None
    pnl: Amount
    unrealised: Amount | None
    currency: str
    ts_opened: Moment


class Position(View):
    """What our fills of a symbol add up to; `quantity` is signed (long > 0) and 0 once closed."""

    account: str
    symbol: str
    mode: Mode
    quantity: Money
    average_price: Money
    realised: Amount
    ts_updated: Moment


class TradesPage(Page):
    """Which trades."""

    account: Id | None = None
    status: TradeStatus | None = None
    symbol: Symbol | None = None
    signal_id: Id | None = None


class Held(Filter):
    """Which open trades or positions; none = all."""

    account: Id | None = None
    symbol: Symbol | None = None


router = APIRouter(tags=["trades"])


@router.get("/trades", responses=documented(404, 422))
def list_trades(
    page: Annotated[TradesPage, Query()], queries: QueriesDep, known: KnownDep, request: Request, response: Response
) -> list[Trade]:
    """Trades, newest first."""
    symbol = known.symbol(page.symbol)
    rows = queries.trades(
        account=page.account,
        status=page.status,
        symbol=symbol,
        signal_id=page.signal_id,
        limit=page.limit,
        before=page.before,
    )
    if not rows and page.before is None:
        known.explain_nothing(account=page.account, symbol=symbol)
    link_next(request, response, page, rows, "id")
    return [Trade.model_validate(row) for row in rows]


@router.get("/trades/open", responses=documented(404, 422))
async def list_open_trades(params: Annotated[Held, Query()], hub: HubDep, known: KnownDep) -> list[OpenTrade]:
    """Open trades with their moving stops and open results."""
    symbol = known.symbol(params.symbol)
    trades = [trade for trade in hub.open_trades(params.account) if symbol in (None, trade.symbol)]
    if not trades:
        known.explain_nothing(account=params.account, symbol=symbol)
    return [OpenTrade.model_validate(trade) for trade in trades]


@router.get("/trades/{trade_id}", responses=documented(404, 422))
def get_trade(trade_id: Id, queries: QueriesDep) -> Trade:
    """A trade."""
    row = queries.trade(trade_id)
    if row is None:
        raise not_found("trade", trade_id, "trade_id")
    return Trade.model_validate(row)


@router.get("/positions", responses=documented(404, 422))
def list_positions(params: Annotated[Held, Query()], queries: QueriesDep, known: KnownDep) -> list[Position]:
    """Positions, closed ones with quantity 0."""
    symbol = known.symbol(params.symbol)
    rows = queries.positions(account=params.account, symbol=symbol)
    if not rows:
        known.explain_nothing(account=params.account, symbol=symbol)
    return [Position.model_validate(row) for row in rows]
