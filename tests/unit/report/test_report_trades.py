"""Wins, losses, streaks, exposure and excursions, by hand and beside a plain loop."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradewire.report.run import row_of
from tradewire.report.trades import excursions, exposure, streaks, tally
from unit.report.report_runs import DAY, MONDAY, bars, trades


def test_wins_and_losses() -> None:
    found = tally(trades({"pnl": 30, "fees": 1}, {"pnl": -10, "fees": 1}, {"pnl": 10, "fees": 1}, {"pnl": 0}))
    assert (found.trades, found.wins, found.losses, found.win_rate) == (4, 2, 1, 0.5)
    assert (found.pnl, found.fees, found.profit_factor, found.payoff) == (30.0, 3.0, 4.0, 2.0)
    assert (found.expectancy, found.average_win, found.average_loss) == (7.5, 20.0, -10.0)
    assert found.expectancy_return == pytest.approx(0.075)
    assert (found.best, found.worst) == (30.0, -10.0)


def test_what_does_not_exist_is_none() -> None:
    nothing, wins = tally(trades()), tally(trades({"pnl": 1}))
    assert (nothing.trades, nothing.pnl) == (0, 0.0)
    assert (nothing.win_rate, nothing.expectancy, nothing.best) == (None, None, None)
    assert (wins.profit_factor, wins.payoff, wins.average_loss) == (None, None, None)


@pytest.mark.parametrize(
    ("pnl", "found"),
    [([], (0, 0)), ([1, 1, -1, 1], (2, 1)), ([-1, -1, 0, -1], (0, 2)), ([0, 0], (0, 0)), ([1, 1, 1], (3, 0))],
)
def test_streaks(pnl: list[float], found: tuple[int, int]) -> None:
    assert streaks(np.array(pnl, float)) == found


def test_exposure_counts_a_bar_once_and_the_bar_of_the_exit_too() -> None:
    ts = bars(range(1, 11)).ts
    rows = trades({"entry": 1, "exit": 3}, {"entry": 2, "exit": 4}, {"entry": 9, "exit": 9})
    assert exposure(ts, rows) == 0.5
    assert exposure(ts, trades()) == 0.0


def test_a_trade_is_held_from_its_entry_to_before_its_exit_and_the_exit_counts_with_its_price() -> None:
    history = bars([100, 90, 130, 500])
    rows = trades(
        {"entry": 1, "exit": 3, "sold": 110},
        {"entry": 1, "exit": 3, "sold": 110, "side": -1},
        {"entry": 3, "exit": 3, "sold": 95},
    )
    against, favour = excursions([history], rows)
    assert against == pytest.approx([0.1, 0.3, 0.05])
    assert favour == pytest.approx([0.3, 0.1, 0.0])


def test_a_bar_before_an_entry_at_its_close_is_not_held_and_one_before_an_exit_at_its_close_is() -> None:
    friday, monday = bars([100, 50]), bars([100, 80, 90], start=MONDAY + 4 * DAY)
    ts, low = np.concatenate((friday.ts, monday.ts)), np.concatenate((friday.low, monday.low))
    history = replace(monday, ts=ts, low=low, high=np.full(5, 100.0))
    rows = trades({"entry": 2, "exit": 5.5, "sold": 99}, {"entry": 4, "exit": 7, "sold": 90})
    assert excursions([history], rows)[0] == pytest.approx([0.01, 0.2])


def test_each_trade_looks_at_the_bars_of_its_own_symbol() -> None:
    histories = [bars([100, 100, 100]), bars([100, 150, 100], "ETHUSDT")]
    rows = trades({"entry": 0, "exit": 2, "symbol": 0}, {"entry": 0, "exit": 2, "symbol": 1})
    assert excursions(histories, rows)[1].tolist() == [0.0, 0.5]


@given(st.data(), st.lists(st.floats(1, 1000), min_size=2, max_size=40))
def test_excursions_and_exposure_are_those_of_a_plain_loop(data: st.DataObject, closes: list[float]) -> None:
    history = bars(closes)
    places = st.integers(0, len(closes) - 1)
    spans = sorted(tuple(sorted(span)) for span in data.draw(st.lists(st.tuples(places, places), max_size=8)))
    rows = trades(*({"entry": first, "exit": after} for first, after in spans))
    against, favour = excursions([history], rows)
    for index, (first, after) in enumerate(spans):
        assert against[index] == max(0, *(1 - low / 100 for low in [100, *history.low[first:after]]))
        assert favour[index] == max(0, *(high / 100 - 1 for high in [100, *history.high[first:after]]))
    held = {bar for first, after in spans for bar in range(first, after + 1)}
    assert exposure(history.ts, rows) == len(held) / len(closes)
    assert row_of(history.ts, np.array([MONDAY + DAY])).tolist() == [1]
