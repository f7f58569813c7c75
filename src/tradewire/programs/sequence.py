"""Sequences of trades whose size follows from the last result: martingale, anti-martingale, Fibonacci.

One trade after the other, all alike but for their size: each is opened when the one before is closed. The size is the
first stake times a multiple, which the kinds know.
"""

from __future__ import annotations

from abc import abstractmethod
from decimal import Decimal
from typing import Annotated, Literal, Self, TypeVar

from msgspec.structs import replace
from pydantic import AfterValidator, Field, model_validator

from tradewire.domain.numbers import ZERO, amount, plain
from tradewire.domain.policy import DurationText
from tradewire.domain.signal import Open, Side, Size
from tradewire.domain.values import parse_size, write_size
from tradewire.programs.base import Interest, Params, Program, Result, State, Symbol, saying
from tradewire.programs.events import Closed, Ended, Event, Moment, Refused
from tradewire.programs.lines import Exits, SizeWords, entry, signals_of
from tradewire.programs.slots import SECOND


def _bounded(text: str) -> str:
    (signal,) = signals_of(f"buy btc 1 {text}")
    if isinstance(signal, Open) and (signal.exits.stop is None or not signal.exits.targets):
        raise ValueError(f"{text!r} needs a stop and a target, such as -sl 1% -tp 1%: each trade must end by itself")
    return text


class SequenceParams(Params):
    """The trades of a sequence, and its caps."""

    symbol: Symbol = Field(description="what is traded")
    side: Literal["buy", "sell", "alternate"] = Field(
        default="buy", description="the side of each trade; alternate: the other side after a loss"
    )
    size: SizeWords = Field(description="the first stake, as in a command: 20, 0.001u, 1%")
    exits: Annotated[Exits, AfterValidator(_bounded)] = Field(
        description="a stop and a target for each trade, such as -sl 1% -tp 1%"
    )
    max_steps: int = Field(default=5, ge=1, le=12, description="so many raised stakes in a row at most")
    at_cap: Literal["reset", "pause"] = Field(
        default="pause", description="after the last step: begin again with the first stake, or pause"
    )
    max_trades: int | None = Field(default=None, ge=1, description="done after so many trades")
    max_loss: Decimal | None = Field(
        default=None, gt=0, description="done once so much is lost in all, in the account's currency"
    )
    wait: DurationText = Field(default=0, description="time between a trade's end and the next trade")

    @model_validator(mode="after")
    def _scalable(self) -> Self:
        parse_size(self.size)
        return self


class SequenceState(State, frozen=True, kw_only=True):
    """`step`: raised stakes in a row. `n`: the saying of the trade under way (0: none); `at`: when the next is due."""

    step: int = 0
    side: Side = Side.BUY
    n: int = 0
    at: int | None = None
    trades: int = 0
    won: int = 0
    net: Decimal = ZERO


P = TypeVar("P", bound=SequenceParams)


class Sequence(Program[P, SequenceState]):
    """Opens the next trade when the one before is closed."""

    Memory = SequenceState

    @abstractmethod
    def multiple(self, params: P, step: int) -> Decimal:
        """Return how many times the first stake the trade at a step is."""

    @abstractmethod
    def following(self, step: int, *, won: bool) -> int:
        """Return the step after a trade; 0 begins anew."""

    @property
    @abstractmethod
    def raises_on(self) -> str:
        """The word for what raises the stake: a loss, or a win."""

    def start(self, params: P, blank: State, now: int) -> Result[SequenceState]:
        """Wait for the first moment, which is now."""
        side = Side.SELL if params.side == "sell" else Side.BUY
        return Result(SequenceState(name=blank.name, account=blank.account, said=blank.said, side=side, at=now))

    def interest(self, params: P, state: SequenceState) -> Interest:
        """Wait for the next trade's moment, if there is one."""
        return Interest(moment=state.at)

    def step(self, params: P, state: SequenceState, event: Event) -> Result[SequenceState]:
        """Open the next trade; follow the result of the last."""
        match event:
            case Moment(ts=now) if state.at is not None and now >= state.at:
                size = write_size(self._size(params, state.step))
                line = entry(state.side, params.symbol, size, params.exits)
                return saying(state, line, n=state.said + 1, at=None, trades=state.trades + 1)
            case Closed(n=n, net=net, ts=ts) if n == state.n:
                return self._closed(params, state, net, ts)
            case Refused(n=n, reason=reason, ts=ts) if n == state.n:
                again = replace(state, n=0, at=ts, trades=state.trades - 1)
                return Result(again, pause=f"a trade was refused: {reason}")
            case Ended(n=n, filled=filled, reason=reason, ts=ts) if n == state.n and not filled:
                again = replace(state, n=0, at=ts, trades=state.trades - 1)
                return Result(again, pause=f"an order was ended: {reason}")
        return Result(state)

    def _closed(self, params: P, state: SequenceState, net: Decimal, ts: int) -> Result[SequenceState]:
        won = net > 0
        step = self.following(state.step, won=won)
        side = state.side.opposite if params.side == "alternate" and not won else state.side
        total = state.net + net
        after = replace(
            state,
            n=0,
            step=min(step, params.max_steps),
            side=side,
            at=ts + params.wait * SECOND,
            won=state.won + won,
            net=total,
        )
        if params.max_loss is not None and total <= -params.max_loss:
            return Result(replace(after, at=None), done=f"{amount(-total)} are lost: no more than that was allowed")
        if params.max_trades is not None and after.trades >= params.max_trades:
            return Result(replace(after, at=None), done=f"its {params.max_trades} trades are made")
        if step > params.max_steps:
            reset = replace(after, step=0)
            if params.at_cap == "reset":
                return Result(reset)
            return Result(reset, pause=f"{params.max_steps} raised stakes in a row: it would begin anew with the first")
        return Result(after)

    def _size(self, params: P, step: int) -> Size:
        stake = parse_size(params.size)
        return Size(stake.value * self.multiple(params, step), stake.unit)

    def stakes(self, params: P) -> tuple[Decimal, ...]:
        """Return all multiples from the first stake to the last that the cap allows."""
        return tuple(self.multiple(params, step) for step in range(params.max_steps + 1))

    def warning(self, params: P) -> str | None:
        """Say what a run of bad luck costs."""
        stakes = self.stakes(params)
        last = plain(stakes[-1])
        return (
            f"{self.name} raises the stake after each {self.raises_on}: the last of {len(stakes)} in a row is {last} "
            f"times the first, and together they are {plain(sum(stakes, ZERO))} times the first. No row of stakes "
            "turns a losing method into a winning one; it makes losses rarer and larger."
        )

    def told(self, params: P, state: SequenceState) -> str:
        """Return trades, wins, the present step and the result."""
        return (
            f"{state.trades} trades, {state.won} won, step {state.step} of {params.max_steps}, net {amount(state.net)}"
        )
