"""Changing the exits of an open trade. Pure: a plan and its state in, a plan and its state out."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from msgspec.structs import replace

from tradewire.domain.instrument import Instrument
from tradewire.domain.numbers import ONE, plain
from tradewire.domain.signal import Adjust, Breakeven, Target
from tradewire.exits.kernel import NOWHERE, State
from tradewire.exits.levels import Scale, StopLoosened, WrongSide, WrongSideTarget
from tradewire.exits.plan import ExitPlan
from tradewire.exits.resolve import breakeven_stop, planned_breakeven, planned_targets, planned_trail


def adjusted(
    plan: ExitPlan,
    state: State,
    change: Adjust,
    *,
    instrument: Instrument,
    atr: Decimal | None,
    price: Decimal | None = None,
    loosen: bool = False,
) -> tuple[ExitPlan, State]:
    """Return the plan and the state after a person's change. Distances are measured from the entry, as at its opening.

    `price` is what the trade could be closed at now: a level that it has passed already is refused. `loosen` allows a
    stop with more room than it has now; trailing and breakeven would take the room back at the next price, so they end
    unless the same change sets them.

    Raises:
        ExitError: the change cannot be; the subclass tells why.
    """
    scale = Scale(side=plan.side, entry=plan.entry, instrument=instrument, atr=atr, r=plan.r)
    if change.targets is not None:
        plan, state = with_targets(plan, state, change.targets, scale, price)
    looser = False
    if change.stop is not None:
        stop = scale.stop(change.stop)
        looser = plan.signed(stop, -NOWHERE) < state.stop
        if looser and not loosen:
            raise StopLoosened(f"the stop {plain(stop)} would be looser than it is now")
        plan, state = with_stop(plan, state, stop, price)
    elif change.breakeven_now:
        stop = breakeven_stop(change.breakeven or Breakeven(), scale)
        if plan.signed(stop, -NOWHERE) > state.stop:
            plan, state = with_stop(plan, state, stop, price)
    if change.trailing is not None:
        plan = replace(plan, trail=planned_trail(change.trailing, scale))
    elif looser:
        plan = without_trailing(plan)
    if change.breakeven is not None and not change.breakeven_now:
        plan = replace(plan, breakeven=planned_breakeven(change.breakeven, scale, plan.targets, state.rung))
    elif looser:
        plan = replace(plan, breakeven=None)
    return plan, state


def with_stop(plan: ExitPlan, state: State, stop: Decimal, price: Decimal | None) -> tuple[ExitPlan, State]:
    """Return the plan with its stop at a price on the tick.

    Raises:
        WrongSide: the price is through it already.
    """
    if price is not None and (price - stop) * plan.side.sign <= 0:
        raise WrongSide(f"the price {plain(price)} is through a stop at {plain(stop)} already")
    return replace(plan, stop=stop, initial_stop=stop), state._replace(stop=plan.signed(stop, -NOWHERE))


def with_targets(
    plan: ExitPlan, state: State, targets: Sequence[Target], scale: Scale, price: Decimal | None
) -> tuple[ExitPlan, State]:
    """Return the plan with other targets for what the targets done so far have left open.

    Breakeven after a target that is done has acted and ends; after a later one it counts on in the new targets.

    Raises:
        WrongSideTarget: the price has passed one already.
        BadFractions: they close more than is left.
    """
    closed = plan.closed + plan.share(0, state.rung)
    planned = planned_targets(targets, scale, ONE - closed)
    if planned and price is not None and (planned[0].price - price) * plan.side.sign <= 0:
        raise WrongSideTarget(f"the price {plain(price)} has passed a target at {plain(planned[0].price)} already")
    breakeven = plan.breakeven
    if breakeven is not None and breakeven.after_target is not None:
        ahead = min(breakeven.after_target - state.rung, len(planned))
        breakeven = replace(breakeven, after_target=ahead if ahead > 0 else None)
        if breakeven.at is None and breakeven.after_target is None:
            breakeven = None
    plan = replace(plan, targets=planned, closed=closed, breakeven=breakeven)
    return plan, State(state.stop, plan.beginning().target, 0)


def without_trailing(plan: ExitPlan) -> ExitPlan:
    """Return the plan with the stop staying where it is."""
    return replace(plan, trail=None)
