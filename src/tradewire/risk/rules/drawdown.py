"""How far equity may lie below its highest before nothing more is opened."""

from __future__ import annotations

from tradewire.domain.numbers import HUNDRED
from tradewire.domain.plan import Plan
from tradewire.domain.refusal import Code, Refusal
from tradewire.domain.signal import Open
from tradewire.risk.profile import RiskProfile
from tradewire.risk.view import RiskView
from tradewire.risk.words import figure


def active(profile: RiskProfile) -> bool:
    return profile.drawdown is not None


def check(entry: Plan | Open, view: RiskView, profile: RiskProfile) -> Refusal | None:
    peak = view.peak_equity
    below = (peak - view.equity) * HUNDRED
    if profile.drawdown is None or below < profile.drawdown * peak:
        return None
    return Refusal(
        Code.DRAWDOWN,
        f"Equity {figure(view.equity)} {view.currency} is {figure(below / peak) if peak else 0} % below its highest "
        f"({figure(peak)}); at {figure(profile.drawdown)} % nothing more is opened.",
    )
