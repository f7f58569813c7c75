"""One run by hand, the policies told apart by a bar each, and what cannot be run."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal as D
from typing import Any

import numpy as np
import pytest

from tradewire.backtest.costs import BadCosts, Costs
from tradewire.backtest.entering import first_at
from tradewire.backtest.fast import run
from tradewire.backtest.hearing import BadSignals
from tradewire.backtest.outcome import Closed
from tradewire.backtest.plan import BadPlan
from tradewire.backtest.policy import OPTIMISTIC, PESSIMISTIC, VECTORBT, FillPolicy
from tradewire.domain.bars import Bars
from tradewire.domain.signal import Breakeven, Distance, ExitSpec, Size, SizeUnit, Target, Trailing, Unit
from tradewire.strategies.base import Signals

MINUTE = 60_000_000_000
Bar = tuple[float, float, float, float]


def percent(value: float) -> Distance:
    return Distance(D(str(value)), Unit.PERCENT)


BOTH = ExitSpec(stop=percent(2), targets=(Target(percent(4)),))


def bars(*rows: Bar) -> Bars:
    columns = np.array(rows, float).reshape(-1, 4).T
    return Bars.checked("X", 60, np.arange(len(rows)) * MINUTE, *columns)


def said(count: int, **rows: list[int]) -> Signals:
    names = ("long_entry", "long_exit", "short_entry", "short_exit")
    return Signals(*(np.isin(np.arange(count), rows.get(name, [])) for name in names))


QUIET: Bar = (100, 101, 99, 100)


def closes(rows: list[Bar], exits: ExitSpec = BOTH, policy: FillPolicy = PESSIMISTIC, **heard: list[int]) -> list[Any]:
    outcome = run(bars(*rows), said(len(rows), **heard), exits=exits, policy=policy)
    return [(row.entry_row, row.exit_row, row.exit_reason, row.exit_price) for row in outcome.trades]


def test_a_short_trade_with_every_cost_by_hand() -> None:
    rows: list[Bar] = [QUIET, (100, 101, 99, 100), (100, 100, 95, 96)]
    outcome = run(
        bars(*rows),
        said(3, short_entry=[0]),
        exits=BOTH,
        costs=Costs(fee_percent=0.1, half_spread=0.05, slippage_percent=0.1),
        size=Size(D(2), SizeUnit.UNITS),
        cash=1000.0,
    )
    entry, left = 100 - 0.1 - 0.05, 99.85 * 0.96 + 0.05
    fees = 2 * 0.001 * (entry + left)
    pnl = 2 * (entry - left) - fees
    assert list(outcome.trades) == [
        Closed(1, 2, "short", "target", *(pytest.approx(v) for v in (entry, left, 2.0, fees, pnl, 0.0)))
    ]
    assert outcome.equity == pytest.approx([1000, 1000 - 0.3 - 0.002 * entry, 1000 + pnl])
    assert outcome.equity_final == pytest.approx(1000 + pnl)


@pytest.mark.parametrize(
    ("policy", "known"),
    [(PESSIMISTIC, (1, 1, "stop", 98.0)), (OPTIMISTIC, (1, 1, "target", 104.0)), (VECTORBT, (1, 2, "open", 100.0))],
)
def test_a_bar_of_entry_that_reaches_both(policy: FillPolicy, known: tuple[Any, ...]) -> None:
    assert closes([QUIET, (100, 105, 97, 100), QUIET], policy=policy, long_entry=[0]) == [known]


@pytest.mark.parametrize(
    ("policy", "known"),
    [
        (PESSIMISTIC, [(1, 3, "signal", 100.0), (3, 3, "stop", 102.0)]),
        (VECTORBT, [(1, 3, "stop", 98.0)]),
    ],
)
def test_a_turn_at_the_open_of_a_bar_that_reaches_the_stop(policy: FillPolicy, known: list[Any]) -> None:
    rows: list[Bar] = [QUIET, QUIET, QUIET, (100, 103, 97, 100), QUIET]
    assert closes(rows, policy=policy, long_entry=[0], short_entry=[2]) == known


def test_a_fill_at_the_close_looks_at_the_next_bar_and_nothing_is_entered_at_the_last() -> None:
    rows: list[Bar] = [(100, 110, 90, 100), QUIET, (100, 104, 99, 103)]
    assert closes(rows, policy=replace(PESSIMISTIC, at_close=True), long_entry=[0, 2]) == [(0, 2, "target", 104.0)]


def test_what_contradicts_itself_says_nothing() -> None:
    assert closes([QUIET] * 4, long_entry=[0, 1], long_exit=[0], short_entry=[1]) == []


def test_a_ladder_with_breakeven_is_a_row_for_each_part() -> None:
    exits = ExitSpec(
        stop=percent(2),
        targets=(Target(percent(2), D("0.5")), Target(percent(4), D("0.25"))),
        breakeven=Breakeven(after_target=1),
    )
    rows: list[Bar] = [QUIET, (100, 102.5, 99, 102), (102, 104, 101, 102), (102, 102, 99, 100)]
    outcome = run(bars(*rows), said(4, long_entry=[0]), exits=exits, policy=OPTIMISTIC)
    assert [(row.exit_reason, row.exit_price, row.quantity) for row in outcome.trades] == [
        ("target", 102.0, 0.5),
        ("target", 104.0, 0.25),
        ("breakeven", 100.0, 0.25),
    ]


def test_a_trailing_stop_and_a_time_limit_are_named() -> None:
    rows: list[Bar] = [QUIET, (100, 110, 100, 110), (110, 110, 100, 100), QUIET, QUIET, QUIET]
    exits = ExitSpec(trailing=Trailing(percent(10)), time_limit_s=60)
    assert closes(rows, exits, OPTIMISTIC, long_entry=[0, 2]) == [
        (1, 2, "time_limit", 110.0),
        (3, 4, "time_limit", 100.0),
    ]
    trail = ExitSpec(trailing=Trailing(percent(5)))
    assert closes(rows, trail, OPTIMISTIC, long_entry=[0]) == [(1, 2, "trailing", 104.5)]


def test_entries_that_cannot_be_paid_or_measured_are_counted() -> None:
    signals = said(3, long_entry=[0])
    dear = run(bars(QUIET, QUIET, QUIET), signals, cash=99.0)
    assert (len(dear.trades), dear.unaffordable, dear.unmeasured) == (0, 1, 0)
    risk = run(bars(QUIET, QUIET, QUIET), signals, size=Size(D(1), SizeUnit.RISK_PERCENT))
    assert (len(risk.trades), risk.unaffordable, risk.unmeasured) == (0, 0, 1)
    unknown = ExitSpec(stop=Distance(D(2), Unit.ATR))
    assert run(bars(QUIET, QUIET, QUIET), signals, exits=unknown).unmeasured == 1


def test_all_of_the_equity_pays_its_own_fee() -> None:
    outcome = run(
        bars(QUIET, QUIET, QUIET),
        said(3, long_entry=[0]),
        size=Size(D(100), SizeUnit.EQUITY_PERCENT),
        costs=Costs(fee_percent=0.1),
    )
    assert [row.quantity for row in outcome.trades] == [pytest.approx(100 / 1.001)]


def test_no_bars_and_no_signals_come_to_nothing() -> None:
    outcome = run(bars(), said(0), cash=5.0)
    assert (len(outcome.trades), outcome.equity_final) == (0, 5.0)


@pytest.mark.parametrize(
    ("exits", "told"),
    [
        (ExitSpec(stop=D(99)), "the stop is the price 99; a backtest needs a distance"),
        (ExitSpec(stop=Distance(D(3), Unit.PIPS)), "how large a pip is"),
        (ExitSpec(stop=Distance(D(3), Unit.R)), "cannot be measured in R"),
        (ExitSpec(stop=percent(0)), "must be a positive distance, not 0%"),
        (ExitSpec(stop=percent(100)), "100 % or more would never act"),
        (ExitSpec(targets=(Target(percent(1), D("0.7")),) * 2), "more than the whole"),
        (ExitSpec(targets=(Target(percent(1), D(0)),)), "closes more than nothing"),
        (ExitSpec(targets=(Target(percent(1)),) * 9), "there are 9 targets"),
        (ExitSpec(breakeven=Breakeven()), "needs a level or the number of a target"),
        (ExitSpec(breakeven=Breakeven(after_target=1)), "there are 0 targets"),
        (ExitSpec(time_limit_s=0), "must be positive, not 0 s"),
        (ExitSpec(session_end=True), "it is not said when sessions end"),
    ],
)
def test_exits_that_cannot_be_are_named(exits: ExitSpec, told: str) -> None:
    with pytest.raises(BadPlan) as caught:
        run(bars(QUIET), said(1), exits=exits)
    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("other", "told"),
    [
        ({"cash": float("nan")}, "must be positive numbers, not nan"),
        ({"leverage": 0.0}, "must be positive numbers"),
        ({"size": Size(D(0), SizeUnit.UNITS)}, "the size must be positive"),
        ({"size": Size(D(1), SizeUnit.LOTS)}, "cannot size in lots"),
    ],
)
def test_money_that_cannot_be_is_named(other: dict[str, Any], told: str) -> None:
    with pytest.raises(BadPlan) as caught:
        run(bars(QUIET), said(1), **other)
    assert told in str(caught.value)


def test_columns_that_do_not_fit_are_named() -> None:
    with pytest.raises(BadSignals, match=r"long_entry has the shape \(2,\)"):
        run(bars(QUIET), said(2))
    with pytest.raises(BadSignals, match="short_exit holds float64"):
        run(bars(QUIET), replace(said(1), short_exit=np.zeros(1)))
    with pytest.raises(BadSignals, match="atr has the shape"):
        run(bars(QUIET), said(1), atr=np.zeros(3))


@pytest.mark.parametrize("cost", [{"fee_percent": -1.0}, {"half_spread": float("inf")}, {"slippage_percent": 100.0}])
def test_costs_that_cannot_be_are_named(cost: dict[str, float]) -> None:
    with pytest.raises(BadCosts, match=next(iter(cost))):
        Costs(**cost)


@pytest.mark.parametrize("gaps", [[1] * 9, [1, 1, 5, 1, 1, 1, 7, 1, 1], [0.5] * 9])
def test_a_deadline_is_the_first_bar_at_or_after_it_also_where_bars_are_missing(gaps: list[float]) -> None:
    ts = np.cumsum([0, *gaps]) * MINUTE
    times = ts.astype(np.int64)
    for row in range(9):
        for moment in range(int(times[row]) + 1, int(times[-1]) + 2 * MINUTE, MINUTE // 4):
            known = row + int(np.sum(times[row:] < moment))
            assert first_at(times, row, moment, MINUTE) == known
