"""Falls below the best, by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradewire.report.drawdown import Drawdown, depths, drawdowns, longest
from unit.report.report_runs import DAY, MONDAY


def days(count: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return MONDAY + np.arange(count, dtype=np.int64) * DAY


def test_each_fall_has_its_best_its_lowest_and_its_way_back() -> None:
    fallen = depths(np.array([100, 120, 90, 96, 130, 130, 117.0]), 100.0)
    assert drawdowns(days(7), fallen, 5) == [
        Drawdown(0.25, MONDAY + DAY, MONDAY + 2 * DAY, MONDAY + 4 * DAY, 3.0),
        Drawdown(pytest.approx(0.1), MONDAY + 5 * DAY, MONDAY + 6 * DAY, None, 1.0),
    ]
    assert longest(days(7), fallen) == 3.0


def test_the_cash_is_the_first_best() -> None:
    (fall,) = drawdowns(days(3), depths(np.array([80, 90, 100.0]), 100.0), 5)
    assert (fall.depth, fall.peak, fall.recovered) == (pytest.approx(0.2), MONDAY, MONDAY + 2 * DAY)


def test_an_account_that_only_rose_has_none() -> None:
    fallen = depths(np.array([100, 100, 101.0]), 100.0)
    assert (drawdowns(days(3), fallen, 5), longest(days(3), fallen)) == ([], 0.0)


def test_the_deepest_are_kept_and_the_longest_is_found_among_all() -> None:
    fallen = depths(np.array([100, 99, 99, 99, 101, 50, 102.0]), 100.0)
    (deepest,) = drawdowns(days(7), fallen, 1)
    assert deepest.days == 2.0
    assert longest(days(7), fallen) == 4.0


@given(st.lists(st.floats(1, 1000), min_size=1, max_size=60))
def test_the_deepest_is_what_a_plain_loop_finds(worth: list[float]) -> None:
    best, deepest = 100.0, 0.0
    for value in worth:
        best = max(best, value)
        deepest = max(deepest, 1 - value / best)
    falls = drawdowns(days(len(worth)), depths(np.array(worth), 100.0), 1)
    assert (falls[0].depth if falls else 0.0) == deepest
