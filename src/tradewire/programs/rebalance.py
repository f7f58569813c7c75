"""`rebalance`: a portfolio is brought back to its weights when it has left a band around them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Context, Decimal
from typing import Annotated, Self

from msgspec.structs import replace
from pydantic import Field, model_validator

from tradewire.domain.numbers import HUNDRED, ZERO, plain, quantity_down
from tradewire.programs.base import Interest, Params, Program, Result, State, Symbol, saying
from tradewire.programs.events import Event, Holdings, Moment, Refused
from tradewire.programs.slots import SECOND, Timetable, following

Percent = Annotated[Decimal, Field(ge=0, le=100)]
FINEST = Decimal("0.00000001")
SHOWN = Context(prec=4)


class RebalanceParams(Params):
    """Weights, the band around them, and when they are looked at."""

    targets: Mapping[Symbol, Percent] = Field(
        min_length=1, description="what each symbol should be worth, in percent of the equity; the rest stays cash"
    )
    band: Decimal = Field(
        default=Decimal(2), gt=0, le=50, description="so many percent points may a weight be off before it is mended"
    )
    schedule: Timetable = Field(default=Timetable(), description="when it is looked at; see timetables")
    min_value: Decimal = Field(
        default=Decimal(10), ge=0, description="no smaller change than this, in the account's currency"
    )

    @model_validator(mode="after")
    def _at_most_all(self) -> Self:
        total = sum(self.targets.values(), ZERO)
        if total > HUNDRED:
            raise ValueError(f"the targets add up to {plain(total)} %: 100 at most")
        if self.schedule.every == "once" and self.schedule.begin is None:
            raise ValueError("schedule: `every: once` needs `begin`, the moment")
        if self.schedule.every == "interval" and self.schedule.interval < 60:
            raise ValueError("schedule: an interval is a minute or more")
        return self


class RebalanceState(State, frozen=True, kw_only=True):
    """`slot`: when it looks next (epoch ns; None: never again); what it saw and did so far."""

    origin: int
    slot: int | None
    looks: int = 0
    mended: int = 0
    weights: Mapping[str, Decimal] = {}
    refusal: str | None = None


class Rebalance(Program[RebalanceParams, RebalanceState]):
    """Buys and closes what brings the weights of a portfolio back, where one is out of its band."""

    name = "rebalance"
    Params = RebalanceParams
    Memory = RebalanceState

    def start(self, params: RebalanceParams, blank: State, now: int) -> Result[RebalanceState]:
        """Wait for the first slot."""
        missable = params.schedule.late * SECOND if params.schedule.every == "once" else 0
        slot = following(params.schedule, now - missable, now)
        return Result(RebalanceState(name=blank.name, account=blank.account, said=blank.said, origin=now, slot=slot))

    def interest(self, params: RebalanceParams, state: RebalanceState) -> Interest:
        """Wait for the next slot, and be told then what the account has."""
        return Interest(moment=0 if state.slot is None else state.slot, holdings=tuple(params.targets))

    def step(self, params: RebalanceParams, state: RebalanceState, event: Event) -> Result[RebalanceState]:
        """Mend what is out of its band, once a slot."""
        match event:
            case Moment(ts=now, holdings=holdings) if holdings is not None:
                if state.slot is None:
                    return Result(state, done="no slot is left")
                if now < state.slot:
                    return Result(state)
                ahead = replace(state, slot=following(params.schedule, now, state.origin))
                if now - state.slot > params.schedule.late * SECOND:
                    return Result(ahead)
                return self._look(params, ahead, holdings)
            case Refused(reason=reason):
                return Result(replace(state, refusal=reason))
        return Result(state)

    def _look(self, params: RebalanceParams, state: RebalanceState, holdings: Holdings) -> Result[RebalanceState]:
        lines = mending(params, holdings)
        weights = {symbol: SHOWN.plus(weight) for symbol, weight in weights_of(params, holdings).items()}
        return saying(state, *lines, looks=state.looks + 1, mended=state.mended + bool(lines), weights=weights)

    def told(self, params: RebalanceParams, state: RebalanceState) -> str:
        """Return the weights when it looked last."""
        weights = ", ".join(f"{symbol} {plain(weight)} %" for symbol, weight in state.weights.items())
        refused = f"; last refusal: {state.refusal}" if state.refusal else ""
        return f"{state.looks} looks, {state.mended} mended; {weights or 'nothing seen yet'}{refused}"


def weights_of(params: RebalanceParams, holdings: Holdings) -> dict[str, Decimal]:
    """Return the weight of each symbol in percent of the equity, where its price is known."""
    if holdings.equity <= 0:
        return {}
    return {
        symbol: holdings.quantities.get(symbol, ZERO) * holdings.worth[symbol] * HUNDRED / holdings.equity
        for symbol in params.targets
        if holdings.worth.get(symbol)
    }


def mending(params: RebalanceParams, holdings: Holdings) -> list[str]:
    """Return the lines that bring what is out of its band back to its weight: what is closed first.

    A short position is left alone: the weights are those of what is owned.
    """
    closing, buying = [], []
    for symbol, weight in weights_of(params, holdings).items():
        target, worth = params.targets[symbol], holdings.worth[symbol]
        held = holdings.quantities.get(symbol, ZERO)
        if abs(weight - target) <= params.band or held < 0:
            continue
        value = abs(weight - target) * holdings.equity / HUNDRED
        if value < params.min_value:
            continue
        quantity = plain(quantity_down(value / worth, FINEST))
        if weight > target:
            whole = "" if not target else f" {quantity}u"
            closing.append(f"close {symbol.lower()} long{whole}")
        else:
            buying.append(f"buy {symbol.lower()} {quantity}u")
    return closing + buying
