"""A signal from the future: its sender's clock, or ours, is wrong, so its age cannot be judged."""

from __future__ import annotations

from tradewire.domain.plan import Plan
from tradewire.domain.refusal import Code, Refusal
from tradewire.domain.signal import Open
from tradewire.risk.profile import NS, RiskProfile
from tradewire.risk.view import RiskView
from tradewire.risk.words import span


def active(profile: RiskProfile) -> bool:
    return profile.max_clock_skew is not None


def check(entry: Plan | Open, view: RiskView, profile: RiskProfile) -> Refusal | None:
    ahead = view.signal_time - view.now
    limit = profile.max_clock_skew
    if limit is None or ahead <= limit * NS:
        return None
    return Refusal(
        Code.CLOCK_SKEW,
        f"The signal says it was sent {span(ahead / NS)} from now; at most {span(limit)} are put down to clocks.",
    )
