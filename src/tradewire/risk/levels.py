"""Exits of an entry: the owner's defaults joined to the signal's, and their prices at the moment of planning."""

from __future__ import annotations

from decimal import Decimal

from msgspec.structs import replace

from tradewire.domain.numbers import ZERO
from tradewire.domain.policy import ExitDefaults, Use
from tradewire.domain.refusal import Code
from tradewire.domain.signal import ExitSpec, Side
from tradewire.exits.levels import ExitError, NoAtr, NoExits, NoStop, StopLoosened, WrongSide, WrongSideTarget
from tradewire.exits.plan import ExitPlan
from tradewire.exits.resolve import resolve
from tradewire.risk.unplannable import Unplannable
from tradewire.risk.view import RiskView
from tradewire.risk.words import figure

_CODES: dict[type[ExitError], Code] = {
    NoAtr: Code.NO_ATR,
    NoStop: Code.NO_STOP,
    NoExits: Code.NOTHING_TO_ADJUST,
    StopLoosened: Code.STOP_LOOSENED,
    WrongSide: Code.WRONG_SIDE_STOP,
    WrongSideTarget: Code.WRONG_SIDE_TARGET,
}


def code_of(error: ExitError) -> Code:
    """Return the code with which exits that cannot be are refused."""
    return _CODES.get(type(error), Code.BAD_EXITS)


def joined(signal: ExitSpec, default: ExitSpec, use: Use) -> ExitSpec:
    """Return the signal's exits with the defaults in the parts that it leaves out (`always`: in all they name).

    A trailing stop that starts at once is a stop: a signal that brings one is given no other.
    """
    first, second = (default, signal) if use is Use.ALWAYS else (signal, default)
    protected = first.stop is not None or (first.trailing is not None and first.trailing.activation is None)
    return ExitSpec(
        stop=first.stop if protected else second.stop,
        targets=first.targets or second.targets,
        trailing=first.trailing if first.trailing is not None else second.trailing,
        breakeven=first.breakeven if first.breakeven is not None else second.breakeven,
        time_limit_s=first.time_limit_s if first.time_limit_s is not None else second.time_limit_s,
        session_end=first.session_end or second.session_end,
    )


def with_defaults(signal: ExitSpec, defaults: ExitDefaults, computed: ExitSpec | None = None) -> ExitSpec:
    """Return the exits that hold. `computed` is what the owner's plug-in gave; it goes before the written defaults.

    A default breakeven "after target 2" means nothing to a signal with one target, and is left out there.
    """
    if defaults.is_empty:
        return signal
    default = defaults.spec if computed is None else joined(computed, defaults.spec, Use.MISSING)
    exits = joined(signal, default, defaults.use)
    rule = exits.breakeven
    if rule is None or rule is signal.breakeven or (rule.after_target or 0) <= len(exits.targets):
        return exits
    return replace(exits, breakeven=None if rule.at is None else replace(rule, after_target=None))


def resolved(exits: ExitSpec, side: Side, entry: Decimal, view: RiskView) -> ExitPlan:
    """Return the exits as prices: the stop in force at the entry, and the targets, nearest first.

    The same function resolves the exits again at the fill, so what cannot be is refused now. On which side of the price
    the levels lie is judged by the gate.

    Raises:
        Unplannable: the exits contradict themselves, need an ATR or a stop that is not there, or lie below zero.
    """
    try:
        plan = resolve(exits, side, entry, view.instrument, atr=view.atr, opened_at=view.now, entered=True)
    except ExitError as error:
        text = str(error)
        raise Unplannable(code_of(error), f"{text[:1].upper()}{text[1:]}.") from error
    for name, price in (("stop", plan.initial_stop), *(("target", target.price) for target in plan.targets)):
        if price is not None and price <= ZERO:
            raise Unplannable(Code.PRICE_TOO_FAR, f"The {name} would lie at {figure(price)}, which is not a price.")
    return plan
