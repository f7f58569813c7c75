"""From the exits that a person asked for to a plan of prices, once the entry is known."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from tradewire.domain.instrument import Instrument
from tradewire.domain.numbers import HUNDRED, ONE, ZERO, Rounding, plain, to_step
from tradewire.domain.signal import Breakeven, ExitSpec, Side, Target, Trailing, Unit
from tradewire.exits.kernel import MAX_TARGETS
from tradewire.exits.levels import BadFractions, BadRule, Scale, WrongSide, WrongSideTarget
from tradewire.exits.plan import ExitPlan, PlannedBreakeven, PlannedTarget, PlannedTrail

SECOND = 1_000_000_000
FRACTION_STEP = Decimal("0.000001")
"""Equal shares are rounded down to this; the last of them takes what is left, so that the whole is closed."""


def resolve(
    spec: ExitSpec,
    side: Side,
    entry: Decimal,
    instrument: Instrument,
    *,
    atr: Decimal | None,
    opened_at: int,
    session_end_at: int | None = None,
    entered: bool = False,
) -> ExitPlan:
    """Return the exits as prices for an entry at `entry` and `opened_at` (epoch ns).

    Every level is rounded to the tick so that the trade is never worse protected than asked: a stop towards the market,
    what lies in profit towards the entry, a trailing distance down. Where the symbol's session never ends
    (`session_end_at` None), closing at its end never comes.

    `entered` says that the fill has happened: a level that the price has jumped already is kept then, and acts at the
    next price, because a trade that is open must not be left without its exits.

    Raises:
        ExitError: the exits cannot be; the subclass tells why.
    """
    scale = Scale(side=side, entry=entry, instrument=instrument, atr=atr, r=None)
    stop = None
    if spec.stop is not None:
        stop = scale.stop(spec.stop)
        if scale.gain(stop) >= 0 and not entered:
            where = "below" if side is Side.BUY else "above"
            raise WrongSide(f"the stop {plain(stop)} is not {where} the entry {plain(entry)}")
    r = None if stop is None else abs(entry - stop)
    trail = None
    initial_stop = stop
    if spec.trailing is not None:
        trail = planned_trail(spec.trailing, _with_r(scale, r))
        first = _first_trailing_stop(trail, scale)
        if first is not None and (stop is None or (first - stop) * side.sign > 0):
            initial_stop = first
    if r is None and initial_stop is not None:
        r = abs(entry - initial_stop)
    scale = _with_r(scale, r)
    targets = planned_targets(spec.targets, scale, ONE)
    if targets and scale.gain(targets[0].price) <= 0 and not entered:
        where = "above" if side is Side.BUY else "below"
        raise WrongSideTarget(f"the target {plain(targets[0].price)} is not {where} the entry {plain(entry)}")
    return ExitPlan(
        side=side,
        entry=entry,
        stop=stop,
        initial_stop=initial_stop,
        r=r,
        targets=targets,
        trail=trail,
        breakeven=None if spec.breakeven is None else planned_breakeven(spec.breakeven, scale, targets),
        time_limit_at=None if spec.time_limit_s is None else opened_at + spec.time_limit_s * SECOND,
        session_end_at=session_end_at if spec.session_end else None,
    )


def planned_targets(targets: Sequence[Target], scale: Scale, whole: Decimal) -> tuple[PlannedTarget, ...]:
    """Return the targets nearest first, with all fractions; those without one share what the others leave of `whole`.

    Raises:
        BadFractions: they close nothing, or more than `whole`.
        BadRule: there are more than the kernel holds.
    """
    if len(targets) > MAX_TARGETS:
        raise BadRule(f"there are {len(targets)} targets, but a trade can have {MAX_TARGETS} at most")
    named = [target.fraction for target in targets if target.fraction is not None]
    for fraction in named:
        if not ZERO < fraction <= ONE:
            raise BadFractions(f"a target cannot close {plain(fraction * HUNDRED)} % of the trade")
    left, sharers = whole - sum(named, ZERO), len(targets) - len(named)
    if left < 0:
        raise BadFractions(f"the targets close {plain(-left * HUNDRED)} % of the trade more than there is")
    if sharers and left < FRACTION_STEP * sharers:
        raise BadFractions("the targets with a fraction leave nothing for those without one")
    planned = sorted(
        ((scale.profit(target.level, "target"), target.fraction) for target in targets),
        key=lambda each: each[0] * scale.side.sign,
    )
    result = []
    for price, asked in planned:
        share = asked
        if share is None:
            share = left if sharers == 1 else to_step(left / sharers, FRACTION_STEP, Rounding.DOWN)
            left, sharers = left - share, sharers - 1
        result.append(PlannedTarget(price, share))
    return tuple(result)


def planned_trail(trailing: Trailing, scale: Scale) -> PlannedTrail:
    """Return a trailing stop in prices; percent stays percent, of the best price.

    Raises:
        BadRule: 100 % or more, or less than one tick.
    """
    tick, asked = scale.instrument.tick_size, trailing.distance
    length = scale.length(asked, "trailing distance")
    if asked.unit is Unit.PERCENT and asked.value >= HUNDRED:
        raise BadRule(f"a trailing stop {plain(asked.value)} % below the price would never act")
    if length < tick:
        raise BadRule(f"the trailing distance {plain(length)} is less than one tick ({plain(tick)})")
    activation = None if trailing.activation is None else scale.profit(trailing.activation, "trailing activation")
    step = ZERO if trailing.step is None else scale.length(trailing.step, "trailing step")
    if asked.unit is Unit.PERCENT:
        return PlannedTrail(percent=asked.value, activation=activation, step=step)
    return PlannedTrail(distance=to_step(length, tick, Rounding.DOWN), activation=activation, step=step)


def planned_breakeven(
    breakeven: Breakeven, scale: Scale, targets: tuple[PlannedTarget, ...], done: int = 0
) -> PlannedBreakeven:
    """Return a breakeven rule in prices; its stop is the entry plus the offset, never less.

    `done` targets of `targets` are behind already.

    Raises:
        BadRule: it has no moment, names a target that is not there, or would close the trade where it acts.
    """
    at = None if breakeven.at is None else scale.profit(breakeven.at, "breakeven")
    after = breakeven.after_target
    if at is None and after is None:
        raise BadRule("breakeven needs a price or the number of a target to act at")
    if after is not None and not done < after <= len(targets):
        ahead = len(targets) - done
        count = "no target" if not ahead else "1 target" if ahead == 1 else f"{ahead} targets"
        raise BadRule(f"breakeven after target {after} is not possible with {count} ahead")
    stop = breakeven_stop(breakeven, scale)
    moments = [at] if at is not None else []
    if after is not None:
        moments.append(targets[after - 1].price)
    for moment in moments:
        if scale.gain(moment) <= scale.gain(stop):
            raise BadRule(
                f"breakeven at {plain(moment)} would put the stop at {plain(stop)} and close the trade at once"
            )
    return PlannedBreakeven(stop=stop, at=at, after_target=after)


def breakeven_stop(breakeven: Breakeven, scale: Scale) -> Decimal:
    """Return where breakeven puts the stop: at the entry, or beyond it by the offset."""
    offset = ZERO if breakeven.offset is None else scale.length(breakeven.offset, "breakeven offset")
    return scale.round(scale.entry + scale.side.sign * offset, outward=True)


def _with_r(scale: Scale, r: Decimal | None) -> Scale:
    return Scale(side=scale.side, entry=scale.entry, instrument=scale.instrument, atr=scale.atr, r=r)


def _first_trailing_stop(trail: PlannedTrail, scale: Scale) -> Decimal | None:
    """Return where a trailing stop stands at the entry, unless it waits for its activation."""
    if trail.activation is not None and scale.gain(trail.activation) > 0:
        return None
    distance = scale.entry * trail.percent / HUNDRED if trail.percent is not None else trail.distance or ZERO
    return scale.round(scale.entry - scale.side.sign * distance, outward=True)
