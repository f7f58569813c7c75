"""A price that has not moved for too long is no price to trade on."""

from __future__ import annotations

from tradewire.domain.instrument import Quote
from tradewire.domain.plan import Plan
from tradewire.domain.refusal import Code, Refusal
from tradewire.domain.signal import Open
from tradewire.risk.profile import NS, RiskProfile
from tradewire.risk.view import RiskView
from tradewire.risk.words import span


def active(profile: RiskProfile) -> bool:
    """Hold always: without any price nothing else can be judged."""
    return True


def is_recent(quote: Quote, now: int, profile: RiskProfile) -> bool:
    """Tell whether a price is young enough to trade on at `now` (epoch ns)."""
    limit = profile.max_quote_age
    return limit is None or now - quote.ts <= limit * NS


def check(entry: Plan | Open, view: RiskView, profile: RiskProfile) -> Refusal | None:
    quote, limit = view.quote, profile.max_quote_age
    if quote is None:
        return Refusal(Code.NO_QUOTE, f"There is no price of {entry.symbol} yet.")
    if limit is None or is_recent(quote, view.now, profile):
        return None
    age = (view.now - quote.ts) / NS
    return Refusal(
        Code.STALE_QUOTE, f"The last price of {entry.symbol} is {span(age)} old; at most {span(limit)} is allowed."
    )
