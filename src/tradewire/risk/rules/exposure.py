"""How much may be at work in all, and in one underlying over all accounts."""

from __future__ import annotations

from tradewire.domain.plan import Plan
from tradewire.domain.refusal import Code, Refusal
from tradewire.risk.profile import RiskProfile
from tradewire.risk.view import RiskView
from tradewire.risk.words import figure


def active(profile: RiskProfile) -> bool:
    return profile.max_exposure is not None or profile.max_underlying_exposure is not None


def check(plan: Plan, view: RiskView, profile: RiskProfile) -> Refusal | None:
    if profile.max_exposure is not None:
        limit = profile.max_exposure.of(view.equity)
        total = view.exposure + plan.value
        if total > limit:
            return Refusal(
                Code.MAX_EXPOSURE,
                f"All trades together would be worth {figure(total)} {view.currency}; the limit is {figure(limit)}.",
            )
    if profile.max_underlying_exposure is not None:
        total = view.exposure_anywhere(plan.underlying) + plan.value
        if total > profile.max_underlying_exposure:
            return Refusal(
                Code.MAX_EXPOSURE,
                f"{plan.underlying} over all accounts would be worth {figure(total)} {view.currency}; "
                f"the limit is {figure(profile.max_underlying_exposure)}.",
            )
    return None
