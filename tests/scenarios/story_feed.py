"""Plug-ins of a user, by `module:Class`: a feed that plays what a test says, a notifier that keeps what it is told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from decimal import Decimal
from types import TracebackType
from typing import Self

from msgspec.structs import replace
from pydantic import BaseModel, ConfigDict

from tradewire.domain.instrument import AssetClass, Bar, Instrument, Quote
from tradewire.ports import Clock, Notice

D = Decimal
BTC = Instrument(
    symbol="BTCUSDT",
    asset_class=AssetClass.CRYPTO,
    base="BTC",
    quote="USDT",
    tick_size=D("0.1"),
    qty_step=D("0.0001"),
    min_qty=D("0.0001"),
    min_notional=D(5),
    pip_size=D(1),
)
ETH = Instrument(
    symbol="ETHUSDT",
    asset_class=AssetClass.CRYPTO,
    base="ETH",
    quote="USDT",
    tick_size=D("0.01"),
    qty_step=D("0.001"),
    min_qty=D("0.001"),
    min_notional=D(5),
    pip_size=D("0.01"),
)


class Config(BaseModel):
    """The script that a plug-in of this module belongs to."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    script: str


class Script:
    """What a test holds in its hand: the prices to come, and the notices that came."""

    def __init__(
        self, first: Sequence[Quote], offered: Sequence[Instrument] = (BTC, ETH), history: Sequence[Bar] = ()
    ) -> None:
        self.first = first
        self.offered = offered
        self.history = history
        self.batches: asyncio.Queue[Sequence[Quote]] = asyncio.Queue()
        self.notices: list[Notice] = []


SCRIPTS: dict[str, Script] = {}


class ScriptedFeed:
    """Plays a script's prices; a batch is taken in by the hub when `batches.join()` returns."""

    def __init__(self, config: Config, clock: Clock) -> None:
        self._script = SCRIPTS[config.script]

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    async def instruments(self) -> Sequence[Instrument]:
        return self._script.offered

    async def stream(self, symbols: Iterable[str]) -> AsyncIterator[Sequence[Quote]]:
        yield self._script.first
        while True:
            batch = await self._script.batches.get()
            yield batch
            self._script.batches.task_done()

    async def bars(self, symbol: str, timeframe_s: int, start: int, end: int) -> Sequence[Bar]:
        return tuple(replace(bar, symbol=symbol) for bar in self._script.history)


class KeepingNotifier:
    """Keeps every notice for the test."""

    def __init__(self, id: str, config: Config) -> None:
        self.id = id
        self._script = SCRIPTS[config.script]

    async def send(self, notice: Notice) -> None:
        self._script.notices.append(notice)
