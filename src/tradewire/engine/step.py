"""One step of a desk: what it may look at, what it decides (facts), and what it asks for (commands)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Protocol

from msgspec import Struct

from tradewire.domain.instrument import Instrument, Quote
from tradewire.domain.order import OrderRequest, OrderTerms
from tradewire.domain.refusal import Code, Refusal
from tradewire.engine import facts as f
from tradewire.engine.folding import apply
from tradewire.engine.state import AccountState
from tradewire.oms.outcome import OutcomePolicy
from tradewire.ports import Capabilities
from tradewire.risk.profile import RiskProfile
from tradewire.routing.route import Route


class Submit(Struct, frozen=True):
    """Hand an order to the venue."""

    request: OrderRequest


class Cancel(Struct, frozen=True):
    """Ask the venue to withdraw the rest of an order."""

    client_order_id: str


class Amend(Struct, frozen=True):
    """Ask the venue for other terms of an order."""

    client_order_id: str
    terms: OrderTerms


class LookUp(Struct, frozen=True):
    """Ask the venue at `at` (epoch ns) what became of an order; unless `always`, only if it is still unanswered."""

    client_order_id: str
    since: int
    at: int
    always: bool = False


class Ring(Struct, frozen=True):
    """Come back with `TimerRang(what)` at time `at` (epoch ns)."""

    what: str
    at: int


class Tell(Struct, frozen=True):
    """Tell a person."""

    severity: str
    title: str
    body: str


Command = Submit | Cancel | Amend | LookUp | Ring | Tell


class Surroundings(Protocol):
    """What a desk may know besides its own state; fixed for the length of a step."""

    @property
    def now(self) -> int: ...
    @property
    def ready(self) -> bool: ...
    @property
    def capabilities(self) -> Capabilities: ...
    @property
    def amends(self) -> bool: ...
    @property
    def policy(self) -> OutcomePolicy: ...
    @property
    def profile(self) -> RiskProfile: ...
    @property
    def other_cash(self) -> Mapping[str, Decimal]:
        """What the account has in further currencies: it stays as it is, and counts at the rates of now."""

    def route(self, name: str) -> Route | None: ...
    def quote(self, symbol: str) -> Quote | None: ...
    def instrument(self, symbol: str) -> Instrument | None: ...
    def known_symbols(self) -> tuple[str, ...]: ...
    def atr(self, symbol: str) -> Decimal | None: ...
    def rate(self, source: str, target: str) -> Decimal | None: ...
    def leverage(self, symbol: str) -> Decimal: ...
    def session_end(self, symbol: str) -> int | None: ...
    def day_end(self, symbol: str) -> int: ...


class Step:
    """Collects the facts and commands of one step. A fact is folded as soon as it is said: what follows sees it."""

    def __init__(self, state: AccountState, around: Surroundings, seq: int) -> None:
        self.state = state
        self.around = around
        self.seq = seq
        self.acting: str | None = None
        """The signal that is being acted on."""
        self.facts: list[f.AccountFact] = []
        self.commands: list[Command] = []

    def say(self, fact: f.AccountFact) -> None:
        """Decide a fact."""
        self.facts.append(fact)
        apply(self.state, fact, self.seq)

    def ask(self, command: Command) -> None:
        """Ask for something to be done after the commit."""
        self.commands.append(command)

    def refuse(self, signal_id: str, code: Code, sentence: str) -> None:
        """Refuse a signal with its reason."""
        self.say(f.PlanRefused(signal_id=signal_id, refusal=Refusal(code, sentence)))

    def alert(self, severity: str, title: str, body: str) -> None:
        """Tell a person, and keep in the journal that it was told."""
        self.say(f.Alerted(severity=severity, title=title, body=body, ts=self.around.now))
        self.ask(Tell(severity, title, body))

    def submit(self, request: OrderRequest) -> None:
        """Record an order; it is handed over after the commit, and looked up if the venue stays silent."""
        self.say(f.Submitting(request))
        self.ask(Submit(request))
        at = self.around.now + self.around.policy.answer_within
        self.ask(LookUp(request.client_order_id, request.submitted_at, at))
