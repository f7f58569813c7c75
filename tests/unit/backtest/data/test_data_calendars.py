"""Calendars: real histories keep to the sessions and holidays of their exchange."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from tradewire.backtest.data.calendars import ends, expected, sessions
from tradewire.backtest.data.checking import check
from tradewire.backtest.data.files import read
from tradewire.backtest.data.mending import rows
from tradewire.backtest.data.problems import BadHistory
from tradewire.backtest.data.resampling import resample
from tradewire.domain.bars import Bars

MINUTE = 60_000_000_000


def ns(text: str) -> int:
    return int(np.datetime64(text, "ns").astype(np.int64))


def real(name: str) -> Bars:
    return read(Path(str(files("backtesting.test").joinpath(f"{name}.csv")))).bars


def within(name: str, bars: Bars) -> dict[str, tuple[int, tuple[int, ...]]]:
    times = expected(bars, sessions(name, int(bars.ts[0]), int(bars.ts[-1])))
    return {finding.rule: (finding.count, finding.times) for finding in check(bars, times)}


def test_a_daily_history_keeps_the_holidays_of_new_york() -> None:
    bars = real("GOOG")
    assert not {"gap", "closed"} & within("XNYS", bars).keys()
    hurricane = int(np.searchsorted(bars.ts, ns("2012-10-31")))
    kept = np.delete(np.arange(len(bars)), [hurricane])
    assert within("XNYS", rows(bars, kept))["gap"] == (1, (ns("2012-11-01"),))
    moved = rows(bars, np.arange(len(bars)))
    christmas = int(np.searchsorted(bars.ts, ns("2012-12-26")))
    moved.ts[christmas] = ns("2012-12-25")
    assert within("XNYS", moved)["closed"] == (1, (ns("2012-12-25"),))


def test_an_hourly_history_keeps_the_week_of_currencies() -> None:
    bars = real("EURUSD")
    assert "gap" in {finding.rule for finding in check(bars)}
    found = within("fx", bars)
    assert found.get("closed", (0,))[0] < 10
    assert found.get("gap", (0,))[0] < 10


def test_half_days_and_pauses() -> None:
    thanksgiving = sessions("XNYS", ns("2012-11-22"), ns("2012-11-23"))
    at = thanksgiving.day.tolist().index(ns("2012-11-23"))
    assert ns("2012-11-22") not in thanksgiving.day.tolist()
    assert (thanksgiving.open[at], thanksgiving.close[at]) == (ns("2012-11-23T14:30"), ns("2012-11-23T18:00"))
    tokyo = sessions("XTKS", ns("2020-01-06"), ns("2020-01-06"))
    moments = np.array([ns(f"2020-01-06T{clock}") for clock in ("00:00", "02:29", "02:30", "03:29", "03:30", "06:00")])
    assert (tokyo.stretch(moments) >= 0).tolist() == [True, True, False, False, True, False]


def test_the_hub_and_the_calendar_end_the_same_sessions() -> None:
    first, last = ns("2012-11-19"), ns("2012-11-26T21:00")
    hub, exchange = ({end for end in ends(name, first, last).tolist() if end <= last} for name in ("us", "XNYS"))
    holiday, usual, early = ns("2012-11-22T21:00"), ns("2012-11-23T21:00"), ns("2012-11-23T18:00")
    assert len(hub) == 6
    assert exchange == hub - {holiday, usual} | {early}
    days = sessions("fx", first, last)
    fridays = ends("fx", first, last)
    assert fridays.tolist() == [ns("2012-11-23T22:00"), ns("2012-11-30T22:00")]
    assert set(fridays.tolist()) <= set(days.close.tolist())


def test_a_pause_is_not_the_end_of_a_session() -> None:
    found = ends("XTKS", ns("2020-01-06"), ns("2020-01-07"))
    assert found[:2].tolist() == [ns("2020-01-06T06:00"), ns("2020-01-07T06:00")]


@pytest.mark.parametrize(
    ("name", "told"), [("NYSE2", "did you mean NYSE"), ("zzzz", "use fx, 24/5, or a name such as XNYS or XLON")]
)
def test_an_unknown_calendar(name: str, told: str) -> None:
    with pytest.raises(BadHistory, match=told):
        sessions(name, 0, 1)


def minutes(start: str, count: int) -> Bars:
    close = 100.0 + np.arange(count)
    ts = ns(start) + MINUTE * np.arange(count)
    return Bars("SPY", 60, ts, close - 1, close + 2, close - 2, close, np.ones(count))


def test_longer_bars_on_the_clock() -> None:
    made = resample(minutes("2012-11-23T14:30", 100), 3600)
    assert made.bars.ts.tolist() == [ns("2012-11-23T14:00"), ns("2012-11-23T15:00")]
    assert (made.outside, made.unfinished) == (0, 10)
    columns = [getattr(made.bars, name).tolist() for name in ("open", "high", "low", "close", "volume")]
    assert columns == [[99, 129], [131, 191], [98, 128], [129, 189], [30, 60]]
    assert made.told() == ["the last 10 bars left out: what they would be part of is not over yet"]


def test_weeks_begin_on_monday() -> None:
    days = real("GOOG").part(0, 12)
    assert resample(days, 604_800).bars.ts.tolist() == [ns("2004-08-16"), ns("2004-08-23")]


def test_longer_bars_from_the_opening_of_a_session() -> None:
    hours = sessions("XNYS", ns("2012-11-23"), ns("2012-11-23"))
    made = resample(minutes("2012-11-23T14:00", 300), 3600, hours)
    begin = [ns(f"2012-11-23T{clock}") for clock in ("14:30", "15:30", "16:30", "17:30")]
    assert made.bars.ts.tolist() == begin
    assert made.bars.volume.tolist() == [60, 60, 60, 30]
    assert (made.outside, made.unfinished) == (90, 0)
    day = resample(minutes("2012-11-23T14:00", 300), 86_400, hours).bars
    assert (day.ts.tolist(), day.volume.tolist()) == ([ns("2012-11-23")], [210])
    assert len(resample(minutes("2012-11-23T14:00", 200), 86_400, hours).bars) == 0


@pytest.mark.parametrize("timeframe_s", [60, 90, 30])
def test_only_longer_multiples(timeframe_s: int) -> None:
    with pytest.raises(BadHistory, match="is not a longer multiple of 1m"):
        resample(minutes("2012-11-23T14:00", 10), timeframe_s)
