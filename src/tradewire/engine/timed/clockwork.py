"""Puts together what happens by the clock, as the configuration asks for it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from functools import partial

import structlog

from tradewire.domain.instrument import Quote
from tradewire.domain.moments import SECOND
from tradewire.domain.regime import Judged
from tradewire.engine.contract import Incoming, IntakeUnavailable
from tradewire.engine.engine import Engine
from tradewire.engine.intake import Prices
from tradewire.engine.timed.analyst import Analyst
from tradewire.engine.timed.asking import Live
from tradewire.engine.timed.due import Due
from tradewire.engine.timed.ledger import Ledger
from tradewire.engine.timed.strategist import Asked, Strategist
from tradewire.engine.timed.timetable import Timetable
from tradewire.engine.timed.watching import Watching
from tradewire.engine.timed.windows import Key, Windows
from tradewire.ports import Clock, Notice
from tradewire.routing.matching import compiled, passes
from tradewire.settings.automation import StrategySettings
from tradewire.settings.model import Settings
from tradewire.store.errors import StoreError
from tradewire.strategies.finding import BadParams, NoStrategy, make, read_params, told

log = structlog.get_logger(__name__)

MOST_MARKETS = 100
"""Markets that are judged for a route's sake: each is bars to ask a feed for."""
PAUSE = SECOND
"""Between attempts to store a message."""


class Clockwork:
    """Starts with the hub and ends before it. `warnings`: what cannot be done as configured."""

    def __init__(
        self,
        settings: Settings,
        engine: Engine,
        prices: Prices,
        tell: Callable[[Notice], None],
        clock: Clock,
        book: MutableMapping[Key, Judged],
    ) -> None:
        self.warnings: list[str] = []
        self._engine = engine
        self._clock = clock
        self._closed: dict[int, int] = {}
        """When the last bar closed that was done with, by timeframe."""
        known = frozenset(prices.instruments)
        self.due = Due(asyncio.get_running_loop(), clock)
        self.windows = Windows(prices.bars, self.due, clock)
        self.watching = Watching(engine.programs, self.windows, self.due, clock)
        self.ledger = Ledger(engine.store, engine.note)
        self.analyst = Analyst(
            markets(settings, known, self.warnings.append),
            settings.analysis,
            self.windows,
            self.due,
            self.ledger,
            clock,
            book,
        )
        self.strategist = Strategist(
            self._lives(settings.strategies, known),
            self.windows,
            self.due,
            self.ledger,
            engine,
            self.speak,
            tell,
            clock,
        )
        self.timetable = Timetable(settings.schedules, self.due, self.ledger, self.speak, self._job, tell, clock)

    async def start(self) -> None:
        """Judge the markets, look at what was missed, and be there for what comes."""
        self.watching.need()
        await self.windows.fill()
        await self.analyst.start()
        now = self._clock.now()
        self.strategist.start()
        self._closed = {width: now - now % (width * SECOND) for width in self._timeframes}
        if self._closed:
            self.due.begin(partial(self._bars_closed, dict(self._closed)))
            self._wait()
        self.timetable.start()
        self.watching.start()

    def on_quotes(self, quotes: Sequence[Quote]) -> None:
        """Take in prices."""
        self.windows.on_quotes(quotes)

    async def speak(self, incoming: Incoming) -> str:
        """Bring a message in, again until it is stored; return its id."""
        while True:
            try:
                return (await self._engine.receive(incoming)).message_id
            except IntakeUnavailable:
                await self.due.until(self._clock.now() + PAUSE)

    async def stop(self) -> None:
        """End, and keep what the next start must know."""
        await self.due.stop()
        try:
            self.ledger.snapshot()
        except StoreError as error:
            log.warning("no snapshot of the schedule: the next start folds more", reason=str(error))

    @property
    def _timeframes(self) -> frozenset[int]:
        return self.strategist.timeframes | {timeframe_s for _, timeframe_s in self.analyst.keys}

    def _wait(self) -> None:
        """Be there when the next bars close."""
        self.due.at(min(closed + width * SECOND for width, closed in self._closed.items()), self._close)

    async def _close(self) -> None:
        now = self._clock.now()
        closed = {
            width: latest for width, last in self._closed.items() if (latest := now - now % (width * SECOND)) > last
        }
        self._closed |= closed
        self._wait()
        await self._bars_closed(closed)

    async def _bars_closed(self, closed: Mapping[int, int]) -> None:
        """Do what follows from bars that have closed, by timeframe: a symbol's regimes first, its strategies then."""
        symbols = {symbol for width in closed for symbol in self.strategist.symbols(width)}
        symbols |= {symbol for symbol, width in self.analyst.keys if width in closed}
        asked = await self.due.gather(self._guarded(symbol, closed) for symbol in sorted(symbols))
        self.strategist.keep(bar for bars in asked for bar in bars)

    async def _guarded(self, symbol: str, closed: Mapping[int, int]) -> list[Asked]:
        try:
            return await self._symbol_closed(symbol, closed)
        except Exception:  # Whatever goes wrong with one symbol, the others go on.
            log.exception("a defect of this program: nothing followed from a bar", symbol=symbol)
            return []

    async def _symbol_closed(self, symbol: str, closed: Mapping[int, int]) -> list[Asked]:
        for width, moment in closed.items():
            if (symbol, width) in self.analyst.keys:
                await self.analyst.judge(symbol, width, moment)
        asked = await self.due.gather(
            self.strategist.ask(live, symbol, moment)
            for width, moment in closed.items()
            for live in self.strategist.of(symbol, width)
        )
        return [bar for bar in asked if bar is not None]

    def _job(self, do: str) -> Callable[[], Awaitable[str]] | None:
        """Return what a schedule does that speaks no command."""
        word, _, about = do.strip().partition(" ")
        if do.strip() == "analyze":
            return self._analyze
        return partial(self._ask, about.strip()) if word == "strategy" else None

    async def _analyze(self) -> str:
        await self.analyst.judge_all()
        return f"{len(self.analyst.keys)} markets judged"

    async def _ask(self, name: str) -> str:
        return f"{name} asked about {await self.strategist.ask_now(name)} symbols"

    def _lives(self, strategies: Mapping[str, StrategySettings], known: frozenset[str]) -> list[Live]:
        lives = []
        for name, settings in strategies.items():
            if not settings.enabled:
                continue
            try:
                lives.append(live(name, settings, known))
            except CannotTrade as error:
                self.warnings.append(f"strategy {name} is not traded: {error}")
        return lives


def markets(settings: Settings, known: frozenset[str], warn: Callable[[str], None]) -> set[Key]:
    """Return what is judged: what routes look at, and what is asked for besides."""
    named = {symbol for strategy in settings.strategies.values() for symbol in strategy.symbols if symbol in known}
    named |= {symbol for symbol in settings.analysis.symbols if symbol in known}
    keys = {(s, width) for s in settings.analysis.symbols for width in settings.analysis.timeframes if s in known}
    for route in settings.routes:
        if route.enabled and route.regime is not None:
            pattern = compiled(route.match.symbols)
            symbols = {symbol for symbol in known if passes(pattern, symbol)}
            if len(symbols) > MOST_MARKETS:
                warn(
                    f"route {route.name} looks at the regime of {len(symbols)} symbols: only those are judged that "
                    "strategies and `analysis` name; write the others under `match` or `analysis`"
                )
                symbols &= named
            keys |= {(symbol, route.regime.timeframe) for symbol in symbols}
    return keys


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
