"""One purse by hand: who is first, who finds no money or no room, and what cannot be put together."""

from __future__ import annotations

from decimal import Decimal as D
from typing import Any

import numpy as np
import pytest

from tradewire.backtest.fast import run
from tradewire.backtest.outcome import Together
from tradewire.backtest.plan import BadPlan
from tradewire.backtest.portfolio import Traded, run_together
from tradewire.backtest.reported import reported
from tradewire.domain.bars import Bars
from tradewire.domain.signal import Size, SizeUnit
from tradewire.report.statistics import statistics
from tradewire.strategies.base import Signals

HOUR = 3_600_000_000_000
HALF = Size(D(60), SizeUnit.EQUITY_PERCENT)


def symbol(name: str, closes: list[float], enter: list[int], leave: list[int], start: int = 0, **given: Any) -> Traded:
    """A symbol whose bars open at the close before."""
    close, rows = np.array(closes, float), np.arange(len(closes))
    opened = np.concatenate((close[:1], close[:-1]))
    bars = Bars.checked(
        name, 3600, (start + rows) * HOUR, opened, np.maximum(opened, close), np.minimum(opened, close), close
    )
    never = np.zeros(len(closes), bool)
    return Traded(bars, Signals(np.isin(rows, enter), np.isin(rows, leave), never, never), **given)


def told(found: Together) -> list[tuple[int, int, int, float]]:
    rows = zip(found.trades, found.symbol.tolist(), strict=True)
    return [(which, trade.entry_row, trade.exit_row, trade.quantity) for trade, which in rows]


def test_entries_of_a_moment_take_money_in_the_order_of_the_symbols() -> None:
    first = symbol("A", [100] * 4, [0], [2], size=HALF)
    second = symbol("B", [50] * 4, [0, 2], [], size=HALF)
    found = run_together([first, second], cash=1_000.0)
    assert told(found) == [(0, 1, 3, 6.0), (1, 3, 3, 12.0)], "what A frees at an open pays for B at that open"
    assert found.unaffordable == 1
    turned = run_together([second, first], cash=1_000.0)
    assert told(turned) == [(0, 1, 3, 12.0)]


def test_percent_are_of_the_equity_with_what_is_open() -> None:
    first = symbol("A", [100, 100, 200, 200], [0], [], size=Size(D(5), SizeUnit.UNITS))
    second = symbol("B", [50] * 4, [2], [], size=Size(D(10), SizeUnit.EQUITY_PERCENT))
    found = run_together([first, second], cash=1_000.0)
    assert sorted(told(found)) == [(0, 1, 3, 5.0), (1, 3, 3, 3.0)]
    assert found.equity.tolist() == [1_000.0, 1_000.0, 1_500.0, 1_500.0]


def test_no_more_than_so_many_trades_are_open() -> None:
    each = [symbol(name, [10] * 4, [0], [1]) for name in "ABC"]
    found = run_together(each, max_open=2)
    assert (len(found.trades), found.crowded) == (2, 1)


def test_bars_that_begin_and_end_at_other_times_go_on_one_clock() -> None:
    early = symbol("A", [10, 10, 12], [0], [])
    late = symbol("B", [20, 20, 20, 30], [1], [], start=2)
    found = run_together([early, late])
    assert (found.ts // HOUR).tolist() == [0, 1, 2, 3, 4, 5]
    assert found.equity.tolist() == [10_000, 10_000, 10_002, 10_002, 10_002, 10_012]
    made = reported([early.bars, late.bars], found, "both", at_close=False, params={}, settings={})
    figures = statistics(made)
    assert {name: tally.pnl for name, tally in figures.by_symbol.items()} == {"A": 2.0, "B": 10.0}
    assert (made.trades.exit_ts // HOUR).tolist() == [3, 6]


def test_one_symbol_alone_is_a_run() -> None:
    alone = symbol("A", [100, 101, 103, 99, 98], [0, 3], [1])
    assert list(run_together([alone]).trades) == list(run(alone.bars, alone.signals).trades)


@pytest.mark.parametrize(
    ("traded", "given", "words"),
    [
        ([], {}, "no symbol"),
        ([symbol("A", [1], [], [])] * 2, {}, "A is there twice"),
        ([symbol("A", [1], [], [])], {"max_open": 0}, "room for one"),
        ([symbol("A", [1], [], [])], {"cash": 0.0}, "cash"),
    ],
)
def test_what_cannot_be_put_together(traded: list[Traded], given: dict[str, Any], words: str) -> None:
    with pytest.raises(BadPlan, match=words):
        run_together(traded, **given)


def test_bars_of_different_length_are_refused() -> None:
    bars = Bars.checked("B", 60, [0], [1], [1], [1], [1])
    never = np.zeros(1, bool)
    with pytest.raises(BadPlan, match="60 s and of 3600 s cannot go on one clock"):
        run_together([symbol("A", [1], [], []), Traded(bars, Signals(never, never, never, never))])
