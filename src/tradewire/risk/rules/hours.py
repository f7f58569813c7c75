"""The hours of the week in which an account opens trades."""

from __future__ import annotations

from tradewire.domain.hours import write_window
from tradewire.domain.plan import Plan
from tradewire.domain.refusal import Code, Refusal
from tradewire.domain.signal import Open
from tradewire.risk.profile import RiskProfile
from tradewire.risk.view import RiskView


def active(profile: RiskProfile) -> bool:
    return bool(profile.hours)


def check(entry: Plan | Open, view: RiskView, profile: RiskProfile) -> Refusal | None:
    if any(window.contains(view.now) for window in profile.hours):
        return None
    allowed = "; ".join(write_window(window) for window in profile.hours)
    return Refusal(Code.OUTSIDE_HOURS, f"Entries are allowed in these hours only: {allowed}.")
