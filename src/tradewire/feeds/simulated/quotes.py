"""Streams the seeded market at the pace of the clock."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from types import TracebackType
from typing import Final, Self

from pydantic import BaseModel, ConfigDict, Field

from tradewire.domain.instrument import Bar, Instrument, Quote
from tradewire.ports import Clock, Misconfigured
from tradewire.sim.instruments import LISTINGS
from tradewire.sim.market import SimulatedMarket

_NS_A_MS: Final = 1_000_000
_SECOND_NS: Final = 1_000_000_000


class Config(BaseModel):
    """Which made-up market, and how lively."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    seed: int = Field(default=1, description="Another seed is another market; the same one always has the same prices")
    interval_ms: int = Field(default=250, ge=10, le=60_000, description="Time between two quotes of a symbol")
    speed: float = Field(default=1.0, gt=0, le=1000, description="How fast market time runs")
    liveliness: float = Field(default=1.0, gt=0, le=5, description="Multiplies every move")
    symbols: tuple[str, ...] = Field(default=(), description="The instruments to offer; none named = all")


class SimulatedQuotes:
    """Prices of the simulated market, which never closes. A restart goes on where the market is by now."""

    def __init__(self, config: Config, clock: Clock) -> None:
        known = {listing.instrument.symbol: listing for listing in LISTINGS}
        unknown = [symbol for symbol in config.symbols if symbol not in known]
        if unknown:
            raise Misconfigured("symbols", f"{unknown[0]} is not one of {', '.join(known)}")
        listings = [known[symbol] for symbol in config.symbols] or LISTINGS
        self._interval_ns = config.interval_ms * _NS_A_MS
        self._clock = clock
        self._market = SimulatedMarket(
            config.seed, listings, speed=config.speed, liveliness=config.liveliness, grid_ns=self._interval_ns
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    async def instruments(self) -> Sequence[Instrument]:
        return self._market.instruments

    async def stream(self, symbols: Iterable[str]) -> AsyncIterator[Sequence[Quote]]:
        """Yield one batch of all `symbols` at once and then one every interval; missed intervals are skipped."""
        names = self._listed(symbols)
        last = 0
        while True:
            now = self._clock.now()
            ts = now - now % self._interval_ns
            if ts > last:
                last = ts
                yield self._market.quotes(ts, names)
            now = self._clock.now()
            await asyncio.sleep((self._interval_ns - now % self._interval_ns) / _SECOND_NS)

    async def bars(self, symbol: str, timeframe_s: int, start: int, end: int) -> Sequence[Bar]:
        """Return bars of the mid price; the newest one is shown as it is forming."""
        (name,) = self._listed((symbol,))
        timeframe, now = timeframe_s * _SECOND_NS, self._clock.now()
        return await asyncio.to_thread(self._market.bars, name, timeframe, start, end, now)

    def _listed(self, symbols: Iterable[str]) -> tuple[str, ...]:
        names = tuple(symbols)
        for name in names:
            if name not in self._market.symbols:
                raise Misconfigured("symbols", f"{name} is not traded in the simulated market")
        return names
