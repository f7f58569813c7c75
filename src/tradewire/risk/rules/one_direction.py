"""Never long and short in one underlying at once."""

from __future__ import annotations

from tradewire.domain.plan import Plan
from tradewire.domain.refusal import Code, Refusal
from tradewire.risk.profile import RiskProfile
from tradewire.risk.view import RiskView


def active(profile: RiskProfile) -> bool:
    return profile.one_direction


def check(plan: Plan, view: RiskView, profile: RiskProfile) -> Refusal | None:
    other = plan.side.opposite
    if not profile.one_direction or not (held := view.open_on(plan.underlying, other)):
        return None
    return Refusal(
        Code.ONE_DIRECTION,
        f"{held} {other} trades of {plan.underlying} are open, and this account goes one direction at a time.",
    )
