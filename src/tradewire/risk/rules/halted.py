"""The kill switch, and an account that is not ready to trade."""

from __future__ import annotations

from tradewire.domain.plan import Plan
from tradewire.domain.refusal import Code, Refusal
from tradewire.domain.signal import Open
from tradewire.risk.profile import RiskProfile
from tradewire.risk.view import RiskView


def active(profile: RiskProfile) -> bool:
    """Hold always: no profile switches the kill switch off."""
    return True


def check(entry: Plan | Open, view: RiskView, profile: RiskProfile) -> Refusal | None:
    if view.halted:
        return Refusal(Code.HALTED, "New entries are halted; `resume` allows them again.")
    if view.not_ready is not None:
        return Refusal(Code.NOT_READY, f"The account is not ready: {view.not_ready}.")
    return None
