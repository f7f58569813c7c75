"""Checking: each kind of fault is counted and its first places are named; sound bars have none."""

from __future__ import annotations

from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from tradewire.backtest.data.checking import Finding, check
from tradewire.backtest.data.files import read
from tradewire.domain.bars import Bars

MINUTE = 60_000_000_000
START = 1_704_188_040_000_000_000


def walk(count: int = 500, seed: int = 7) -> Bars:
    steps = np.random.default_rng(seed).normal(0, 0.001, count)
    close = 100 * np.exp(np.cumsum(steps))
    opened = np.concatenate(([100.0], close[:-1]))
    high, low = np.maximum(opened, close) * 1.0005, np.minimum(opened, close) * 0.9995
    return Bars("BTCUSDT", 60, START + MINUTE * np.arange(count), opened, high, low, close, np.full(count, 3.0))


def put(bars: Bars, column: str, rows: slice | int | list[int], value: float) -> Bars:
    changed = getattr(bars, column).copy()
    changed[rows] = value
    return replace(bars, **{column: changed})


def without(bars: Bars, *rows: int) -> Bars:
    kept = np.delete(np.arange(len(bars)), rows)
    columns = {name: getattr(bars, name)[kept] for name in ("ts", "open", "high", "low", "close", "volume")}
    return replace(bars, **columns)


def found(bars: Bars) -> dict[str, Finding]:
    return {finding.rule: finding for finding in check(bars)}


def test_sound_bars_have_no_fault() -> None:
    assert check(walk()) == []


@pytest.mark.parametrize(
    ("rule", "column", "value"),
    [
        ("missing", "open", np.nan),
        ("missing", "high", np.inf),
        ("negative", "low", -1.0),
        ("zero", "low", 0.0),
        ("high", "high", 90.0),
        ("low", "low", 110.0),
        ("volume", "volume", -1.0),
        ("volume", "volume", np.nan),
    ],
)
def test_impossible_figures(rule: str, column: str, value: float) -> None:
    bars = put(walk(), column, [5, 40, 41, 90], value)
    fault = found(bars)[rule]
    assert (fault.grave, fault.count, fault.rows) == (True, 4, (5, 40, 41))
    assert fault.times[0] == START + 5 * MINUTE
    assert fault.told(lambda row: f"line {row + 2}").startswith(f"{rule}: 4: ")
    assert "(line 7, 2024-01-02 09:39:00Z; line 42, " in fault.told(lambda row: f"line {row + 2}")
    assert fault.told().endswith(" and 1 more)")


def test_wrong_order_and_times_that_are_there_twice() -> None:
    bars = walk(100)
    bars = replace(bars, ts=np.concatenate((bars.ts[:50], bars.ts[47:97])))
    faults = found(bars)
    assert set(faults) == {"unsorted", "duplicate"}
    assert faults["unsorted"].rows == (50, 51)
    assert faults["duplicate"].rows == (50, 51, 52)


def test_all_faults_are_told_together_the_grave_first() -> None:
    bars = without(put(put(walk(), "open", 3, np.nan), "close", 9, -5.0), 300, 301)
    faults = check(bars)
    assert [finding.rule for finding in faults] == ["missing", "negative", "low", "gap"]
    assert [finding.grave for finding in faults] == [True, True, True, False]


def test_gaps() -> None:
    gap = found(without(walk(), 10, 11, 12, 200))["gap"]
    assert (gap.count, gap.rows, gap.grave) == (2, (10, 197), False)
    assert "bars of 1m are missing before it: 4 in all" in gap.sentence


def test_gaps_against_what_a_calendar_expects() -> None:
    bars = without(walk(20), 3, 4, 9)
    expected = np.delete(walk(40).ts, 4)
    gaps = {finding.rule: finding for finding in check(bars, expected)}["gap"]
    assert (gaps.count, gaps.rows) == (2, (3, 7))
    assert "2 in all" in gaps.sentence


def test_a_time_beside_the_grid() -> None:
    bars = walk(50)
    bars.ts[20] += 7_000_000_000
    assert found(bars)["grid"].rows == (20,)


def test_a_spike_comes_back_and_a_crash_does_not() -> None:
    bars = walk()
    spiked = put(put(bars, "close", 100, 150.0), "high", 100, 151.0)
    assert found(spiked)["spike"].rows == (100,)
    crashed = replace(bars, **{name: getattr(bars, name).copy() for name in ("open", "high", "low", "close")})
    for name in ("open", "high", "low", "close"):
        getattr(crashed, name)[100:] *= 0.7
    assert check(crashed) == []


def test_stretches_without_volume_or_without_any_move() -> None:
    bars = put(put(walk(), "volume", slice(50, 79), 0.0), "volume", slice(100, 130), 0.0)
    assert found(bars)["no_volume"].rows == (100,)
    still = walk()
    for name in ("open", "high", "low", "close"):
        still = put(still, name, slice(60, 91), float(still.close[60]))
    assert found(still)["stale"].rows == (61,)
    assert found(replace(walk(), volume=np.zeros(500))) == {}


@pytest.mark.parametrize("name", ["GOOG", "EURUSD"])
def test_real_histories_have_gaps_at_weekends_and_no_grave_fault(name: str) -> None:
    bars = read(Path(str(files("backtesting.test").joinpath(f"{name}.csv")))).bars
    faults = check(bars)
    assert "gap" in {finding.rule for finding in faults}
    assert not [finding for finding in faults if finding.grave]
