"""The most leverage of one order and of the whole account."""

from __future__ import annotations

from tradewire.domain.plan import Plan
from tradewire.domain.refusal import Code, Refusal
from tradewire.risk.profile import RiskProfile
from tradewire.risk.view import RiskView
from tradewire.risk.words import figure


def active(profile: RiskProfile) -> bool:
    return profile.max_leverage is not None


def check(plan: Plan, view: RiskView, profile: RiskProfile) -> Refusal | None:
    limit = profile.max_leverage
    if limit is None:
        return None
    if plan.leverage is not None and plan.leverage > limit:
        return Refusal(
            Code.MAX_LEVERAGE,
            f"A leverage of {figure(plan.leverage)} is asked for; at most {figure(limit)} is allowed.",
        )
    total = view.exposure + plan.value
    if total <= limit * view.equity:
        return None
    return Refusal(
        Code.MAX_LEVERAGE,
        f"All trades together would be worth {figure(total)} {view.currency} on an equity of {figure(view.equity)}; "
        f"at most {figure(limit)} times the equity is allowed.",
    )
