"""A price that has not moved for too long is no price to trade on."""

from __future__ import annotations

from tradewire.domain.plan import Plan
from tradewire.domain.refusal import Code, Refusal
from tradewire.domain.signal import Open
from tradewire.risk.profile import NS, RiskProfile
from tradewire.risk.view import RiskView
from tradewire.risk.words import span


def active(profile: RiskProfile) -> bool:
    """Hold always: without any price nothing else can be judged."""
    return True


def check(entry: Plan | Open, view: RiskView, profile: RiskProfile) -> Refusal | None:
    quote, limit = view.quote, profile.max_quote_age
    if quote is None:
        return Refusal(Code.NO_QUOTE, f"There is no price of {entry.symbol} yet.")
    age = view.now - quote.ts
    if limit is None or age <= limit * NS:
        return None
    return Refusal(
        Code.STALE_QUOTE, f"The last price of {entry.symbol} is {span(age / NS)} old; at most {span(limit)} is allowed."
    )
