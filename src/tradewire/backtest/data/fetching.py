"""Bars from a feed, in pieces."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from tradewire.backtest.data.checking import moment_text
from tradewire.backtest.data.problems import BadHistory
from tradewire.domain.bars import Bars
from tradewire.domain.instrument import Bar
from tradewire.ports import Quotes

SECOND: Final = 1_000_000_000
AT_ONCE: Final = 5000
"""How many bars are asked for at once."""


async def fetch(
    feed: Quotes,
    symbol: str,
    timeframe_s: int,
    start: int,
    end: int,
    now: int,
    done: Callable[[float], None] = lambda part: None,
) -> Bars:
    """Return what an opened feed has of the bars that begin in [start, end), epoch ns, and are over by `now`.

    `done` hears after each piece which part of the range is done, from 0 to 1.

    Raises:
        BadHistory: the feed has none.
    """
    width = timeframe_s * SECOND
    after = min(end, now - width + 1)
    found: dict[int, Bar] = {}
    for begin in range(start, after, AT_ONCE * width):
        upto = min(begin + AT_ONCE * width, after)
        found |= {bar.ts: bar for bar in await feed.bars(symbol, timeframe_s, begin, upto) if begin <= bar.ts < upto}
        done((upto - start) / (after - start))
    if not found:
        raise BadHistory(f"{symbol}: no bars that are over, from {moment_text(start)} to {moment_text(end)}")
    bars = [found[ts] for ts in sorted(found)]
    columns = (
        np.array([float(price) for price in column])
        for column in zip(*((bar.open, bar.high, bar.low, bar.close, bar.volume) for bar in bars), strict=True)
    )
    return Bars(symbol, timeframe_s, np.array([bar.ts for bar in bars], np.int64), *columns)
