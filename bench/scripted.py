"""A feed that plays what the benchmark tells it to, and times what the hub does with each batch."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from time import perf_counter_ns
from types import TracebackType
from typing import ClassVar, Self

from pydantic import BaseModel, ConfigDict

from tradewire.domain.instrument import Bar, Instrument, Quote
from tradewire.ports import Clock
from tradewire.sim.instruments import LISTINGS

SYMBOL = "BTCUSDT"


class Config(BaseModel):
    """There is nothing to set."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ScriptedQuotes:
    """Plays batches of quotes; `playing` is the one that the hub under test uses."""

    playing: ClassVar[ScriptedQuotes]

    def __init__(self, config: Config, clock: Clock) -> None:
        self._batches: asyncio.Queue[Sequence[Quote]] = asyncio.Queue()
        self.spent: list[int] = []
        """For each batch the ns until the hub gave control back: it takes quotes by a direct call."""
        ScriptedQuotes.playing = self

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    async def instruments(self) -> Sequence[Instrument]:
        return [listing.instrument for listing in LISTINGS if listing.instrument.symbol == SYMBOL]

    def play(self, *quotes: Quote) -> None:
        """Queue a batch."""
        self._batches.put_nowait(quotes)

    async def stream(self, symbols: Iterable[str]) -> AsyncIterator[Sequence[Quote]]:
        while True:
            batch = await self._batches.get()
            started = perf_counter_ns()
            yield batch
            self.spent.append(perf_counter_ns() - started)

    async def bars(self, symbol: str, timeframe_s: int, start: int, end: int) -> Sequence[Bar]:
        return ()
