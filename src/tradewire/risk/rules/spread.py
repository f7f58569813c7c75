"""A spread so wide that an entry would start with too large a loss."""

from __future__ import annotations

from tradewire.domain.numbers import HUNDRED
from tradewire.domain.plan import Plan
from tradewire.domain.refusal import Code, Refusal
from tradewire.domain.signal import Unit
from tradewire.risk.profile import RiskProfile
from tradewire.risk.view import RiskView
from tradewire.risk.words import figure


def active(profile: RiskProfile) -> bool:
    return profile.max_spread is not None


def check(plan: Plan, view: RiskView, profile: RiskProfile) -> Refusal | None:
    quote, limit = view.quote, profile.max_spread
    if quote is None or limit is None:
        return None
    if limit.unit is Unit.PERCENT:
        widest = quote.mid * limit.value / HUNDRED
    elif limit.unit is Unit.PIPS:
        widest = limit.value * view.instrument.pip_size
    elif view.atr is None:
        return Refusal(Code.NO_ATR, f"The spread is judged by the ATR, and there is no ATR of {plan.symbol} yet.")
    else:
        widest = limit.value * view.atr
    spread = quote.ask - quote.bid
    if spread <= widest:
        return None
    return Refusal(
        Code.SPREAD_TOO_WIDE, f"The spread of {plan.symbol} is {figure(spread)}; at most {figure(widest)} is allowed."
    )
