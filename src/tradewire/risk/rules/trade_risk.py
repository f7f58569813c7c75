"""The most that one trade may lose at its stop."""

from __future__ import annotations

from tradewire.domain.plan import Plan
from tradewire.domain.refusal import Code, Refusal
from tradewire.risk.profile import RiskProfile
from tradewire.risk.view import RiskView
from tradewire.risk.words import figure


def active(profile: RiskProfile) -> bool:
    return profile.max_risk is not None


def check(plan: Plan, view: RiskView, profile: RiskProfile) -> Refusal | None:
    if profile.max_risk is None:
        return None
    if plan.risk is None:
        return Refusal(Code.NO_STOP, "The risk of a trade is limited here, and without a stop it cannot be known.")
    limit = profile.max_risk.of(view.equity)
    if plan.risk <= limit:
        return None
    return Refusal(
        Code.MAX_RISK,
        f"The trade would lose {figure(plan.risk)} {view.currency} at its stop; at most {figure(limit)} is allowed.",
    )
