"""Prices that stand still: whatever happens in a chaos run is the work of orders, crashes and bad lines."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from types import TracebackType
from typing import Self

from pydantic import BaseModel, ConfigDict

from chaos.exchange.listing import LISTINGS
from tradewire.domain.instrument import AssetClass, Bar, Instrument, Quote
from tradewire.ports import Clock

INSTRUMENTS = tuple(
    Instrument(
        symbol=symbol,
        asset_class=AssetClass.CRYPTO,
        base=listing.base,
        quote="USDT",
        tick_size=listing.tick,
        qty_step=listing.step,
        min_qty=listing.step,
        pip_size=listing.tick,
    )
    for symbol, listing in LISTINGS.items()
)


class Config(BaseModel):
    """Nothing to choose."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class StillQuotes:
    """The exchange's own prices, one tick apart, once a second."""

    def __init__(self, config: Config, clock: Clock) -> None:
        self._clock = clock

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    async def instruments(self) -> Sequence[Instrument]:
        return INSTRUMENTS

    async def stream(self, symbols: Iterable[str]) -> AsyncIterator[Sequence[Quote]]:
        names = tuple(symbols)
        while True:
            now = self._clock.now()
            yield [Quote(n, LISTINGS[n].price, LISTINGS[n].price + LISTINGS[n].tick, now) for n in names]
            await asyncio.sleep(1)

    async def bars(self, symbol: str, timeframe: int, start: int, end: int) -> Sequence[Bar]:
        return ()
