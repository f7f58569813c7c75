"""Puts the engine's parts together: what a configuration asks for, on a market, a store and a clock that are given.

The hub (`app`) and backtests (`backtest/exact`) wire the same engine here; they differ only in what they give.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType

import structlog
from msgspec.structs import replace

from tradewire.domain.account import Account, Position
from tradewire.domain.numbers import ZERO
from tradewire.domain.order import Order
from tradewire.domain.regime import Book
from tradewire.domain.signal import Adjust, Adopt, CancelPending, Close, Move, NotASignal, Open, Reading, Unclear
from tradewire.engine import facts as f
from tradewire.engine import projection, recovery
from tradewire.engine.engine import Engine
from tradewire.engine.inbox import Inbox
from tradewire.engine.market import Market
from tradewire.engine.measures import Taking
from tradewire.engine.post import Post, stream_of
from tradewire.engine.programs.runner import Setup
from tradewire.engine.programs.stage import Programs
from tradewire.engine.runner import RECONCILE_EVERY, VenueRunner
from tradewire.engine.state import AccountState
from tradewire.engine.sums import Exposure
from tradewire.engine.surroundings import Around
from tradewire.oms.outcome import OutcomePolicy
from tradewire.parsing.explain import describe
from tradewire.parsing.reader import read, warm
from tradewire.parsing.sent import sent_at
from tradewire.ports import Amends, Clock, Notice, Venue
from tradewire.registry import Kind, PluginBroken, Registry, UnknownPlugin
from tradewire.routing.route import Route
from tradewire.routing.select import Router
from tradewire.settings.model import AccountSettings, Settings
from tradewire.sim.account import HeldPosition, PaperState
from tradewire.sim.exchange import Exchange
from tradewire.store.journal import Store

log = structlog.get_logger(__name__)

SECOND = 1_000_000_000
PAPER = "paper"


class CannotStart(Exception):
    """The hub cannot start; the sentence says why and what to do."""


class Wiring:
    """A wired engine. `tell` hands a notice to the notifiers; `measures` sees every committed row.

    Raises:
        CannotStart: an account or a route cannot be as configured.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        registry: Registry,
        store: Store,
        market: Market,
        exchange: Exchange,
        clock: Clock,
        tell: Callable[[Notice], None],
        measures: Taking | None = None,
        reconcile_every: float = RECONCILE_EVERY,
        regimes: Book = MappingProxyType({}),
    ) -> None:
        warm()
        self.left_out: dict[str, str] = {}
        """Accounts that cannot be used, and why."""
        self._settings, self._registry, self._store = settings, registry, store
        self._market, self._exchange, self._clock = market, exchange, clock
        self._reconcile_every = reconcile_every
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
            router = Router(reachable(settings.routes, frozenset(self.left_out)), live, regimes=regimes)
        except ValueError as error:
            raise CannotStart(str(error)) from error
        window = settings.engine.dedupe_window * SECOND
        self.inbox = Inbox(
            router, lambda message: renamed(read(message), aliases), describe, window=window, sent_at=sent_at
        )
        recovery.recall(store, self.inbox, clock.now() - window)
        self.engine = Engine(
            store=store,
            market=market,
            inbox=self.inbox,
            posts=posts,
            clock=clock,
            tell=tell,
            unfinished=lambda: recovery.unfinished(store, self.inbox, {post.id: post.state for post in posts}),
            snapshot_every=settings.engine.snapshot_every,
            measures=measures,
            programs=Programs(
                {
                    name: Setup(kind=program.program, account=program.account, params=program.params)
                    for name, program in settings.programs.items()
                    if program.enabled
                },
                store=store,
                posts={post.id: post for post in posts},
                market=market,
                clock=clock,
                tell=tell,
            ),
        )

    def _post(self, account: Account, settings: AccountSettings, exposure: Exposure) -> Post | None:
        """Return an account's place in the engine; None where its venue plug-in is broken (it is named in the log)."""
        try:
            plugin = self._registry.load(Kind.VENUE, settings.venue)
            config = plugin.config.model_validate(dict(settings.config))
        except (UnknownPlugin, PluginBroken, ValueError) as error:
            self._leave_out(account, error)
            return None
        state = recovery.folded(self._store, account.id, exposure)
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
                venue = paper = plugin.make(account, self._exchange, self._clock, config, paper_state(state, others))
                rebuild = lambda known: paper.rebuild(paper_state(known, others))  # noqa: E731
            else:
                venue = plugin.make(account, config, self._clock)
        except Exception as error:  # A stranger's plug-in may raise anything.
            self._leave_out(account, error)
            return None
        around = Around(
            market=self._market,
            capabilities=venue.capabilities,
            amends=isinstance(venue, Amends),
            policy=OutcomePolicy(alert_after=self._settings.engine.lookups_before_alert),
            profile=self._settings.risk[account.risk_profile],
            routes={route.name: route for route in self._settings.routes},
            leverage=Decimal(getattr(config, "leverage", 1)),
            other_cash={currency: amount for currency, amount in others.items() if currency != account.currency},
        )
        runner = VenueRunner(
            account.id,
            venue,
            self._clock,
            lambda name, event: self.engine.post_event(name, event),
            lambda name, snapshot: self.engine.reconcile(name, snapshot),
            lambda name, instruments: self.engine.listed(name, instruments),
            reconcile_every=self._reconcile_every,
        )
        return Post(
            account,
            state,
            around,
            runner,
            self._store,
            fold=lambda shared: (
                recovery.folded(self._store, account.id, shared) or AccountState(account, opening, 0, shared)
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
        now = self._clock.now()
        state = AccountState(account, balance, now, exposure)
        with self._store.transaction() as tx:
            kind, data = f.encode(f.Record(f.AccountBorn(account=account, balance=balance)))
            tx.append(stream_of(account.id), kind, now, data)
            tx.upsert("accounts", [projection.account_row(state, now)])
        state.seq = 1
        return state


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
