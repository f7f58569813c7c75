"""A pause after losses in a row."""

from __future__ import annotations

from tradewire.domain.plan import Plan
from tradewire.domain.refusal import Code, Refusal
from tradewire.domain.signal import Open
from tradewire.risk.profile import NS, RiskProfile
from tradewire.risk.view import RiskView
from tradewire.risk.words import counted, span


def active(profile: RiskProfile) -> bool:
    return profile.cool_down_losses is not None


def check(entry: Plan | Open, view: RiskView, profile: RiskProfile) -> Refusal | None:
    losses, last = profile.cool_down_losses, view.last_loss_at
    if losses is None or last is None or view.consecutive_losses < losses:
        return None
    left = last + profile.cool_down * NS - view.now
    if left <= 0:
        return None
    return Refusal(
        Code.COOL_DOWN,
        f"After {counted(view.consecutive_losses, 'loss', 'losses in a row')} the account pauses for "
        f"{span(left / NS)} more.",
    )
