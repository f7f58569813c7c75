"""What the clocks of a place show at the moments of bars; changes of its summer time are followed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np

from tradewire.domain.bars import Integers

_SECOND = 1_000_000_000
_DAY_S = 86_400


def local_time(ts: Integers, zone: str) -> tuple[Integers, Integers]:
    """Return, for rising moments (epoch ns), the local day (days since 1970) and the second of that day.

    A zone's offset is looked up for each day, and for each bar of a day on which it changes.
    """
    seconds = ts // _SECOND
    days = seconds // _DAY_S
    place = ZoneInfo(zone)
    begins = np.flatnonzero(np.diff(days, prepend=days[:1] - 1))
    offsets = np.zeros(len(ts), np.int64)
    for begin, end in pairwise([*begins.tolist(), len(ts)]):
        midnight = int(days[begin]) * _DAY_S
        offset = _offset(midnight, place)
        if offset == _offset(midnight + _DAY_S, place):
            offsets[begin:end] = offset
        else:
            offsets[begin:end] = [_offset(second, place) for second in seconds[begin:end].tolist()]
    local = seconds + offsets
    return local // _DAY_S, local % _DAY_S


def _offset(second: int, place: ZoneInfo) -> int:
    offset = datetime.fromtimestamp(second, UTC).astimezone(place).utcoffset() or timedelta()
    return int(offset.total_seconds())
