"""When a JSON body says that it was sent: TradingView's `timenow`, or `timestamp`.

`time` and `bar_time` do not say it: TradingView's `{{time}}` is when the bar opened, which may be a day ago.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from tradewire.parsing.mistake import Mistake
from tradewire.parsing.structured import decoded

KEYS = ("timenow", "timestamp")
"""The first one that states a time counts."""

_MENTIONED = re.compile(r'"time(?:now|stamp)"\s*:', re.IGNORECASE)
_NUMBER = re.compile(r"\d{10}(?:\d{3}|\d{6}|\d{9})?(?:\.\d{1,9})?")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_UNITS = {10: 10**9, 13: 10**6, 16: 10**3, 19: 1}
_LATEST = 2**63 - 1


def sent_at(text: str) -> int | None:
    """Return when a JSON body says that it was sent (epoch ns), of several instructions the earliest.

    None where it says nothing, or nothing that is a time for certain: ISO 8601 with its zone, or seconds, milliseconds,
    microseconds or nanoseconds since 1970.
    """
    if text.lstrip()[:1] not in ("{", "[") or _MENTIONED.search(text) is None:
        return None
    try:
        body = decoded(text)
    except Mistake:
        return None
    stated = [_stated(one) for one in (body if isinstance(body, list) else [body]) if isinstance(one, Mapping)]
    return min((moment for moment in stated if moment is not None), default=None)


def _stated(body: Mapping[str, Any]) -> int | None:
    values = {key.lower(): value for key, value in body.items()}
    return next((moment for key in KEYS if (moment := _moment(values.get(key))) is not None), None)


def _moment(value: Any) -> int | None:
    word = str(value).strip() if isinstance(value, str | Decimal) else ""
    if _NUMBER.fullmatch(word):
        at = int(Decimal(word) * _UNITS[len(word.partition(".")[0])])
    else:
        try:
            moment = datetime.fromisoformat(word)
        except ValueError:
            return None
        if moment.tzinfo is None:
            return None
        at = (moment - _EPOCH) // timedelta(microseconds=1) * 1000
    return at if 0 < at <= _LATEST else None
