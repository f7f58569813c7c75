"""Fetching: a long range is asked for in pieces, and what is not over yet is left out."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tradewire.backtest.data.catalogue import Catalogue
from tradewire.backtest.data.fetching import AT_ONCE, KEPT_AT_ONCE, fetch_into
from tradewire.backtest.data.problems import BadHistory
from tradewire.domain.instrument import Bar
from tradewire.ports import NotReady

MINUTE = 60_000_000_000


class Minutes:
    """A feed that has every minute up to a last one, and gives one more on either side than it was asked for."""

    def __init__(self, last: int) -> None:
        self.last = last
        self.asked: list[tuple[int, int]] = []
        self.fails_at: int | None = None

    async def bars(self, symbol: str, timeframe_s: int, start: int, end: int) -> Sequence[Bar]:
        self.asked.append((start // MINUTE, end // MINUTE))
        if self.fails_at == start // MINUTE:
            raise NotReady("gone")
        price = Decimal("1.5")
        minutes = range(start // MINUTE - 1, min(end // MINUTE, self.last) + 1)
        return [Bar(symbol, minute * MINUTE, price, price, price, price, Decimal(2)) for minute in minutes]


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    return Catalogue(tmp_path)


async def test_a_long_range_comes_in_pieces(catalogue: Catalogue) -> None:
    feed: Any = Minutes(20_000)
    parts: list[float] = []
    done = await fetch_into(catalogue, feed, "BTCUSDT", 60, 0, 12_000 * MINUTE, 90_000 * MINUTE, parts.append)
    bars = catalogue.read("BTCUSDT", 60)
    assert bars.ts.tolist() == [minute * MINUTE for minute in range(12_000)]
    assert (bars.close[0], bars.volume[0]) == (1.5, 2)
    assert (done.fetched, done.added, done.bars) == (12_000, 12_000, 12_000)
    assert feed.asked == [(0, AT_ONCE), (AT_ONCE, 2 * AT_ONCE), (2 * AT_ONCE, 12_000)]
    assert parts == sorted(parts)
    assert parts[-1] == 1.0


async def test_a_bar_that_is_not_over_is_left_out(catalogue: Catalogue) -> None:
    feed: Any = Minutes(20_000)
    await fetch_into(catalogue, feed, "BTCUSDT", 60, 0, 100 * MINUTE, 10 * MINUTE + 1)
    assert catalogue.read("BTCUSDT", 60).ts.tolist() == [minute * MINUTE for minute in range(10)]


async def test_a_feed_without_bars(catalogue: Catalogue) -> None:
    feed: Any = Minutes(-5)
    with pytest.raises(BadHistory, match="BTCUSDT: no bars that are over, from 1970-01-01 00:00:00Z"):
        await fetch_into(catalogue, feed, "BTCUSDT", 60, 0, 100 * MINUTE, 1000 * MINUTE)


async def test_what_came_before_a_failure_is_kept_and_the_next_fetch_goes_on_behind_it(catalogue: Catalogue) -> None:
    feed: Any = Minutes(200_000)
    feed.fails_at = KEPT_AT_ONCE + AT_ONCE
    long = (0, 2 * KEPT_AT_ONCE * MINUTE, 900_000 * MINUTE)
    with pytest.raises(BadHistory, match=f"gone; {KEPT_AT_ONCE} bars until 1970-02-04 17:19:00Z are kept"):
        await fetch_into(catalogue, feed, "BTCUSDT", 60, *long)
    assert len(catalogue.read("BTCUSDT", 60)) == KEPT_AT_ONCE
    feed.fails_at = None
    done = await fetch_into(catalogue, feed, "BTCUSDT", 60, (KEPT_AT_ONCE - 1) * MINUTE, *long[1:])
    assert (done.replaced, done.bars) == (1, 2 * KEPT_AT_ONCE)
