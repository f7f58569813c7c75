"""Many runs at once come to what each comes to alone."""

from __future__ import annotations

from decimal import Decimal as D

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_backtest_loop import LEVERAGE, Case, all_exits, cases, outcome_of

from tradewire.backtest.hearing import words_of
from tradewire.backtest.many import Plan, many
from tradewire.backtest.reported import reported
from tradewire.backtest.words import part
from tradewire.domain.signal import Size, SizeUnit
from tradewire.report.statistics import statistics
from tradewire.strategies.base import Signals

CASH = 10_000.0
sizes = st.builds(Size, st.integers(1, 5).map(D), st.sampled_from([SizeUnit.UNITS, SizeUnit.RISK_PERCENT]))


def mirrored(signals: Signals) -> Signals:
    return Signals(signals.short_entry, signals.short_exit, signals.long_entry, signals.long_exit)


def same(figure: float, known: float | None) -> bool:
    return bool(np.isnan(figure) if known is None else figure == pytest.approx(known, rel=1e-9, abs=1e-9))


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(cases(), st.lists(st.builds(Plan, all_exits(), sizes), min_size=1, max_size=3), st.integers(1, 3))
def test_every_run_of_many_equals_that_run_alone(case: Case, plans: list[Plan], threads: int) -> None:
    both = [case.signals, mirrored(case.signals)]
    said = [words_of(case.bars, signals, case.atr, at_close=case.policy.at_close) for signals in both]
    figures = many(
        case.bars,
        said,
        plans,
        policy=case.policy,
        costs=case.costs,
        cash=CASH,
        leverage=LEVERAGE,
        pip=0.1,
        market=case.market,
        keep_returns=True,
        threads=threads,
    )
    assert figures.which.tolist() == [[heard, plan] for heard in range(2) for plan in range(len(plans))]
    for at, (heard, number) in enumerate(figures.which.tolist()):
        plan = plans[number]
        alone = outcome_of(case._replace(signals=both[heard], exits=plan.exits, size=plan.size))
        known = statistics(reported(case.bars, alone, "", at_close=case.policy.at_close, params={}, settings={}))
        sums, won = figures.sums, known.all
        assert (sums.trades[at], sums.wins[at], sums.losses[at]) == (won.trades, won.wins, won.losses)
        left_out = (sums.unaffordable[at], sums.unmeasured[at], sums.untradable[at])
        assert left_out == (alone.unaffordable, alone.unmeasured, alone.untradable)
        assert sums.equity_final[at] == alone.equity_final
        assert same(sums.fees[at], won.fees)
        assert same(sums.max_drawdown[at], known.max_drawdown)
        assert same(figures.pnl[at], won.pnl)
        assert same(figures.total_return[at], known.total_return)
        assert same(figures.cagr[at], known.cagr)
        assert same(figures.calmar[at], known.calmar)
        assert same(figures.profit_factor[at], won.profit_factor)
        assert same(figures.win_rate[at], won.win_rate)
        assert same(figures.expectancy[at], won.expectancy)


@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(cases(), st.data())
def test_a_part_of_the_words_is_what_is_said_of_a_part_of_the_bars(case: Case, data: st.DataObject) -> None:
    count, at_close = len(case.bars), case.policy.at_close
    start = data.draw(st.integers(0, count))
    stop = data.draw(st.integers(start, count))
    signals = case.signals
    cut = Signals(*(None if c is None else c[start:stop] for c in (getattr(signals, n) for n in signals.__slots__)))
    atr = None if case.atr is None else case.atr[start:stop]
    known = words_of(case.bars.part(start, stop), cut, atr, at_close=at_close)
    found = part(words_of(case.bars, signals, case.atr, at_close=at_close), start, stop, at_close=at_close)
    for mine, theirs in zip(found, known, strict=True):
        assert np.array_equal(mine, theirs, equal_nan=True)
