"""The composition root: settings become a wired hub. The only place that builds concrete things."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import partial
from types import TracebackType
from typing import Any, Self

import structlog
from msgspec.structs import replace

from tradewire.datadir import DataDir
from tradewire.domain.account import Account, Position
from tradewire.domain.instrument import Instrument, Quote
from tradewire.domain.numbers import ZERO
from tradewire.domain.order import Order
from tradewire.domain.signal import Adjust, Adopt, CancelPending, Close, Move, NotASignal, Open, Reading, Unclear
from tradewire.engine import facts as f
from tradewire.engine import peaks, projection, recovery
from tradewire.engine.beginning import broken_rows, unmanaged
from tradewire.engine.engine import Engine
from tradewire.engine.hub import RunningHub
from tradewire.engine.inbox import Inbox
from tradewire.engine.intake import Prices, listen, supervised
from tradewire.engine.market import Market
from tradewire.engine.measures import Measures
from tradewire.engine.notices import Notices
from tradewire.engine.post import Post, stream_of
from tradewire.engine.runner import VenueRunner
from tradewire.engine.state import AccountState
from tradewire.engine.sums import Exposure
from tradewire.engine.surroundings import Around
from tradewire.metrics import Metrics
from tradewire.oms.outcome import OutcomePolicy
from tradewire.parsing.explain import describe
from tradewire.parsing.reader import read, warm
from tradewire.parsing.sent import sent_at
from tradewire.ports import Amends, Clock, Notice, Venue
from tradewire.registry import Kind, PluginBroken, UnknownPlugin
from tradewire.routing.route import Route
from tradewire.routing.select import Router
from tradewire.settings.model import AccountSettings, Settings
from tradewire.settings.plugins import registry_of
from tradewire.sim.account import HeldPosition, PaperState
from tradewire.sim.exchange import Exchange
from tradewire.store.errors import StoreError
from tradewire.store.journal import Store
from tradewire.store.sqlite import CHECKED_AT_OPEN_BYTES

log = structlog.get_logger(__name__)

SECOND = 1_000_000_000
PAPER = "paper"


class SystemClock:
    """The machine's clock, made never to run backwards within a process."""

    def __init__(self) -> None:
        self._last = 0

    def now(self) -> int:
        self._last = max(self._last, time.time_ns())
        return self._last


class CannotStart(Exception):
    """The hub cannot start; the sentence says why and what to do."""


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
        self._listen()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.engine.stop()
        await self.notices.stop()
        await self.prices.close()
        self.store.close()

    def _warn(self) -> None:
        """Say loudly what is not as it should be although the hub can run."""
        for account, sentence in unmanaged(self.store.queries, self.engine.posts.keys()).items():
            self.warnings.append(f"account {account} is {sentence}")
        if self.data.database.stat().st_size <= CHECKED_AT_OPEN_BYTES:
            self.warnings += broken_rows(self.store)
        for warning in self.warnings:
            log.error(warning)
            self.notices.tell(Notice(severity="error", title="Start", body=warning, ts=self.clock.now()))

    def _wire(self) -> None:
        warm()
        settings = self.settings
        accounts = {n: a.named(n) for n, a in settings.accounts.items() if a.enabled}
        aliases = {word.upper(): symbol for word, symbol in settings.symbols.aliases.items()}
        exposure = Exposure()
        posts = [
            post
            for name, account in accounts.items()
            if (post := self._post(account, settings.accounts[name], exposure)) is not None
        ]
        live = tuple(post.account for post in posts)
        try:
            router = Router(reachable(settings.routes, frozenset(self.left_out)), live)
        except ValueError as error:
            raise CannotStart(str(error)) from error
        window = settings.engine.dedupe_window * SECOND
        self.inbox = Inbox(
            router, lambda message: renamed(read(message), aliases), describe, window=window, sent_at=sent_at
        )
        recovery.recall(self.store, self.inbox, self.clock.now() - window)
        self.notices = Notices(
            {
                notifier: settings.notifiers[name].severities
                for name, notifier in self._plugins(
                    Kind.NOTIFIER, settings.notifiers, lambda p, name, c: p(name, c)
                ).items()
            }
        )
        self.engine = Engine(
            store=self.store,
            market=self.market,
            inbox=self.inbox,
            posts=posts,
            clock=self.clock,
            tell=self.notices.tell,
            unfinished=lambda: recovery.unfinished(self.store, self.inbox, {post.id: post.state for post in posts}),
            snapshot_every=settings.engine.snapshot_every,
            measures=Measures(self.metrics),
        )
        self.hub = RunningHub(self.engine, self.prices, self.left_out, self.warnings)

    def _post(self, account: Account, settings: AccountSettings, exposure: Exposure) -> Post | None:
        """Return an account's place in the engine; None where its venue plug-in is broken (it is named in the log)."""
        try:
            plugin = self._registry.load(Kind.VENUE, settings.venue)
            config = plugin.config.model_validate(dict(settings.config))
        except (UnknownPlugin, PluginBroken, ValueError) as error:
            self._leave_out(account, error)
            return None
        state = recovery.folded(self.store, account.id, exposure)
        opening = getattr(config, "balance", ZERO)
        if state is None:
            state = self._born(account, opening, exposure)
        elif state.account.mode is not account.mode or state.account.currency != account.currency:
            raise CannotStart(
                f"account {account.id} was born as {state.account.mode} in {state.account.currency} and stays so; "
                f"give the {account.mode} account in {account.currency} another name"
            )
        state.account = account
        venue: Venue
        rebuild = None
        others: Mapping[str, Decimal] = {}
        try:
            if settings.venue == PAPER:
                others = config.other_balances  # type: ignore[attr-defined]
                venue = paper = plugin.make(account, self.exchange, self.clock, config, paper_state(state, others))
                rebuild = lambda known: paper.rebuild(paper_state(known, others))  # noqa: E731
            else:
                venue = plugin.make(account, config, self.clock)
        except Exception as error:  # A stranger's plug-in may raise anything.
            self._leave_out(account, error)
            return None
        around = Around(
            market=self.market,
            capabilities=venue.capabilities,
            amends=isinstance(venue, Amends),
            policy=OutcomePolicy(alert_after=self.settings.engine.lookups_before_alert),
            profile=self.settings.risk[account.risk_profile],
            routes={route.name: route for route in self.settings.routes},
            leverage=Decimal(getattr(config, "leverage", 1)),
            other_cash={currency: amount for currency, amount in others.items() if currency != account.currency},
        )
        runner = VenueRunner(
            account.id,
            venue,
            self.clock,
            lambda name, event: self.engine.post_event(name, event),
            lambda name, snapshot: self.engine.reconcile(name, snapshot),
            lambda name, instruments: self.engine.listed(name, instruments),
        )
        return Post(
            account,
            state,
            around,
            runner,
            self.store,
            fold=lambda shared: (
                recovery.folded(self.store, account.id, shared) or AccountState(account, opening, 0, shared)
            ),
            changed=lambda symbol, name: self.engine.watch.hold(symbol, name),
            rebuild=rebuild,
        )

    def _leave_out(self, account: Account, error: Exception) -> None:
        """Go on without an account; everything that asks for it is told why."""
        self.left_out[account.id] = f"its venue plug-in cannot be used: {error}"
        log.error("account left out", account=account.id, reason=str(error))

    def _born(self, account: Account, balance: Decimal, exposure: Exposure) -> AccountState:
        """Write the first row of a new account: its mode is fixed by it."""
        now = self.clock.now()
        state = AccountState(account, balance, now, exposure)
        with self.store.transaction() as tx:
            kind, data = f.encode(f.Record(f.AccountBorn(account=account, balance=balance)))
            tx.append(stream_of(account.id), kind, now, data)
            tx.upsert("accounts", [projection.account_row(state, now)])
        state.seq = 1
        return state

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

    def _listen(self) -> None:
        made = self._plugins(Kind.SOURCE, self.settings.sources, lambda p, name, c: p(name, c, self.clock))
        for name, source in made.items():
            account = self.settings.sources[name].account
            work = supervised(name, partial(listen, source, account, self.hub.receive))
            self._tasks.append(asyncio.create_task(work, name=f"source {name}"))


def reachable(routes: Sequence[Route], left_out: frozenset[str]) -> list[Route]:
    """Return the routes without the accounts that are left out, and without routes to nobody else."""
    kept = []
    for route in routes:
        accounts = tuple(name for name in route.accounts if name not in left_out)
        if accounts:
            kept.append(route.model_copy(update={"accounts": accounts}))
    return kept


def renamed(reading: Reading, aliases: dict[str, str]) -> Reading:
    """Return a reading with the owner's own words for symbols replaced."""
    if not aliases or isinstance(reading, NotASignal | Unclear):
        return reading
    return tuple(
        replace(signal, symbol=aliases[signal.symbol])
        if isinstance(signal, Open | Close | Adjust | CancelPending | Move | Adopt) and signal.symbol in aliases
        else signal
        for signal in reading
    )


def paper_state(state: AccountState, others: Mapping[str, Decimal]) -> PaperState:
    """Return what the paper exchange must know of an account that lived before.

    Everything is booked in the account's own currency; `others`, its cash in further ones, stays as configured.
    """
    positions = tuple(
        HeldPosition(
            position=Position(
                symbol=trade.symbol,
                quantity=trade.open_quantity * trade.side.sign,
                average_price=trade.entry_price,
                ref=trade.entry,
            ),
            leverage=trade.leverage,
        )
        for trade in state.trades.values()
    )
    orders: tuple[Order, ...] = (*state.ended.values(), *state.orders.values())
    return PaperState(cash={**others, state.account.currency: state.balance}, positions=positions, orders=orders)
