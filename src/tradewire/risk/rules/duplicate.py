"""The same entry twice within a window is one entry sent twice."""

from __future__ import annotations

from tradewire.domain.plan import Plan
from tradewire.domain.refusal import Code, Refusal
from tradewire.risk.profile import NS, RiskProfile
from tradewire.risk.view import RiskView
from tradewire.risk.words import span


def fingerprint(plan: Plan) -> str:
    """Return what makes two entries the same: symbol, side, kind and prices of the order; not its size."""
    return f"{plan.symbol} {plan.side} {plan.order_type} {plan.limit_price} {plan.stop_price}"


def active(profile: RiskProfile) -> bool:
    return profile.duplicate_window is not None


def check(plan: Plan, view: RiskView, profile: RiskProfile) -> Refusal | None:
    window, last = profile.duplicate_window, view.last_seen(fingerprint(plan))
    if window is None or last is None or view.now - last > window * NS:
        return None
    return Refusal(
        Code.DUPLICATE,
        f"The same entry was made {span((view.now - last) / NS)} ago; within {span(window)} it counts as a duplicate.",
    )
