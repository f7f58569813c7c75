"""Never long and short in one underlying at once."""

from __future__ import annotations

from tradewire.domain.plan import Plan
from tradewire.domain.refusal import Code, Refusal
from tradewire.risk.profile import RiskProfile
from tradewire.risk.view import RiskView
from tradewire.risk.words import counted


def active(profile: RiskProfile) -> bool:
    return profile.one_direction


def check(plan: Plan, view: RiskView, profile: RiskProfile) -> Refusal | None:
    other = plan.side.opposite
    if not profile.one_direction or not (held := view.open_on(plan.underlying, other)):
        return None
    there = counted(held, f"{other} trade of {plan.underlying} is", f"{other} trades of {plan.underlying} are")
    return Refusal(
        Code.ONE_DIRECTION,
        f"{there} open, and this account goes one direction at a time.",
    )
