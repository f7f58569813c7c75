"""Several symbols with one purse: one alone is a run of the fast lane; many are those of a plain reference."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from property.test_backtest_loop import LEVERAGE, Case, cases, outcome_of
from tradewire.backtest.portfolio import Traded, run_together
from tradewire.domain.signal import Size, SizeUnit

SLOW = settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])


def traded(case: Case, symbol: str = "X") -> Traded:
    return Traded(
        replace(case.bars, symbol=symbol),
        case.signals,
        case.exits,
        case.size,
        pip=0.1,
        atr=case.atr,
        market=case.market,
    )


@SLOW
@given(cases())
def test_one_symbol_is_a_run_of_the_fast_lane(case: Case) -> None:
    alone = outcome_of(case)
    found = run_together([traded(case)], policy=case.policy, costs=case.costs, cash=10_000.0, leverage=LEVERAGE)
    assert list(found.trades) == list(alone.trades)
    assert found.equity == pytest.approx(alone.equity, rel=1e-12)
    assert (found.unaffordable, found.unmeasured, found.untradable, found.crowded) == (
        alone.unaffordable,
        alone.unmeasured,
        alone.untradable,
        0,
    )
    assert found.ts.tolist() == case.bars.ts.tolist()


@SLOW
@given(st.lists(cases(), min_size=2, max_size=3), st.sampled_from([SizeUnit.UNITS, SizeUnit.QUOTE]))
def test_with_money_for_all_each_symbol_trades_as_it_does_alone(several: list[Case], unit: SizeUnit) -> None:
    first, size, rich = several[0], Size(Decimal(3), unit), 1e9
    several = [case._replace(policy=first.policy, costs=first.costs, size=size) for case in several]
    found = run_together(
        [traded(case, f"S{at}") for at, case in enumerate(several)],
        policy=first.policy,
        costs=first.costs,
        cash=rich,
        leverage=LEVERAGE,
    )
    earned = np.zeros(len(found.ts))
    for at, case in enumerate(several):
        alone = outcome_of(case, rich)
        own = [trade for trade, symbol in zip(found.trades, found.symbol, strict=True) if symbol == at]
        assert own == list(alone.trades)
        seen = np.searchsorted(case.bars.ts, found.ts, "right")
        earned += np.concatenate(([0.0], alone.equity - rich))[seen]
    assert found.equity - rich == pytest.approx(earned, abs=1e-3)
    assert found.unmeasured == sum(outcome_of(case, rich).unmeasured for case in several)


@SLOW
@given(st.lists(cases(), min_size=2, max_size=3), st.integers(1, 2))
def test_no_more_trades_are_open_than_allowed_and_all_money_is_accounted_for(several: list[Case], most: int) -> None:
    first = several[0]
    units = [traded(case, f"S{at}") for at, case in enumerate(several)]
    found = run_together(units, policy=first.policy, costs=first.costs, leverage=LEVERAGE, max_open=most)
    assert found.equity[-1] == pytest.approx(10_000.0 + float(found.trades.pnl.sum()), rel=1e-9)
    spans = {}
    for trade, symbol in zip(found.trades, found.symbol.tolist(), strict=True):
        ts = units[symbol].bars.ts
        spans[symbol, trade.entry_row] = (int(ts[trade.entry_row]), int(ts[trade.exit_row]))
    for moment in found.ts.tolist():
        assert sum(begin < moment < end for begin, end in spans.values()) <= most
