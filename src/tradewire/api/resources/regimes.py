"""What kind of market each symbol is, with the figures that decide it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from tradewire.api.deps import HubDep
from tradewire.api.errors import documented
from tradewire.api.known import KnownDep
from tradewire.api.paging import Filter
from tradewire.api.values import Moment, Symbol, View
from tradewire.domain.regime import Regime
from tradewire.domain.timeframes import timeframe_name
from tradewire.engine.contract import MarketStanding


class FiguresView(View):
    """What a label is made of."""

    adx: float = Field(description="Average directional index, 0 to 100 (Wilder).")
    efficiency: float = Field(description="Way gone over way made, 0 to 1 (Kaufman).")
    slope: float = Field(description="Of the regression, percent a bar.")
    slope_atr: float = Field(description="Of the regression, average true ranges a bar.")
    t: float = Field(description="t-statistic of the slope, for residuals that hang together.")
    volatility: float = Field(description="Standard deviation of the returns, percent a bar.")


class RegimeView(View):
    """A symbol on a timeframe. `regime` and figures are null while `bars` are fewer than `needed`."""

    symbol: str
    timeframe: str
    regime: Regime | None
    figures: FiguresView | None
    ts_closed: Moment | None = Field(description="When the bar closed by which it is judged.")
    ts_since: Moment | None = Field(description="When the bar began that gave it its regime.")
    bars: int
    needed: int

    @classmethod
    def of(cls, market: MarketStanding) -> RegimeView:
        """Return it as it is shown."""
        judged = market.judged
        return cls(
            symbol=market.symbol,
            timeframe=timeframe_name(market.timeframe_s),
            regime=None if judged is None else judged.regime,
            figures=None if judged is None else FiguresView.model_validate(judged.figures),
            ts_closed=None if judged is None else judged.closed,
            ts_since=None if judged is None else judged.since,
            bars=market.bars,
            needed=market.needed,
        )


class RegimesQuery(Filter):
    """Which markets."""

    symbol: Symbol | None = None


router = APIRouter(tags=["market"])


@router.get("/regimes", responses=documented(404, 422))
async def list_regimes(params: Annotated[RegimesQuery, Query()], hub: HubDep, known: KnownDep) -> list[RegimeView]:
    """The markets that routes look at, or `analysis` in the configuration names, by symbol and timeframe."""
    symbol = known.symbol(params.symbol)
    shown = [market for market in hub.regimes() if symbol in (None, market.symbol)]
    if not shown:
        known.explain_nothing(symbol=symbol)
    return [RegimeView.of(market) for market in shown]
