"""The market: instruments, quotes, bars."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Query

from tradewire.api.deps import HubDep
from tradewire.api.errors import documented
from tradewire.api.known import KnownDep
from tradewire.api.paging import Filter
from tradewire.api.values import Moment, Money, Symbol, View
from tradewire.domain.instrument import AssetClass


class Timeframe(StrEnum):
    """How long a bar is."""

    M1 = "1m"
    M5 = "5m"
    M15 = "15m"
    M30 = "30m"
    H1 = "1h"
    H4 = "4h"
    D1 = "1d"

    @property
    def seconds(self) -> int:
        return int(self.value[:-1]) * {"m": 60, "h": 3600, "d": 86400}[self.value[-1]]


class Instrument(View):
    """What can be traded. Quantities are in base units; `session` None = around the clock."""

    symbol: str
    asset_class: AssetClass
    base: str
    quote: str
    tick_size: Money
    qty_step: Money
    min_qty: Money
    max_qty: Money | None
    min_notional: Money
    lot_size: Money
    pip_size: Money
    multiplier: Money
    session: str | None


class Quote(View):
    """Best bid and ask."""

    symbol: str
    bid: Money
    ask: Money
    ts: Moment


class Bar(View):
    """One interval that starts at `ts`."""

    symbol: str
    ts: Moment
    open: Money
    high: Money
    low: Money
    close: Money
    volume: Money


class BarsQuery(Filter):
    """Which bars."""

    symbol: Symbol
    timeframe: Timeframe = Timeframe.M1
    count: Annotated[int, Query(ge=1, le=5000, description="The latest so many.")] = 500


router = APIRouter(tags=["market"])


@router.get("/instruments")
async def list_instruments(hub: HubDep) -> list[Instrument]:
    """Every instrument that a feed of the hub quotes."""
    return [Instrument.model_validate(instrument) for instrument in hub.instruments()]


@router.get("/quotes")
async def list_quotes(hub: HubDep) -> list[Quote]:
    """The latest quote of every symbol."""
    return [Quote.model_validate(quote) for quote in hub.quotes()]


@router.get("/bars", responses=documented(404, 422, 503))
async def list_bars(params: Annotated[BarsQuery, Query()], hub: HubDep, known: KnownDep) -> list[Bar]:
    """The latest bars of a symbol, oldest first; the last one is still forming."""
    symbol = known.symbol(params.symbol) or params.symbol
    known.explain_nothing(symbol=symbol)
    rows = await hub.bars(symbol, params.timeframe.seconds, params.count)
    return [Bar.model_validate({"symbol": symbol, **row}) for row in rows]
