"""`twap`: a large order in equal pieces at equal times (time-weighted average price)."""

from __future__ import annotations

from decimal import Decimal
from typing import Self

from msgspec.structs import replace
from pydantic import Field, model_validator

from tradewire.domain.numbers import plain, quantity_down
from tradewire.domain.policy import DurationText
from tradewire.programs.base import Interest, Result, State, saying
from tradewire.programs.events import Ended, Event, Filled, Moment, Refused
from tradewire.programs.lines import entry
from tradewire.programs.slices import Sliced, SlicedParams, SlicedState, counted
from tradewire.programs.slots import SECOND

EXTRA = 3
"""Times more, after the last piece, in which what was left is tried once each."""


class TwapParams(SlicedParams):
    """A large order, the time that it takes, and its pieces."""

    duration: DurationText = Field(default=3600, description="from the first piece to the end")
    slices: int = Field(default=12, ge=2, le=1000, description="how many pieces")
    limit: Decimal | None = Field(
        default=None, gt=0, description="no piece at a worse price; what is left is tried later"
    )
    step: Decimal = Field(
        default=Decimal("0.00000001"), gt=0, description="pieces are multiples of it; the last has the rest"
    )

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if self.duration < self.slices:
            raise ValueError(f"{self.slices} pieces in {self.duration} s: leave a second for each at least")
        if self.quantity < self.step * self.slices:
            raise ValueError(
                f"{self.slices} pieces of {plain(self.quantity)} are less than the step {plain(self.step)}"
            )
        return self


class TwapState(SlicedState, frozen=True, kw_only=True):
    """`at`: when the next piece is due (epoch ns); `made`: pieces whose time has come."""

    at: int
    made: int = 0


class Twap(Sliced[TwapParams, TwapState]):
    """Enters a large order in equal pieces at equal times; what a piece leaves is shared by those that follow.

    Pieces that were missed (hub off, halted, paused) come later, at the same pace: never several at once.
    """

    name = "twap"
    Params = TwapParams
    Memory = TwapState

    def start(self, params: TwapParams, blank: State, now: int) -> Result[TwapState]:
        """Begin at once."""
        return Result(TwapState(name=blank.name, account=blank.account, said=blank.said, at=now))

    def interest(self, params: TwapParams, state: TwapState) -> Interest:
        """Wait for the next piece's time."""
        return Interest(moment=state.at)

    def step(self, params: TwapParams, state: TwapState, event: Event) -> Result[TwapState]:
        """Say what is due; count what is filled."""
        match event:
            case Moment(ts=now):
                return self._on_moment(params, state, now)
            case Filled() | Ended() | Refused():
                after = counted(state, event)
                if after.filled >= params.quantity:
                    return Result(after, done=f"{plain(after.filled)} are filled")
                return Result(after)
        return Result(state)

    def _on_moment(self, params: TwapParams, state: TwapState, now: int) -> Result[TwapState]:
        if now < state.at:
            return Result(state)
        left = params.quantity - state.filled - state.asked
        if state.made >= params.slices + EXTRA:
            why = f": {state.refusal}" if state.refusal else ""
            return Result(state, done=f"{plain(left)} of {plain(params.quantity)} could not be filled{why}")
        width = params.duration * SECOND // params.slices
        after = replace(state, made=state.made + 1, at=state.at + width if now < state.at + width else now + width)
        pieces = max(1, params.slices - state.made)
        size = left if pieces == 1 else quantity_down(left / pieces, params.step)
        if size <= 0:
            return Result(after)
        flags = params.exits if params.limit is None else f"-tif ioc {params.exits}".strip()
        line = entry(params.side, params.symbol, f"{plain(size)}u", flags, limit=params.limit)
        return saying(after, line, working={**state.working, state.said + 1: size})
