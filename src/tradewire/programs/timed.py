"""What `scheduled` and `dca` share: a line is said at each slot of a timetable, at most so many times.

What is refused does not count, and is not tried before the next slot. A program without a further slot waits a minute
for what becomes of its last line, and is done.
"""

from __future__ import annotations

from abc import abstractmethod
from decimal import Decimal
from typing import Self, TypeVar

from msgspec.structs import replace
from pydantic import Field, model_validator

from tradewire.domain.numbers import ZERO
from tradewire.programs.base import Interest, Params, Program, Result, State, saying
from tradewire.programs.events import Event, Filled, Moment, Refused
from tradewire.programs.slots import SECOND, Timetable, following

AFTERWARDS = 60 * SECOND


class TimedParams(Params):
    """A timetable and a limit."""

    schedule: Timetable = Field(default=Timetable(), description="when; see timetables")
    max_trades: int | None = Field(default=None, ge=1, description="it is done after so many")

    @model_validator(mode="after")
    def _can_begin(self) -> Self:
        if self.schedule.every == "once" and self.schedule.begin is None:
            raise ValueError("schedule: `every: once` needs `begin`, the moment")
        if self.schedule.every == "interval" and self.schedule.interval < 60:
            raise ValueError("schedule: an interval is a minute or more")
        return self


class TimedState(State, frozen=True, kw_only=True):
    """`slot`: what comes next (epoch ns; None: nothing, and it is done at `ends`); then what became of the others."""

    origin: int
    slot: int | None
    ends: int
    made: int = 0
    missed: int = 0
    refused: int = 0
    refusal: str | None = None
    paid: Decimal = ZERO


P = TypeVar("P", bound=TimedParams)


class Timed(Program[P, TimedState]):
    """Says `line` at each slot."""

    Memory = TimedState

    @abstractmethod
    def line(self, params: P) -> str:
        """Return the command that is said at a slot."""

    def start(self, params: P, blank: State, now: int) -> Result[TimedState]:
        """Begin with the first slot that comes; that of `once` may have been missed by as much as any other."""
        missable = params.schedule.late * SECOND if params.schedule.every == "once" else 0
        slot = following(params.schedule, now - missable, now)
        return Result(
            TimedState(name=blank.name, account=blank.account, said=blank.said, origin=now, slot=slot, ends=now)
        )

    def interest(self, params: P, state: TimedState) -> Interest:
        """Wait for the next slot."""
        return Interest(moment=state.ends if state.slot is None else state.slot)

    def step(self, params: P, state: TimedState, event: Event) -> Result[TimedState]:
        """Act on a slot once; note what became of a line."""
        match event:
            case Moment(ts=now):
                return self._on_moment(params, state, now)
            case Filled():
                return self.on_filled(params, state, event)
            case Refused(reason=reason):
                return Result(replace(state, made=state.made - 1, refused=state.refused + 1, refusal=reason))
        return Result(state)

    def on_filled(self, params: P, state: TimedState, event: Filled) -> Result[TimedState]:
        """Note a fill."""
        return Result(state)

    def _on_moment(self, params: P, state: TimedState, now: int) -> Result[TimedState]:
        if state.slot is None:
            if now < state.ends:
                return Result(state)
            refused = f"; the last refusal: {state.refusal}" if state.refusal else ""
            return Result(state, done=f"no slot is left{refused}")
        if now < state.slot:
            return Result(state)
        if params.max_trades is not None and state.made >= params.max_trades:
            return Result(state, done=f"its {params.max_trades} trades are made")
        slot = following(params.schedule, now, state.origin)
        ahead = replace(state, slot=slot, ends=now + AFTERWARDS)
        if now - state.slot > params.schedule.late * SECOND:
            return Result(replace(ahead, missed=state.missed + 1))
        return saying(ahead, self.line(params), made=state.made + 1)

    def told(self, params: P, state: TimedState) -> str:
        """Return how many lines were said, missed and refused."""
        words = [f"{state.made} made"]
        words += [f"{count} {word}" for count, word in ((state.missed, "missed"), (state.refused, "refused")) if count]
        return ", ".join(words)
