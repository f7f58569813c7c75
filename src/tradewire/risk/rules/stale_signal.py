"""A signal that comes too late: the price it was made for is gone."""

from __future__ import annotations

from tradewire.domain.plan import Plan
from tradewire.domain.refusal import Code, Refusal
from tradewire.domain.signal import Open
from tradewire.risk.profile import NS, RiskProfile
from tradewire.risk.view import RiskView
from tradewire.risk.words import span


def active(profile: RiskProfile) -> bool:
    return profile.max_signal_age is not None


def check(entry: Plan | Open, view: RiskView, profile: RiskProfile) -> Refusal | None:
    age = view.now - view.signal_time
    limit = profile.max_signal_age
    if limit is None or age <= limit * NS:
        return None
    return Refusal(
        Code.STALE_SIGNAL, f"The signal is {span(age / NS)} old; entries are taken up to {span(limit)} after sending."
    )
