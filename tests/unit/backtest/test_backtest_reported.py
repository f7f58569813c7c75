"""A run of the fast lane with its statistics and its page."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from tradewire.backtest.fast import run
from tradewire.backtest.policy import PESSIMISTIC
from tradewire.backtest.reported import reported
from tradewire.domain.bars import Bars
from tradewire.domain.signal import Distance, ExitSpec, Target, Unit
from tradewire.report.html import page
from tradewire.report.run import Run
from tradewire.report.statistics import statistics
from tradewire.strategies.base import Signals

HOUR = 3_600 * 10**9
CLOSES = np.array([100, 101, 103, 102, 90, 91, 95, 97.0])
ENTRIES, EXITS = (0, 3, 5), (2,)
STOP = ExitSpec(stop=Distance(Decimal(5), Unit.PERCENT))


def ran(at_close: bool) -> Run:
    opens = np.concatenate((CLOSES[:1], CLOSES[:-1]))
    ts = np.arange(len(CLOSES)) * HOUR
    bars = Bars.checked("BTCUSDT", 3600, ts, opens, np.maximum(opens, CLOSES), np.minimum(opens, CLOSES), CLOSES)
    rows = np.arange(len(CLOSES))
    never = np.zeros(len(CLOSES), bool)
    signals = Signals(np.isin(rows, ENTRIES), np.isin(rows, EXITS), never, never)
    policy = replace(PESSIMISTIC, at_close=at_close)
    outcome = run(bars, signals, exits=STOP, policy=policy)
    return reported(bars, outcome, "by hand", at_close=at_close, params={"n": 1}, settings={"stop": "5 %"})


@pytest.mark.parametrize(
    ("at_close", "entered", "left"),
    [(False, [1, 4, 6], [3, 4, 8]), (True, [1, 4, 6], [3, 4, 8])],
)
def test_times_are_those_of_the_fills(at_close: bool, entered: list[int], left: list[int]) -> None:
    trades = ran(at_close).trades
    assert (trades.entry_ts // HOUR).tolist() == entered
    assert (trades.exit_ts // HOUR).tolist() == left
    assert [trades.reasons[reason] for reason in trades.exit_reason] == ["signal", "stop", "end"]


def test_the_figures_add_up_to_the_equity() -> None:
    run = ran(False)
    found = statistics(run)
    assert found.equity_final == pytest.approx(run.cash + found.all.pnl)
    assert {reason: tally.trades for reason, tally in found.by_reason.items()} == {"signal": 1, "stop": 1, "end": 1}
    assert "by hand" in page(run, found)


def test_a_run_without_trades_has_a_page() -> None:
    run = ran(False)
    nothing = replace(run, trades=run.trades.only(slice(0)), closed=None)
    assert "No trade." in page(nothing, statistics(nothing))


def test_a_ladder_of_targets_is_one_trade() -> None:
    count = len(CLOSES)
    ts, never = np.arange(count) * HOUR, np.zeros(count, bool)
    bars = Bars.checked("BTCUSDT", 3600, ts, CLOSES, CLOSES, CLOSES, CLOSES)
    ladder = ExitSpec(targets=tuple(Target(Distance(Decimal(percent), Unit.PERCENT)) for percent in (1, 3)))
    outcome = run(bars, Signals(np.arange(count) == 3, never, never, never), exits=ladder)
    made = reported(bars, outcome, "by hand", at_close=False, params={}, settings={})
    assert (len(outcome.trades), len(made.trades), statistics(made).all.trades) == (2, 1, 1)
    assert made.trades.pnl.sum() == pytest.approx(outcome.trades.pnl.sum())
