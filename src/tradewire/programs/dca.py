"""`dca`: the same sum at each slot of a timetable (dollar cost averaging)."""

from __future__ import annotations

from decimal import Decimal

from msgspec.structs import replace
from pydantic import Field

from tradewire.domain.numbers import amount
from tradewire.domain.signal import Side
from tradewire.programs.base import Result, Symbol
from tradewire.programs.events import Filled
from tradewire.programs.lines import Exits, SizeWords, entry
from tradewire.programs.timed import Timed, TimedParams, TimedState


class DcaParams(TimedParams):
    """What is bought, how much of it, when, and up to what sum."""

    symbol: Symbol = Field(description="what is bought")
    size: SizeWords = Field(description="size of each purchase, as in a command: 80, 0.001u, 1%")
    exits: Exits = Field(default="", description="exits of each purchase, such as -sl 10%")
    max_invested: Decimal | None = Field(
        default=None, gt=0, description="it is done once so much was paid, in the currency of the symbol's price"
    )


class Dca(Timed[DcaParams]):
    """Buys the same size at each slot of a timetable, until a number of purchases or a sum is reached."""

    name = "dca"
    Params = DcaParams

    def line(self, params: DcaParams) -> str:
        """Return the purchase."""
        return entry(Side.BUY, params.symbol, params.size, params.exits)

    def on_filled(self, params: DcaParams, state: TimedState, event: Filled) -> Result[TimedState]:
        """Add up what was paid."""
        paid = replace(state, paid=state.paid + event.quantity * event.price)
        if params.max_invested is not None and paid.paid >= params.max_invested:
            return Result(paid, done=f"{amount(paid.paid)} of {amount(params.max_invested)} are invested")
        return Result(paid)

    def told(self, params: DcaParams, state: TimedState) -> str:
        """Return how many purchases there were, and what was paid."""
        return f"{super().told(params, state)}, {amount(state.paid)} paid"
