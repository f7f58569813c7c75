"""The composition root: settings become a wired hub. The only place that builds concrete things."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from functools import partial
from types import TracebackType
from typing import Any, Self

import structlog
from msgspec.structs import replace

from tradewire.datadir import DataDir
from tradewire.domain.instrument import Instrument, Quote
from tradewire.domain.regime import Judged
from tradewire.engine import peaks
from tradewire.engine.beginning import broken_rows, unmanaged
from tradewire.engine.hub import RunningHub
from tradewire.engine.intake import Prices, listen, supervised
from tradewire.engine.market import Market
from tradewire.engine.measures import Measures
from tradewire.engine.notices import Notices
from tradewire.engine.timed.clockwork import Clockwork
from tradewire.engine.timed.windows import Key
from tradewire.engine.wiring import CannotStart as CannotStart
from tradewire.engine.wiring import Wiring
from tradewire.metrics import Metrics
from tradewire.ports import Clock, Notice
from tradewire.registry import Kind
from tradewire.settings.model import Settings
from tradewire.settings.plugins import registry_of
from tradewire.sim.exchange import Exchange
from tradewire.store.errors import StoreError
from tradewire.store.journal import Store
from tradewire.store.sqlite import CHECKED_AT_OPEN_BYTES

log = structlog.get_logger(__name__)

SECOND = 1_000_000_000


class SystemClock:
    """The machine's clock, made never to run backwards within a process."""

    def __init__(self) -> None:
        self._last = 0

    def now(self) -> int:
        self._last = max(self._last, time.time_ns())
        return self._last


class Application:
    """A wired hub. Entering recovers and starts it, leaving ends it cleanly."""

    def __init__(self, settings: Settings, data: DataDir, clock: Clock | None = None) -> None:
        self.settings = settings
        self.data = data
        self.clock = clock or SystemClock()
        self.metrics = Metrics()
        self._registry = registry_of(settings)
        self._tasks: list[asyncio.Task[Any]] = []
        self.left_out: dict[str, str] = {}
        """Accounts that cannot be used, and why."""
        self.warnings: list[str] = []
        """What is not as it should be although the hub runs."""
        self.fenced = asyncio.Event()
        """Set when another program has written to the journal: this hub must end."""

    async def __aenter__(self) -> Self:
        self.data.make()
        if self.data.lost_its_database:
            raise CannotStart(
                f"the database {self.data.database} is empty although a hub has run here: put the last backup in its "
                "place with `tradewire restore BACKUP`, or remove the file to begin anew"
            )
        try:
            self.store = Store.open(self.data.database, clock=self.clock)
        except StoreError as error:
            raise CannotStart(str(error)) from error
        self.store.on_fenced = self.fenced.set
        self.prices = Prices(self._plugins(Kind.FEED, self.settings.feeds, lambda p, name, c: p(c, self.clock)))
        await self.prices.open()
        self.market = Market(self._corrected(self.prices.instruments.values()))
        self.exchange = Exchange(self.market.instruments.values())
        await self._seed_ranges()
        self._wire()
        self.notices.start()
        self._warn()
        self._tasks += self.prices.run(self._on_quotes)
        await self._first_quotes()
        for post in self.engine.posts.values():
            post.runner.start()
        self.engine.resume()
        watching = supervised("equity", partial(peaks.watch, self.engine.posts.values(), self.engine.post_event))
        self._tasks.append(asyncio.create_task(watching, name="equity"))
        await self.clockwork.start()
        self._listen()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.clockwork.stop()
        await self.engine.stop()
        await self.notices.stop()
        await self.prices.close()
        self.store.close()

    def _warn(self) -> None:
        """Say loudly what is not as it should be although the hub can run."""
        for account, sentence in unmanaged(self.store.queries, self.engine.posts.keys()).items():
            self.warnings.append(f"account {account} is {sentence}")
        self.warnings += self.clockwork.warnings
        if self.data.database.stat().st_size <= CHECKED_AT_OPEN_BYTES:
            self.warnings += broken_rows(self.store)
        self.warnings += self.engine.begin()
        for warning in self.warnings:
            log.error(warning)
            self.notices.tell(Notice(severity="error", title="Start", body=warning, ts=self.clock.now()))

    def _wire(self) -> None:
        settings = self.settings
        self.notices = Notices(
            {
                notifier: settings.notifiers[name].severities
                for name, notifier in self._plugins(
                    Kind.NOTIFIER, settings.notifiers, lambda p, name, c: p(name, c)
                ).items()
            }
        )
        regimes: dict[Key, Judged] = {}
        wiring = Wiring(
            settings,
            registry=self._registry,
            store=self.store,
            market=self.market,
            exchange=self.exchange,
            clock=self.clock,
            tell=self.notices.tell,
            measures=Measures(self.metrics),
            regimes=regimes,
        )
        self.left_out, self.inbox, self.engine = wiring.left_out, wiring.inbox, wiring.engine
        self.clockwork = Clockwork(settings, self.engine, self.prices, self.notices.tell, self.clock, regimes)
        self.hub = RunningHub(self.engine, self.prices, self.clockwork, self.left_out, self.warnings)

    def _plugins(self, kind: Kind, used: Any, make: Callable[[Any, str, Any], Any]) -> dict[str, Any]:
        """Build the enabled plug-ins of one kind; a broken one is named in the log and left out."""
        built: dict[str, Any] = {}
        for name, settings in used.items():
            if not settings.enabled:
                continue
            try:
                plugin = self._registry.load(kind, settings.type)
                built[name] = make(plugin.make, name, plugin.config.model_validate(dict(settings.config)))
            except Exception as error:  # A stranger's plug-in may raise anything.
                log.error("plug-in left out", kind=kind, name=name, reason=f"{type(error).__name__}: {error}")
        return built

    def _corrected(self, instruments: Any) -> list[Instrument]:
        """Return the instruments with what the owner knows better."""
        corrections = self.settings.symbols.instruments
        return [
            replace(i, **corrections[i.symbol].model_dump(exclude_none=True)) if i.symbol in corrections else i
            for i in instruments
        ]

    async def _seed_ranges(self) -> None:
        """Know the average true range from the start, from the feed's own history."""
        now = self.clock.now()
        start = now - now % (60 * SECOND) - 20 * 60 * SECOND
        for symbol in self.market.symbols:
            try:
                self.market.seed(symbol, await self.prices.bars(symbol, 60, start, now - now % (60 * SECOND)))
            except Exception as error:
                log.info("no history to begin with", symbol=symbol, reason=str(error))

    async def _first_quotes(self) -> None:
        """Give the feeds a moment, so that the first signal finds a price."""
        for _ in range(50):
            if self.market.quotes or not self.market.symbols:
                return
            await asyncio.sleep(0.02)

    def _on_quotes(self, quotes: Sequence[Quote]) -> None:
        self.exchange.on_quotes(quotes)
        self.engine.on_quotes(quotes)
        self.clockwork.on_quotes(quotes)

    def _listen(self) -> None:
        made = self._plugins(Kind.SOURCE, self.settings.sources, lambda p, name, c: p(name, c, self.clock))
        for name, source in made.items():
            account = self.settings.sources[name].account
            work = supervised(name, partial(listen, source, account, self.hub.receive))
            self._tasks.append(asyncio.create_task(work, name=f"source {name}"))
