"""What `twap` and `iceberg` share: a large order in pieces, and what became of each."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Generic, TypeVar

from msgspec.structs import replace
from pydantic import Field

from tradewire.domain.numbers import ZERO, plain
from tradewire.domain.signal import Side
from tradewire.programs.base import Params, Program, State, Symbol
from tradewire.programs.events import Ended, Filled, Refused
from tradewire.programs.lines import Exits


class SlicedParams(Params):
    """A large order."""

    symbol: Symbol = Field(description="what is traded")
    side: Side = Field(default=Side.BUY, description="buy or sell")
    quantity: Decimal = Field(gt=0, description="the whole quantity in units: coins, ounces, shares")
    exits: Exits = Field(default="", description="exits of the trade that each piece opens, such as -sl 5%")


class SlicedState(State, frozen=True, kw_only=True):
    """`filled` of the whole; `working`: what each piece under way has left, by the number of its saying."""

    filled: Decimal = ZERO
    working: Mapping[int, Decimal] = {}
    refusal: str | None = None

    @property
    def asked(self) -> Decimal:
        return sum(self.working.values(), ZERO)


P = TypeVar("P", bound=SlicedParams)
S = TypeVar("S", bound=SlicedState)


class Sliced(Program[P, S], Generic[P, S]):
    """Counts what is filled."""

    def told(self, params: P, state: S) -> str:
        """Return how much of the whole is filled."""
        return f"{plain(state.filled)} of {plain(params.quantity)} filled"


def counted(state: S, event: Filled | Ended | Refused) -> S:
    """Return the state after a fill, or the end, of a piece."""
    working = dict(state.working)
    match event:
        case Filled(n=n, quantity=quantity, left=left):
            if n in working:
                working[n] = max(ZERO, working[n] - quantity)
                if not left:
                    del working[n]
            return replace(state, filled=state.filled + quantity, working=working)
        case Ended(n=n, reason=reason) | Refused(n=n, reason=reason):
            working.pop(n, None)
            return replace(state, working=working, refusal=reason)
