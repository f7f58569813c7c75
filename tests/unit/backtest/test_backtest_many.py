"""Figures of many runs beside those of the report, and runs that cannot be."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal as D

import numpy as np
import pytest

from tradewire.backtest import machine
from tradewire.backtest.fast import run
from tradewire.backtest.hearing import words_of
from tradewire.backtest.machine import still
from tradewire.backtest.made import made_bars
from tradewire.backtest.many import Plan, many
from tradewire.backtest.plan import BadPlan
from tradewire.backtest.reported import reported
from tradewire.backtest.words import Words
from tradewire.domain.bars import Bars
from tradewire.domain.signal import Distance, ExitSpec, Target, Trailing, Unit
from tradewire.report.returns import period_returns
from tradewire.report.statistics import statistics
from tradewire.strategies.base import Signals
from tradewire.strategies.sma_cross import CrossParams, SmaCross

BARS = made_bars(20_000, timeframe_s=300)
PAIRS = [(5, 20), (10, 50)]


def percent(value: float) -> Distance:
    return Distance(D(str(value)), Unit.PERCENT)


PLANS = [
    Plan(),
    Plan(ExitSpec(stop=percent(1), targets=(Target(percent(1), D("0.5")), Target(percent(3))))),
    Plan(ExitSpec(trailing=Trailing(percent(2)))),
]


def signals(fast: int, slow: int) -> Signals:
    return SmaCross().signals(BARS, CrossParams(fast=fast, slow=slow))


def said() -> list[Words]:
    return [words_of(BARS, signals(*pair)) for pair in PAIRS]


@pytest.mark.parametrize("threads", [None, 1, 3])
def test_the_figures_are_those_of_the_report(threads: int | None) -> None:
    figures = many(BARS, said(), PLANS, threads=threads, keep_returns=True)
    assert len(figures) == len(PAIRS) * len(PLANS)
    for at, (heard, plan) in enumerate(figures.which.tolist()):
        alone = run(BARS, signals(*PAIRS[heard]), exits=PLANS[plan].exits)
        known = statistics(reported(BARS, alone, "", at_close=False, params={}, settings={}))
        assert figures.sums.trades[at] == known.all.trades
        assert figures.sharpe[at] == pytest.approx(known.sharpe)
        assert figures.sortino[at] == pytest.approx(known.sortino)
        assert figures.calmar[at] == pytest.approx(known.calmar)
        assert figures.sums.max_drawdown[at] == pytest.approx(known.max_drawdown)
        earned = period_returns(BARS.ts, alone.equity, alone.cash, BARS.timeframe_s).values
        assert figures.returns[at] == pytest.approx(earned)
        off = earned - earned.mean()
        assert figures.sums.skewness[at] == pytest.approx((off**3).mean() / (off**2).mean() ** 1.5)
        assert figures.sums.kurtosis[at] == pytest.approx((off**4).mean() / (off**2).mean() ** 2)


def test_only_the_pairs_that_are_asked_for_are_run_in_their_order() -> None:
    every, some = many(BARS, said(), PLANS), many(BARS, said(), PLANS, np.array([(1, 2), (0, 1), (1, 2)]))
    assert some.sums.equity_final.tolist() == [every.sums.equity_final[at] for at in (5, 1, 5)]
    assert some.returns.size == 0


def test_an_account_that_lost_all_has_no_returns_after_that() -> None:
    price = np.array([100.0, 100, 10, 10, 10])
    bars = Bars.checked("X", 86_400, np.arange(5) * 86_400 * 10**9, price, price, price, price)
    never = np.zeros(5, bool)
    words = words_of(bars, Signals(np.arange(5) == 0, never, never, never))
    figures = many(bars, [words], [Plan()], cash=80.0, leverage=2.0, keep_returns=True)
    assert figures.sums.equity_final.tolist() == [-10.0]
    assert figures.returns[0, :3].tolist() == [0.0, 0.0, -1.125]
    assert np.isnan(figures.returns[0, 3:]).all()
    assert figures.sums.periods.tolist() == [3]
    assert np.isnan(figures.cagr).all()


def test_nothing_to_run_and_no_bars() -> None:
    assert len(many(BARS, [], PLANS)) == len(many(BARS, said(), [])) == 0
    empty = Bars.checked("X", 60, [], [], [], [], [])
    never = np.zeros(0, bool)
    figures = many(empty, [words_of(empty, Signals(never, never, never, never))], [Plan()], cash=7.0)
    assert figures.sums.equity_final.tolist() == [7.0]
    assert figures.sums.trades.tolist() == [0]


def test_a_pair_that_is_not_there_and_a_plan_that_cannot_be() -> None:
    with pytest.raises(BadPlan, match="not among the 2 and 3 given"):
        many(BARS, said(), PLANS, np.array([(0, 3)]))
    with pytest.raises(BadPlan, match="measured in R"):
        many(BARS, said(), [Plan(ExitSpec(stop=Distance(D(1), Unit.R)))])


def test_columns_that_cannot_be_written_to_are_not_compiled_for_anew() -> None:
    run(BARS, signals(5, 20))
    known = [len(made().signatures) for made in (machine.played, machine.gathered)]
    columns = [column.copy() for column in (BARS.ts, BARS.open, BARS.high, BARS.low, BARS.close)]
    for column in (columns[0], columns[3]):
        column.flags.writeable = False
    fixed = replace(signals(5, 20), long_exit=still(signals(5, 20).long_exit))
    run(Bars.checked("X", 300, *columns), fixed)
    assert [len(made().signatures) for made in (machine.played, machine.gathered)] == known
