"""An entry without a stop, where the owner wants one on every trade."""

from __future__ import annotations

from tradewire.domain.plan import Plan
from tradewire.domain.refusal import Code, Refusal
from tradewire.risk.profile import RiskProfile
from tradewire.risk.view import RiskView


def active(profile: RiskProfile) -> bool:
    return profile.require_stop


def check(plan: Plan, view: RiskView, profile: RiskProfile) -> Refusal | None:
    if plan.stop is not None or not profile.require_stop:
        return None
    return Refusal(Code.NO_STOP, "This account opens nothing without a stop, and the signal brings none.")
