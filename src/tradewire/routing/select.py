"""From a signal to the accounts that it is for.

1. A message that came in at an account's own entrance goes to that account and nowhere else.
2. `-e` names accounts or venues (an account's id wins over a venue of the same name). The owner's own entrances
   (`OWNER_SOURCES`) may name any; a message from anywhere else stays within the accounts to which its routes lead, so
   that a stranger in a channel cannot name the live account. What the hub itself says as its configuration tells it
   (`HUB_SOURCES`: strategies, programs, schedules) may name any too, but a route that takes and holds back its entry
   holds it back: only a person insists.
3. Otherwise the routes decide. Where none takes it, an owner's entry still finds the only account there is, and an
   owner's close, change or cancel goes to every account: each says itself whether there is anything to do. A hub with
   one account and no routes at all needs none.
4. A webhook trades like an owner's entrance as long as there are no routes. It never adopts, halts, resumes or flattens
   unless a route lists that: whoever knows its URL is not the owner.
5. A stop is loosened (`-force`) by the owner alone: no route lets anybody else insist.

An account is reached once, with the settings of the first route (in their order) that leads to it. Accounts come in
their own order, so the same signal always gives the same list.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from types import MappingProxyType

from msgspec import Struct

from tradewire.domain.account import Account
from tradewire.domain.message import Message
from tradewire.domain.policy import AS_PROFILED, Overrides
from tradewire.domain.refusal import Code, Refusal
from tradewire.domain.regime import Book
from tradewire.domain.signal import Adjust, Adopt, Control, Open, Signal
from tradewire.domain.symbols import nearest
from tradewire.routing.matching import Matcher, compiled, kind_of, passes
from tradewire.routing.route import RegimeFilter, Route

OWNER_SOURCES = frozenset({"api", "cli", "console", "dashboard"})
"""Entrances that only the owner can use: `-e` reaches every account from there."""

HUB_SOURCES = frozenset({"strategy", "program", "schedule"})
"""What speaks for the owner by itself, because the configuration says so."""

WEBHOOK = "hook"

_OWNERS_WORDS = (Adopt, Control)
"""What only the owner may ask for; from anywhere else a route must list it, even at an account's own entrance."""


class Destination(Struct, frozen=True):
    """One account that a signal is for, and what its route changes (`AS_PROFILED` where no route led here)."""

    account: Account
    route: Overrides = AS_PROFILED

    @property
    def risk_profile(self) -> str:
        """Name of the risk profile that holds: the route's, else the account's."""
        return self.route.risk_profile or self.account.risk_profile


class Router:
    """The routes and accounts of one configuration, indexed; but for regimes, answers are the same for ever."""

    def __init__(
        self,
        routes: Sequence[Route],
        accounts: Sequence[Account],
        owners: frozenset[str] = OWNER_SOURCES | HUB_SOURCES,
        regimes: Book = MappingProxyType({}),
    ) -> None:
        """Index them; `regimes` is how the markets stand, as it is at each signal.

        Raises:
            ValueError: a route leads to an account that does not exist.
        """
        self._owners = owners
        self._regimes = regimes
        self._accounts = tuple(accounts)
        self._names: dict[str, list[int]] = {}
        for index, account in enumerate(self._accounts):
            self._names.setdefault(account.venue.lower(), []).append(index)
        for index, account in enumerate(self._accounts):
            self._names[account.id.lower()] = [index]
        self._routes = tuple(route for route in routes if route.enabled)
        self._matchers = tuple(Matcher(route.match) for route in self._routes)
        self._reach = tuple(self._reached(route) for route in self._routes)
        self._everywhere = tuple(Destination(account) for account in self._accounts)
        self._merged = lru_cache(maxsize=1024)(self._merge)

    def select(self, signal: Signal, message: Message) -> tuple[Destination, ...] | Refusal:
        """Return the accounts that the signal is for, in the order of the accounts, or why there are none."""
        if isinstance(signal, Adjust) and signal.force and message.source not in self._owners:
            return Refusal(Code.FORBIDDEN, f"Only you may loosen a stop (-force), not {_origin(message)}.")
        taken = tuple(i for i, matcher in enumerate(self._matchers) if matcher.takes(signal, message))
        open_routes, held = self._filtered(signal, message, taken)
        if message.account is not None or signal.destinations:
            closed = tuple(i for i in taken if i not in open_routes)
            return self._named(signal, message, open_routes, closed, held)
        if open_routes:
            return self._merged(open_routes)
        if held is not None:
            return held
        return self._unrouted(signal, message)

    def _named(
        self,
        signal: Signal,
        message: Message,
        routes: tuple[int, ...],
        closed: tuple[int, ...],
        held: Refusal | None,
    ) -> tuple[Destination, ...] | Refusal:
        wanted = self._wanted(signal.destinations)
        if isinstance(wanted, Refusal):
            return wanted
        free = self._is_free(signal, message)
        if message.account is not None:
            own = self._names.get(message.account.lower())
            if own is None:
                return self._unknown(message.account)
            if wanted and not set(own) <= wanted:
                named = ", ".join(signal.destinations)
                return Refusal(
                    Code.FORBIDDEN, f"This entrance belongs to the account {message.account} and cannot reach {named}."
                )
            wanted, free = set(own), free or not isinstance(signal, _OWNERS_WORDS)
        led = {self._index(destination): destination for destination in self._merged(routes)}
        barred = {self._index(d) for d in self._merged(closed)} if message.source in HUB_SOURCES else set()
        found = tuple(led.get(i, self._everywhere[i]) for i in sorted(wanted) if i in led or (free and i not in barred))
        if found:
            return found
        where = ", ".join(signal.destinations) or message.account
        remedy = _remedy(signal, "add the account to a route of this channel")
        return held or Refusal(Code.FORBIDDEN, f"No route leads from {_origin(message)} to {where}: {remedy}.")

    def _unrouted(self, signal: Signal, message: Message) -> tuple[Destination, ...] | Refusal:
        count = len(self._accounts)
        if not count:
            return Refusal(Code.NO_ROUTE, "There is no account: add one to the configuration.")
        free = self._is_free(signal, message)
        if free:
            if count == 1 or not isinstance(signal, Open):
                return self._everywhere
        elif count == 1 and not self._routes and not isinstance(signal, _OWNERS_WORDS):
            return self._everywhere
        remedy = _remedy(signal, f"add one that matches{', or name an account with -e' if free else ''}")
        return Refusal(Code.NO_ROUTE, f"No route takes this signal from {_origin(message)}: {remedy}.")

    def _is_free(self, signal: Signal, message: Message) -> bool:
        """Tell whether the signal may go to any account, whatever the routes say."""
        if message.source in self._owners:
            return True
        return message.source == WEBHOOK and not self._routes and not isinstance(signal, _OWNERS_WORDS)

    def _filtered(
        self, signal: Signal, message: Message, taken: tuple[int, ...]
    ) -> tuple[tuple[int, ...], Refusal | None]:
        """Return the routes that are open to an entry now, and why the first of the others is not."""
        if not isinstance(signal, Open):
            return taken, None
        held: Refusal | None = None
        passed = []
        for index in taken:
            route = self._routes[index]
            if not route.lets(signal.side):
                held = held or Refusal(
                    Code.ONE_DIRECTION, f"The route {route.name} takes {route.direction} entries only."
                )
            elif route.hours and not any(window.contains(message.ts_init) for window in route.hours):
                held = held or Refusal(Code.OUTSIDE_HOURS, f"The route {route.name} is outside its hours.")
            elif route.regime is not None and (why := self._objection(route.regime, signal, message)):
                held = held or Refusal(Code.REGIME, f"The route {route.name} is closed: {why}.")
            else:
                passed.append(index)
        return tuple(passed), held

    def _objection(self, wanted: RegimeFilter, signal: Open, message: Message) -> str | None:
        judged = self._regimes.get((signal.symbol, wanted.timeframe))
        return wanted.objection(signal.symbol, signal.side, judged, message.ts_init)

    def _wanted(self, names: Iterable[str]) -> set[int] | Refusal:
        wanted: set[int] = set()
        for name in names:
            indices = self._names.get(name.lower())
            if indices is None:
                return self._unknown(name)
            wanted.update(indices)
        return wanted

    def _unknown(self, name: str) -> Refusal:
        near = nearest(name, self._names)
        hint = f" Did you mean {near}?" if near else ""
        return Refusal(Code.UNKNOWN_ACCOUNT, f"There is no account or venue called {name}.{hint}")

    def _reached(self, route: Route) -> tuple[Destination, ...]:
        reached: set[int] = set()
        for pattern in route.accounts:
            if set(pattern) & set("*?["):
                expression = compiled((pattern,))
                reached.update(i for i, account in enumerate(self._accounts) if passes(expression, account.id))
                continue
            indices = self._names.get(pattern.lower())
            if indices is None:
                raise ValueError(f"Route {route.name}: {self._unknown(pattern).sentence}")
            reached.update(indices)
        return tuple(Destination(self._accounts[i], route) for i in sorted(reached))

    def _merge(self, routes: tuple[int, ...]) -> tuple[Destination, ...]:
        first: dict[int, Destination] = {}
        for route in routes:
            for destination in self._reach[route]:
                first.setdefault(self._index(destination), destination)
        return tuple(first[i] for i in sorted(first))

    def _index(self, destination: Destination) -> int:
        return self._names[destination.account.id.lower()][0]


def select(
    signal: Signal, message: Message, routes: Sequence[Route], accounts: Sequence[Account]
) -> tuple[Destination, ...] | Refusal:
    """Answer for one signal; whoever asks more than once keeps a `Router`."""
    return Router(routes, accounts).select(signal, message)


def _remedy(signal: Signal, remedy: str) -> str:
    """Return what makes a route take the signal: the remedy, or for what only the owner may ask, who may."""
    if not isinstance(signal, _OWNERS_WORDS):
        return remedy
    word = signal.action if isinstance(signal, Control) else "adopt"
    return f"only you may {word}, or a route that lists {kind_of(signal)} under kinds"


def _origin(message: Message) -> str:
    return f"{message.source}/{message.channel}" if message.channel else message.source
