"""Bars from a feed, in pieces."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from tradewire.backtest.data.catalogue import Catalogue
from tradewire.backtest.data.checking import moment_text
from tradewire.backtest.data.loading import proven
from tradewire.backtest.data.problems import BadHistory
from tradewire.domain.bars import Bars
from tradewire.domain.instrument import Bar
from tradewire.ports import PortError, Quotes

SECOND: Final = 1_000_000_000
AT_ONCE: Final = 5000
"""How many bars are asked for at once."""
KEPT_AT_ONCE: Final = 10 * AT_ONCE
"""After so many bars what was fetched is kept, whatever comes later."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """How many bars were fetched, how many of them are new, took the place of others, and are there now."""

    fetched: int = 0
    added: int = 0
    replaced: int = 0
    bars: int = 0


async def fetch_into(
    catalogue: Catalogue,
    feed: Quotes,
    symbol: str,
    timeframe_s: int,
    start: int,
    end: int,
    now: int,
    done: Callable[[float], None] = lambda part: None,
) -> Fetched:
    """Keep what an opened feed has of the bars that begin in [start, end), epoch ns, and are over by `now`.

    They are kept piece by piece: what is kept stays when a later piece fails. `done` hears which part of the range is
    done, from 0 to 1.

    Raises:
        BadHistory: there are no such bars, they cannot be, or the feed fails; it is told up to where bars are kept.
    """
    total, piece, last = Fetched(), KEPT_AT_ONCE * timeframe_s * SECOND, None
    after = min(end, now - timeframe_s * SECOND + 1)
    span = max(after - start, 1)
    for begin in range(start, max(after, start + 1), piece):
        upto = min(begin + piece, after)

        def told(part: float, begin: int = begin, upto: int = upto) -> None:
            done((begin - start + part * (upto - begin)) / span)

        try:
            found = await _between(feed, symbol, timeframe_s, begin, upto, told)
            if found:
                bars = proven(_columns(symbol, timeframe_s, found), symbol)
                merged = catalogue.merge(bars)
                last = int(bars.ts[-1])
                total = Fetched(
                    total.fetched + len(bars), total.added + merged.added, total.replaced + merged.replaced, merged.bars
                )
        except (PortError, BadHistory) as error:
            kept = f"; {total.fetched} bars until {moment_text(last)} are kept: ask on from there" if last else ""
            raise BadHistory(f"{error}{kept}") from error
    if not total.fetched:
        raise BadHistory(f"{symbol}: no bars that are over, from {moment_text(start)} to {moment_text(end)}")
    return total


async def _between(
    feed: Quotes, symbol: str, timeframe_s: int, start: int, end: int, done: Callable[[float], None]
) -> dict[int, Bar]:
    """Return what an opened feed has of the bars that begin in [start, end), by their times.

    `done` hears after each question which part of the range is done, from 0 to 1.
    """
    found: dict[int, Bar] = {}
    step = AT_ONCE * timeframe_s * SECOND
    for begin in range(start, end, step):
        upto = min(begin + step, end)
        found |= {bar.ts: bar for bar in await feed.bars(symbol, timeframe_s, begin, upto) if begin <= bar.ts < upto}
        done((upto - start) / (end - start))
    return found


def _columns(symbol: str, timeframe_s: int, found: dict[int, Bar]) -> Bars:
    bars = [found[ts] for ts in sorted(found)]
    columns = (
        np.array([float(price) for price in column])
        for column in zip(*((bar.open, bar.high, bar.low, bar.close, bar.volume) for bar in bars), strict=True)
    )
    return Bars(symbol, timeframe_s, np.array([bar.ts for bar in bars], np.int64), *columns)
