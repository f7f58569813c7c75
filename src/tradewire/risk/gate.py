"""The gate: every rule in one fixed order, and the first refusal wins.

Cheap and absolute rules come first (may this account trade this at all, now?), then prices, then the account's losses,
then counts and pace, then money. A rule that a profile does not use is not run.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from tradewire.domain.account import Account
from tradewire.domain.plan import Approved, Plan, Refused, Verdict
from tradewire.domain.policy import AS_PROFILED, Overrides
from tradewire.domain.refusal import Refusal
from tradewire.domain.signal import Open
from tradewire.risk.planner import plan as make_plan
from tradewire.risk.profile import RiskProfile
from tradewire.risk.rules import (
    clock_skew,
    cool_down,
    daily_loss,
    decimal_slip,
    distance,
    drawdown,
    duplicate,
    exposure,
    halted,
    hours,
    leverage,
    margin,
    news,
    one_direction,
    open_trades,
    order_value,
    pace,
    quote_age,
    spread,
    stale_signal,
    stop_required,
    symbols,
    trade_risk,
    wrong_side,
)
from tradewire.risk.view import RiskView

ENTRANCE = (halted, clock_skew, stale_signal, symbols, hours, news, quote_age)
"""Rules that judge a signal before there is a plan."""
PRICES = (duplicate, decimal_slip, wrong_side, distance, spread, stop_required)
LOSSES = (daily_loss, drawdown, cool_down)
COUNTS = (open_trades, one_direction, pace)
MONEY = (order_value, trade_risk, exposure, leverage, margin)
MOVE = (*ENTRANCE, decimal_slip, wrong_side, distance, spread, stop_required, *MONEY)
"""Rules that judge a resting entry anew when it is moved: it is no further entry, so nothing is counted."""
ORDER = (*ENTRANCE, *PRICES, *LOSSES, *COUNTS, *MONEY)

EntranceRule = Callable[[Plan | Open, RiskView, RiskProfile], Refusal | None]
Rule = Callable[[Plan, RiskView, RiskProfile], Refusal | None]


@lru_cache(maxsize=256)
def rules_of(profile: RiskProfile) -> tuple[Rule, ...]:
    """Return the rules that the profile uses, in the order of the gate."""
    return tuple(rule.check for rule in ORDER if rule.active(profile))


@lru_cache(maxsize=256)
def _entrance_of(profile: RiskProfile) -> tuple[EntranceRule, ...]:
    return tuple(rule.check for rule in ENTRANCE if rule.active(profile))


def check(plan: Plan, view: RiskView, profile: RiskProfile) -> Verdict:
    """Return `Approved`, or `Refused` with the reason of the first rule that objects."""
    return _judged(rules_of(profile), plan, view, profile)


@lru_cache(maxsize=256)
def _move_rules_of(profile: RiskProfile) -> tuple[Rule, ...]:
    return tuple(rule.check for rule in MOVE if rule.active(profile))


def check_move(plan: Plan, view: RiskView, profile: RiskProfile) -> Verdict:
    """Judge a resting entry that is to have other terms."""
    return _judged(_move_rules_of(profile), plan, view, profile)


def _judged(rules: tuple[Rule, ...], plan: Plan, view: RiskView, profile: RiskProfile) -> Verdict:
    for rule in rules:
        refusal = rule(plan, view, profile)
        if refusal is not None:
            return Refused(refusal, plan)
    return Approved(plan)


def admit(signal: Open, view: RiskView, profile: RiskProfile) -> Refusal | None:
    """Judge a signal by the entrance rules alone."""
    for rule in _entrance_of(profile):
        refusal = rule(signal, view, profile)
        if refusal is not None:
            return refusal
    return None


def decide(
    signal: Open, signal_id: str, account: Account, view: RiskView, profile: RiskProfile, route: Overrides = AS_PROFILED
) -> Verdict:
    """Plan and check in one: what the engine calls for a signal on an account.

    Where no plan could be made, a reason that holds before any plan (halted, stale, symbol not allowed) is the better
    one and is given instead.
    """
    planned = make_plan(signal, signal_id, account, view, profile, route)
    if isinstance(planned, Refused):
        first = admit(signal, view, profile)
        return planned if first is None else Refused(first)
    return check(planned, view, profile)
