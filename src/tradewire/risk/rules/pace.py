"""The pace of entries: a minute, a day."""

from __future__ import annotations

from tradewire.domain.plan import Plan
from tradewire.domain.refusal import Code, Refusal
from tradewire.domain.signal import Open
from tradewire.risk.profile import NS, RiskProfile
from tradewire.risk.view import RiskView
from tradewire.risk.words import counted


def active(profile: RiskProfile) -> bool:
    return profile.orders_per_minute is not None or profile.trades_per_day is not None


def check(entry: Plan | Open, view: RiskView, profile: RiskProfile) -> Refusal | None:
    limit = profile.orders_per_minute
    if limit is not None and (sent := view.entries_since(view.now - 60 * NS)) >= limit:
        return Refusal(
            Code.ORDER_RATE,
            f"{counted(sent, 'entry was', 'entries were')} made in the last minute; the limit is {limit}.",
        )
    limit = profile.trades_per_day
    if limit is not None and view.trades_today >= limit:
        today = counted(view.trades_today, "trade was opened today or is", "trades were opened today or are")
        return Refusal(Code.TRADES_PER_DAY, f"{today} pending; the limit is {limit}.")
    return None
