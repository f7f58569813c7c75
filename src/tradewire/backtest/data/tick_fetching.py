"""Ticks from a feed that tells of single trades, kept piece by piece."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from tradewire.backtest.data.checking import moment_text
from tradewire.backtest.data.problems import BadHistory
from tradewire.backtest.data.tick_store import TickStore
from tradewire.backtest.data.ticks import Ticks
from tradewire.domain.instrument import Tick
from tradewire.ports import PortError, TellsTicks

KEPT_AT_ONCE: Final = 200_000
"""After so many ticks what was fetched is kept, whatever comes later."""


@dataclass(frozen=True, slots=True)
class FetchedTicks:
    """How many ticks were fetched, and how many are there now."""

    fetched: int = 0
    ticks: int = 0


async def fetch_ticks_into(
    store: TickStore,
    feed: TellsTicks,
    symbol: str,
    start: int,
    end: int,
    done: Callable[[float], None] = lambda part: None,
) -> FetchedTicks:
    """Keep what an opened feed tells of the trades in [start, end), epoch ns; `done` hears which part is done.

    Raises:
        BadHistory: there are none, or the feed fails; it is told up to where ticks are kept.
    """
    waiting: list[Tick] = []
    total, last = FetchedTicks(), 0
    try:
        async for batch in feed.ticks(symbol, start, end):
            waiting += batch
            done((waiting[-1].ts - start) / (end - start))
            if len(waiting) >= KEPT_AT_ONCE:
                piece, waiting = _without_last_moment(waiting)
                total, last = _kept(store, symbol, piece, total), piece[-1].ts if piece else last
    except PortError as error:
        kept = f"; {total.fetched} ticks until {moment_text(last)} are kept: ask on from there" if last else ""
        raise BadHistory(f"{error}{kept}") from error
    total = _kept(store, symbol, waiting, total)
    if not total.fetched:
        raise BadHistory(f"{symbol}: no ticks from {moment_text(start)} to {moment_text(end)}")
    done(1.0)
    return total


def _without_last_moment(ticks: list[Tick]) -> tuple[list[Tick], list[Tick]]:
    """Return the ticks before the last moment, and those of it: more of them may come."""
    at = len(ticks)
    while at and ticks[at - 1].ts == ticks[-1].ts:
        at -= 1
    return ticks[:at], ticks[at:]


def _kept(store: TickStore, symbol: str, ticks: Sequence[Tick], total: FetchedTicks) -> FetchedTicks:
    if not ticks:
        return total
    none = np.full(len(ticks), np.nan)
    columns = Ticks(
        symbol,
        np.array([tick.ts for tick in ticks], np.int64),
        none,
        none,
        np.array([float(tick.price) for tick in ticks]),
        np.array([float(tick.volume) for tick in ticks]),
    )
    added, there = store.merge(symbol, (columns,))
    return FetchedTicks(total.fetched + added, there)
