"""When trading ends: currencies on Friday at 17:00 New York, shares of the United States on weekdays at 16:00 there."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

NEW_YORK: Final = ZoneInfo("America/New_York")
FX: Final = "fx"
US: Final = "us"
CLOSES: Final = {FX: 17, US: 16}
"""The hour in New York at which a trading day of each kind ends."""
FRIDAY: Final = 4
_SECOND: Final = 1_000_000_000
_DAY: Final = 86_400 * _SECOND


def session_end(session: str | None, now: int) -> int | None:
    """Return when the session that holds at `now` ends (epoch ns); None for what never closes.

    It knows no holidays: on one, or on a day that ends early, the end is where it is on others. What is not currencies
    ends with the shares.
    """
    if session is None:
        return None
    return _close(session, now, (FRIDAY,) if session == FX else range(FRIDAY + 1))


def day_end(session: str | None, now: int) -> int:
    """Return when an order for the day ends (epoch ns): with the trading day, or the UTC day if there is none.

    On a weekend the day is the one that comes.
    """
    return now - now % _DAY + _DAY if session is None else _close(session, now, range(FRIDAY + 1))


def _close(session: str, now: int, weekdays: range | tuple[int, ...]) -> int:
    local = datetime.fromtimestamp(now // _SECOND, NEW_YORK)
    end = local.replace(hour=CLOSES.get(session, CLOSES[US]), minute=0, second=0, microsecond=0, fold=0)
    while end <= local or end.weekday() not in weekdays:
        end += timedelta(days=1)
    return int(end.timestamp()) * _SECOND
