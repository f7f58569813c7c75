"""Fetching ticks: what was kept stays, and pieces are cut between moments."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tradewire.backtest.data.problems import BadHistory
from tradewire.backtest.data.tick_fetching import KEPT_AT_ONCE, fetch_ticks_into
from tradewire.backtest.data.tick_store import TickStore
from tradewire.domain.instrument import Tick
from tradewire.ports import NotReady

SECOND = 1_000_000_000
BATCH = 1_000


class Tape:
    """A feed on which three trades happen every second, all at one moment; it may fail after so many."""

    def __init__(self, fails_after: int | None = None) -> None:
        self.fails_after = fails_after

    async def ticks(self, symbol: str, start: int, end: int) -> AsyncIterator[Sequence[Tick]]:
        every = [Tick(n // 3 * SECOND, Decimal(100 + n % 7), Decimal(n)) for n in range(3 * end // SECOND)]
        wanted = [tick for tick in every if tick.ts >= start]
        for at in range(0, len(wanted), BATCH):
            if self.fails_after is not None and at >= self.fails_after:
                raise NotReady("gone")
            yield wanted[at : at + BATCH]


def kept(store: TickStore) -> list[float]:
    return [volume for piece in store.pieces("BTCUSDT") for volume in piece.volume.tolist()]


async def test_every_tick_is_kept_once_in_order_though_pieces_are_cut_where_many_are(tmp_path: Path) -> None:
    store, parts, seconds = TickStore(tmp_path), list[float](), KEPT_AT_ONCE // 2
    feed: Any = Tape()
    done = await fetch_ticks_into(store, feed, "BTCUSDT", 0, seconds * SECOND, parts.append)
    assert kept(store) == list(range(3 * seconds))
    assert (done.fetched, done.ticks) == (3 * seconds, 3 * seconds)
    assert parts == sorted(parts)
    assert parts[-1] == 1.0


async def test_what_came_before_a_failure_is_kept_and_the_next_fetch_goes_on(tmp_path: Path) -> None:
    store, seconds = TickStore(tmp_path), KEPT_AT_ONCE // 2
    failing: Any = Tape(fails_after=KEPT_AT_ONCE + BATCH)
    with pytest.raises(BadHistory, match=r"gone; 19999\d ticks until .* are kept"):
        await fetch_ticks_into(store, failing, "BTCUSDT", 0, seconds * SECOND)
    whole: Any = Tape()
    await fetch_ticks_into(store, whole, "BTCUSDT", store.kept("BTCUSDT").last, seconds * SECOND)
    assert kept(store) == list(range(3 * seconds))


async def test_a_feed_without_ticks_is_told(tmp_path: Path) -> None:
    feed: Any = Tape()
    with pytest.raises(BadHistory, match="BTCUSDT: no ticks from 1970"):
        await fetch_ticks_into(TickStore(tmp_path), feed, "BTCUSDT", 0, 1)
