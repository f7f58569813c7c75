"""Puts together what happens by the clock, as the configuration asks for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence

import structlog

from tradewire.domain.instrument import Quote
from tradewire.engine.engine import Engine
from tradewire.engine.intake import Prices
from tradewire.engine.timed.asking import Live
from tradewire.engine.timed.due import Due
from tradewire.engine.timed.ledger import Ledger
from tradewire.engine.timed.strategist import Strategist
from tradewire.engine.timed.windows import SECOND, Windows
from tradewire.ports import Clock, Notice
from tradewire.settings.automation import StrategySettings
from tradewire.settings.model import Settings
from tradewire.store.errors import StoreError
from tradewire.strategies.finding import BadParams, NoStrategy, make, read_params, told

log = structlog.get_logger(__name__)


class Clockwork:
    """Starts with the hub and ends before it. `broken`: strategies that cannot be traded, and why."""

    def __init__(
        self, settings: Settings, engine: Engine, prices: Prices, tell: Callable[[Notice], None], clock: Clock
    ) -> None:
        self.broken: dict[str, str] = {}
        self.due = Due(asyncio.get_running_loop(), clock)
        self.windows = Windows(prices.bars, self.due, clock)
        self.ledger = Ledger(engine.store, engine.note)
        self.strategist = Strategist(
            self._lives(settings.strategies, frozenset(prices.instruments)),
            self.windows,
            self.due,
            self.ledger,
            engine,
            tell,
            clock,
        )

    async def start(self) -> None:
        """Fill the windows and be there for what comes."""
        await self.windows.fill()
        self.strategist.start()

    def on_quotes(self, quotes: Sequence[Quote]) -> None:
        """Take in prices."""
        self.windows.on_quotes(quotes)

    async def stop(self) -> None:
        """End, and keep what the next start must know."""
        await self.due.stop()
        try:
            self.ledger.snapshot()
        except StoreError as error:
            log.warning("no snapshot of the schedule: the next start folds more", reason=str(error))

    def _lives(self, strategies: Mapping[str, StrategySettings], known: frozenset[str]) -> list[Live]:
        lives = []
        for name, settings in strategies.items():
            if not settings.enabled:
                continue
            try:
                lives.append(live(name, settings, known))
            except CannotTrade as error:
                self.broken[name] = str(error)
        return lives


class CannotTrade(Exception):
    """A strategy that cannot be traded as configured; the message says why."""


def live(name: str, settings: StrategySettings, known: frozenset[str]) -> Live:
    """Return a strategy ready to be asked; `known` are the symbols that a feed quotes.

    Raises:
        CannotTrade: it cannot be.
    """
    if unknown := [symbol for symbol in settings.symbols if symbol not in known]:
        raise CannotTrade(f"no feed has {', '.join(unknown)}")
    try:
        strategy = make(settings.strategy)
        params = read_params(type(strategy), settings.params)
    except (NoStrategy, BadParams) as error:
        raise CannotTrade(str(error)) from error
    try:
        warmup = int(strategy.warmup(params))
    except Exception as error:  # A user's code may raise anything.
        raise CannotTrade(f"its warm-up failed: {told(error)}") from error
    return Live(
        name=name,
        strategy=strategy,
        params=params,
        warmup=warmup,
        symbols=settings.symbols,
        timeframe_s=settings.timeframe,
        accounts=settings.accounts,
        side=settings.side,
        entry=settings.entry,
        at_close=settings.when == "bar",
        catch_up=(settings.catch_up or 0) * SECOND,
    )
