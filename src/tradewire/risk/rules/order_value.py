"""The most that one order may be worth."""

from __future__ import annotations

from tradewire.domain.plan import Plan
from tradewire.domain.refusal import Code, Refusal
from tradewire.risk.profile import RiskProfile
from tradewire.risk.view import RiskView
from tradewire.risk.words import figure


def active(profile: RiskProfile) -> bool:
    return profile.max_order_value is not None


def check(plan: Plan, view: RiskView, profile: RiskProfile) -> Refusal | None:
    if profile.max_order_value is None:
        return None
    limit = profile.max_order_value.of(view.equity)
    if plan.value <= limit:
        return None
    return Refusal(
        Code.MAX_ORDER_VALUE,
        f"The order is worth {figure(plan.value)} {view.currency}; at most {figure(limit)} is allowed.",
    )
