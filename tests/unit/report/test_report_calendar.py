"""Months, hours and weekdays."""

from __future__ import annotations

import numpy as np
import pytest

from tradewire.report.calendar import by_hour, by_weekday, monthly
from unit.report.report_runs import DAY, MONDAY, trades


def test_each_month_starts_where_the_one_before_ended() -> None:
    ts = MONDAY + np.arange(-1, 91) * DAY
    equity = np.full(92, 110.0)
    equity[0] = 105.0
    equity[32:] = 121.0
    last, this = monthly(ts, equity, 100.0)
    assert (last.year, last.months[11], last.total) == (2023, pytest.approx(0.05), pytest.approx(0.05))
    assert last.months[:11] == (None,) * 11
    assert this.months[:3] == pytest.approx((110 / 105 - 1, 0.1, 0.0))
    assert (this.months[3], this.total) == (None, pytest.approx(121 / 105 - 1))


def test_a_month_and_a_year_without_bars_are_left_out() -> None:
    ts = np.array([MONDAY, MONDAY + 60 * DAY, MONDAY + 800 * DAY])
    years = monthly(ts, np.array([100.0, 110.0, 121.0]), 100.0)
    assert [year.year for year in years] == [2024, 2026]
    assert years[0].months[:3] == (0.0, None, pytest.approx(0.1))


def test_nothing_is_earned_from_nothing() -> None:
    (year,) = monthly(np.array([MONDAY, MONDAY + 40 * DAY]), np.array([0.0, 10.0]), 100.0)
    assert (year.months[0], year.months[1], year.total) == (-1.0, None, -0.9)


def test_hours_and_weekdays_are_those_of_the_entry() -> None:
    rows = trades({"entry": 0.5, "pnl": 1, "exit": 9}, {"entry": 6, "pnl": -1, "exit": 9}, {"entry": 7, "exit": 9})
    assert {hour: found.trades for hour, found in by_hour(rows).items()} == {"00": 2, "12": 1}
    assert {day: found.pnl for day, found in by_weekday(rows).items()} == {"Monday": 1.0, "Sunday": -1.0}
