"""What a program is: parameters, a state, and a pure step from an event to the next state and to what is said.

What it says are command lines, numbered from 1 on. It neither places an order nor looks at a clock: what becomes of a
saying comes back to it as an event with the saying's number.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Generic, TypeVar

from msgspec import Struct
from msgspec.structs import replace
from pydantic import AfterValidator, StringConstraints

from tradewire.domain import ids
from tradewire.domain.policy import Policy
from tradewire.domain.symbols import canonical
from tradewire.programs.events import Event

SOURCE = "program"
"""The source of the messages in which programs speak; their channel is the program's name."""
ENTRY = "entry"


def _symbol(text: str) -> str:
    return canonical(text) or text.upper()


Symbol = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]{1,20}$"), AfterValidator(_symbol)]
"""A symbol as people write it; it is kept in its canonical form."""


class Params(Policy):
    """Parameters of a program: each field has bounds and a description, and a default where one makes sense."""


class State(Struct, frozen=True, kw_only=True):
    """What a program remembers. `said` is the number of its last saying."""

    name: str
    account: str
    said: int = 0

    def signal(self, n: int) -> str:
        """Return the id of the signal that saying `n` becomes."""
        return signal_of(self.name, n)

    def order(self, n: int) -> str:
        """Return the id of the entry order of saying `n`."""
        return ids.client_order_id(self.signal(n), self.account, ENTRY)

    def trade(self, n: int) -> str:
        """Return the id of the trade that saying `n` opens."""
        return ids.trade_id(self.order(n))


class Band(Struct, frozen=True):
    """A program sleeps while a symbol's price stays between two levels; None: there is no level on that side."""

    low: Decimal | None = None
    high: Decimal | None = None

    def is_left(self, bid: Decimal, ask: Decimal) -> bool:
        """Tell whether a price is at a level, or beyond it."""
        return (self.low is not None and bid <= self.low) or (self.high is not None and ask >= self.high)


class BarWatch(Struct, frozen=True):
    """Bars that a program wants to hear of, with figures such as `close` and `rsi(14)`."""

    symbol: str
    timeframe_s: int
    figures: tuple[str, ...] = ()


class Interest(Struct, frozen=True, kw_only=True):
    """When a program wants to be woken besides by what happens to its own orders and trades."""

    prices: Mapping[str, Band] = {}
    moment: int | None = None
    holdings: tuple[str, ...] = ()
    """Symbols whose holdings come with a moment."""


P = TypeVar("P", bound=Params)
S = TypeVar("S", bound=State)


class Result(Struct, Generic[S], frozen=True):
    """What a step leads to. `pause`: it goes on only when a person lets it; `done`: it has come to its end."""

    state: S
    say: tuple[str, ...] = ()
    pause: str | None = None
    done: str | None = None


class Program(ABC, Generic[P, S]):
    """One kind of program. Subclass it, name its `Params` and its `Memory` (the state), write the functions."""

    name: ClassVar[str]
    """The word by which people call it: `dca`."""
    Params: type[P]
    Memory: type[S]

    @abstractmethod
    def start(self, params: P, blank: State, now: int) -> Result[S]:
        """Return the first state, with name, account and number of `blank`, at `now` (epoch ns)."""

    @abstractmethod
    def step(self, params: P, state: S, event: Event) -> Result[S]:
        """Return what an event leads to; the same event in the same state always leads to the same."""

    @abstractmethod
    def interest(self, params: P, state: S) -> Interest:
        """Return when it wants to be woken."""

    def finish(self, params: P, state: S) -> tuple[str, ...]:
        """Return what is said when a person stops it: orders that rest are cancelled, trades keep their exits."""
        return ()

    def warning(self, params: P) -> str | None:
        """Return what its owner must know of the danger, in plain words; None where there is none."""
        return None

    def bars(self, params: P) -> tuple[BarWatch, ...]:
        """Return the bars that it wants to hear of when they close."""
        return ()

    def both_ways(self, params: P) -> bool:
        """Tell whether it may be long and short in one symbol at once, which not every account lets it."""
        return False

    def told(self, params: P, state: S) -> str:
        """Return in a few words how it stands."""
        return ""


def signal_of(name: str, n: int) -> str:
    """Return the id of the signal that saying `n` of the program `name` becomes."""
    return ids.signal_id(message_of(name, n), 0)


def message_of(name: str, n: int) -> str:
    """Return the id of the message in which the program `name` says its `n`-th word."""
    return ids.message_id(SOURCE, name, f"id:{external_id(name, n)}", 0)


def external_id(name: str, n: int) -> str:
    """Return by what the inbox knows a saying again."""
    return f"{name}:{n}"


def saying(state: S, *texts: str, **changes: Any) -> Result[S]:
    """Return a result that says `texts`, in a state with these changes and the number of the last of them."""
    return Result(replace(state, said=state.said + len(texts), **changes), texts)
