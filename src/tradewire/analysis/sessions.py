"""What the clocks of a place show at the moments of bars; changes of its summer time are followed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from tradewire.domain.bars import Integers

_SECOND = 1_000_000_000
_QUARTER_S = 900
_DAY_S = 86_400


def local_time(ts: Integers, zone: str) -> tuple[Integers, Integers]:
    """Return, for rising moments (epoch ns), the local day (days since 1970) and the second of that day.

    A zone's offset is looked up once for each quarter of an hour: none has ever changed within one since 1970.
    """
    seconds = ts // _SECOND
    quarters = seconds // _QUARTER_S
    begins = np.flatnonzero(np.diff(quarters, prepend=quarters[:1] - 1))
    place = ZoneInfo(zone)
    offsets = [_offset(int(quarters[begin]) * _QUARTER_S, place) for begin in begins]
    lasts = np.diff(begins, append=len(ts))
    local = seconds + np.repeat(np.array(offsets, np.int64), lasts)
    return local // _DAY_S, local % _DAY_S


def _offset(second: int, place: ZoneInfo) -> int:
    offset = datetime.fromtimestamp(second, UTC).astimezone(place).utcoffset() or timedelta()
    return int(offset.total_seconds())
