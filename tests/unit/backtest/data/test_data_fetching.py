"""Fetching: a long range is asked for in pieces, and what is not over yet is left out."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest

from tradewire.backtest.data.fetching import AT_ONCE, fetch
from tradewire.backtest.data.problems import BadHistory
from tradewire.domain.instrument import Bar

MINUTE = 60_000_000_000


class Minutes:
    """A feed that has every minute up to a last one, and gives one more on either side than it was asked for."""

    def __init__(self, last: int) -> None:
        self.last = last
        self.asked: list[tuple[int, int]] = []

    async def bars(self, symbol: str, timeframe_s: int, start: int, end: int) -> Sequence[Bar]:
        self.asked.append((start // MINUTE, end // MINUTE))
        price = Decimal("1.5")
        minutes = range(start // MINUTE - 1, min(end // MINUTE, self.last) + 1)
        return [Bar(symbol, minute * MINUTE, price, price, price, price, Decimal(2)) for minute in minutes]


async def test_a_long_range_comes_in_pieces() -> None:
    feed: Any = Minutes(20_000)
    parts: list[float] = []
    bars = await fetch(feed, "BTCUSDT", 60, 0, 12_000 * MINUTE, 90_000 * MINUTE, parts.append)
    assert bars.ts.tolist() == [minute * MINUTE for minute in range(12_000)]
    assert (bars.close[0], bars.volume[0]) == (1.5, 2)
    assert feed.asked == [(0, AT_ONCE), (AT_ONCE, 2 * AT_ONCE), (2 * AT_ONCE, 12_000)]
    assert parts[-1] == 1.0


async def test_a_bar_that_is_not_over_is_left_out() -> None:
    feed: Any = Minutes(20_000)
    bars = await fetch(feed, "BTCUSDT", 60, 0, 100 * MINUTE, 10 * MINUTE + 1)
    assert bars.ts.tolist() == [minute * MINUTE for minute in range(10)]


async def test_a_feed_without_bars() -> None:
    feed: Any = Minutes(-5)
    with pytest.raises(BadHistory, match="BTCUSDT: no bars that are over, from 1970-01-01 00:00:00Z"):
        await fetch(feed, "BTCUSDT", 60, 0, 100 * MINUTE, 1000 * MINUTE)
