"""Nothing is opened around the news that the owner has listed."""

from __future__ import annotations

from datetime import UTC

from tradewire.domain.plan import Plan
from tradewire.domain.refusal import Code, Refusal
from tradewire.domain.signal import Open
from tradewire.risk.profile import RiskProfile
from tradewire.risk.view import RiskView


def active(profile: RiskProfile) -> bool:
    return bool(profile.news)


def check(entry: Plan | Open, view: RiskView, profile: RiskProfile) -> Refusal | None:
    now = view.now
    for event in profile.news:
        first, last = event.span
        if not first <= now <= last:
            continue
        instrument = view.instrument
        if not event.currencies or instrument.base in event.currencies or instrument.quote in event.currencies:
            when = f"{event.at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
            return Refusal(Code.NEWS_BLACKOUT, f"Nothing is opened in {entry.symbol} around {event.title} ({when}).")
    return None
