"""`iceberg`: a large limit order of which only a small piece rests at a time."""

from __future__ import annotations

from decimal import Decimal
from typing import Self

from pydantic import Field, model_validator

from tradewire.domain.numbers import plain
from tradewire.programs.base import Interest, Result, State, saying
from tradewire.programs.events import Ended, Event, Filled, Refused
from tradewire.programs.lines import entry
from tradewire.programs.slices import Sliced, SlicedParams, SlicedState, counted


class IcebergParams(SlicedParams):
    """A large limit order, and how much of it is shown."""

    limit: Decimal = Field(gt=0, description="price of every piece")
    show: Decimal = Field(gt=0, description="quantity of a piece in units")

    @model_validator(mode="after")
    def _smaller(self) -> Self:
        if self.show >= self.quantity:
            raise ValueError(f"show ({plain(self.show)}) must be less than quantity ({plain(self.quantity)})")
        if self.quantity / self.show > 1000:
            raise ValueError("more than 1000 pieces: show more")
        return self


class Iceberg(Sliced[IcebergParams, SlicedState]):
    """Lets one piece of a large limit order rest at a time, and the next once it is filled."""

    name = "iceberg"
    Params = IcebergParams
    Memory = SlicedState

    def start(self, params: IcebergParams, blank: State, now: int) -> Result[SlicedState]:
        """Say the first piece."""
        return self._next(params, SlicedState(name=blank.name, account=blank.account, said=blank.said))

    def interest(self, params: IcebergParams, state: SlicedState) -> Interest:
        """Wait for what becomes of the piece; after a pause, begin with the next at once."""
        return Interest() if state.working else Interest(moment=0)

    def step(self, params: IcebergParams, state: SlicedState, event: Event) -> Result[SlicedState]:
        """Say the next piece when one is filled; pause where one is refused, or ended by somebody."""
        match event:
            case Filled():
                after = counted(state, event)
                if after.filled >= params.quantity:
                    return Result(after, done=f"{plain(after.filled)} are filled")
                return Result(after) if after.working else self._next(params, after)
            case Ended(n=n) | Refused(n=n) if n in state.working:
                return Result(counted(state, event), pause=f"a piece was ended: {event.reason}")
            case Ended() | Refused():
                return Result(state)
        return Result(state) if state.working else self._next(params, state)

    def _next(self, params: IcebergParams, state: SlicedState) -> Result[SlicedState]:
        size = min(params.show, params.quantity - state.filled)
        line = entry(params.side, params.symbol, f"{plain(size)}u", params.exits, limit=params.limit)
        return saying(state, line, working={state.said + 1: size})

    def finish(self, params: IcebergParams, state: SlicedState) -> tuple[str, ...]:
        """Cancel the piece that rests."""
        return tuple(f"cancel {state.order(n)}" for n in state.working)
