"""The most that a day may lose before nothing more is opened."""

from __future__ import annotations

from tradewire.domain.numbers import ZERO
from tradewire.domain.plan import Plan
from tradewire.domain.refusal import Code, Refusal
from tradewire.domain.signal import Open
from tradewire.risk.profile import RiskProfile
from tradewire.risk.view import RiskView
from tradewire.risk.words import figure


def active(profile: RiskProfile) -> bool:
    return profile.daily_loss is not None


def check(entry: Plan | Open, view: RiskView, profile: RiskProfile) -> Refusal | None:
    """Count what was realised today and what open trades stand to lose; open profits do not make up for losses."""
    if profile.daily_loss is None:
        return None
    loss = -(view.realised_today + min(ZERO, view.equity - view.balance))
    limit = profile.daily_loss.of(view.balance - view.realised_today)
    if loss <= 0 or loss < limit:
        return None
    return Refusal(
        Code.DAILY_LOSS,
        f"The day (UTC) has lost {figure(loss)} {view.currency}, open losses included; "
        f"at {figure(limit)} nothing more is opened.",
    )
