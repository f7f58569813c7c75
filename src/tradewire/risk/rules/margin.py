"""What an entry needs must be free."""

from __future__ import annotations

from tradewire.domain.plan import Plan
from tradewire.domain.refusal import Code, Refusal
from tradewire.risk.profile import RiskProfile
from tradewire.risk.view import RiskView
from tradewire.risk.words import figure


def active(profile: RiskProfile) -> bool:
    """Hold always: the venue would refuse it anyway, later and with a worse sentence."""
    return True


def check(plan: Plan, view: RiskView, profile: RiskProfile) -> Refusal | None:
    if plan.margin <= view.free_margin:
        return None
    return Refusal(
        Code.INSUFFICIENT_MARGIN,
        f"The entry needs {figure(plan.margin)} {view.currency} of margin; {figure(view.free_margin)} is free.",
    )
