"""An entry against trades that are open the other way in its symbol: what the owner has settled for that."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from msgspec import Struct

from tradewire.domain.policy import Opposite
from tradewire.domain.refusal import Code, Refusal
from tradewire.domain.signal import Open, Side
from tradewire.risk.words import counted


class OpenTrade(Protocol):
    """What must be known of an open trade."""

    @property
    def id(self) -> str: ...
    @property
    def symbol(self) -> str: ...
    @property
    def side(self) -> Side: ...


class Proceed(Struct, frozen=True, tag="proceed"):
    """Nothing stands against the entry."""


class Ignore(Struct, frozen=True, tag="ignore"):
    """The entry is refused; what is open stays."""

    refusal: Refusal


class CloseOnly(Struct, frozen=True, tag="close_only"):
    """The entry only closes these trades (ids)."""

    trades: tuple[str, ...]


class CloseThenOpen(Struct, frozen=True, tag="close_then_open"):
    """Close these trades (ids); the entry goes to the gate once all of them are confirmed closed."""

    trades: tuple[str, ...]


def opposite(
    signal: Open, open_trades: Iterable[OpenTrade], policy: Opposite
) -> Proceed | Ignore | CloseOnly | CloseThenOpen:
    """Decide what an entry does about the trades against it. Those of other symbols or on its side do not count."""
    against = tuple(
        trade.id for trade in open_trades if trade.symbol == signal.symbol and trade.side is not signal.side
    )
    if not against:
        return Proceed()
    kind = signal.side.opposite
    held = counted(len(against), f"{kind} trade of {signal.symbol} is", f"{kind} trades of {signal.symbol} are")
    match policy:
        case Opposite.ALLOW:
            return Proceed()
        case Opposite.IGNORE:
            return Ignore(
                Refusal(
                    Code.OPPOSITE_IGNORED,
                    f"{held} open, and this account ignores signals against its trades.",
                )
            )
        case Opposite.CLOSE:
            return CloseOnly(against)
        case Opposite.REVERSE:
            return CloseThenOpen(against)
