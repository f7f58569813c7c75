"""The session range follows the clocks of Tokyo and New York, through their changes."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from tradewire.analysis.sessions import local_time
from tradewire.domain.bars import Bars
from tradewire.strategies.base import Signals
from tradewire.strategies.session_range import SessionParams, SessionRange

HOUR = 3600


def ns(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1_000_000_000


def day(date: str, closes: dict[int, float], start: int = -1) -> Bars:
    """Return bars of an hour from `start` to 23:00 UTC, all at 100 but those named; the hour is that of the beginning.

    From 00:00 to 06:00 UTC, the range in Tokyo, prices go from 99 to 101.
    """
    hours = np.arange(start, 24)
    close = np.array([closes.get(hour, 100.0) for hour in hours.tolist()])
    ranging = (hours >= 0) & (hours < 6)
    high = np.where(ranging, 101, close + 0.1).clip(min=100)
    low = np.where(ranging, 99, close - 0.1).clip(max=100)
    ts = ns(date) + hours * HOUR * 1_000_000_000
    return Bars.checked("USDJPY", HOUR, ts, np.full(len(hours), 100.0), high, low, close)


def said(bars: Bars) -> Signals:
    return SessionRange().signals(bars, SessionParams())


def hours(bars: Bars, flags: np.ndarray) -> list[int]:
    return [datetime.fromtimestamp(ts // 10**9, UTC).hour for ts in bars.ts[flags].tolist()]


def test_a_close_above_the_range_is_bought_once_with_its_stop_below() -> None:
    bars = day("2024-01-10", {15: 101.5, 16: 102.0, 17: 100.5, 18: 101.2})
    signals = said(bars)
    assert hours(bars, signals.long_entry) == [15, 18]
    assert not signals.short_entry.any()
    assert signals.stop_distance is not None
    assert signals.stop_distance[16] == pytest.approx(101.5 - 99)


def test_a_close_below_the_range_is_sold_and_ends_a_long() -> None:
    bars = day("2024-01-10", {14: 101.5, 16: 98.0})
    signals = said(bars)
    assert hours(bars, signals.short_entry) == [16]
    assert signals.long_exit[17]


@pytest.mark.parametrize(
    ("date", "first"),
    [("2024-03-08", 12), ("2024-03-11", 11), ("2024-11-01", 11), ("2024-11-04", 12)],
    ids=["winter", "summer begins", "summer ends", "winter again"],
)
def test_new_yorks_hours_follow_its_summer_time(date: str, first: int) -> None:
    bars = day(date, dict.fromkeys(range(7, 24), 102.0))
    assert hours(bars, said(bars).long_entry) == [first]


def test_trades_end_with_new_yorks_hours() -> None:
    bars = day("2024-01-10", {})
    assert set(range(24)) - set(hours(bars, said(bars).long_exit)) == set(range(12, 20))


def test_a_range_whose_beginning_is_not_seen_says_nothing() -> None:
    bars = day("2024-01-10", {15: 105.0}, start=2)
    assert not said(bars).long_entry.any()


@pytest.mark.parametrize("timeframe_s", [30, 86_400])
def test_bars_too_short_or_too_long_are_refused(timeframe_s: int) -> None:
    bars = Bars.checked("USDJPY", timeframe_s, [0], [1], [1], [1], [1])
    with pytest.raises(ValueError, match="takes bars of a minute to 6 hours"):
        said(bars)


def test_local_time_is_that_of_the_zone() -> None:
    moments = [ns("2024-03-10 06:59:59"), ns("2024-03-10 07:00:00")]
    days, seconds = local_time(np.array(moments), "America/New_York")
    assert seconds.tolist() == [2 * HOUR - 1, 3 * HOUR]
    assert days[0] == days[1] == ns("2024-03-10") // 86_400_000_000_000
