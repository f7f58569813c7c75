"""A trade that was closed in parts is one trade, and its parts are kept."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradewire.report.html import page
from tradewire.report.parts import joined
from tradewire.report.result import as_json
from tradewire.report.run import BadRun, Parts
from tradewire.report.statistics import statistics
from unit.report.report_runs import run, trades

LADDER: tuple[dict[str, Any], ...] = (
    {"entry": 0, "exit": 1, "sold": 110, "pnl": 5, "fees": 0.5, "reason": 1},
    {"entry": 0, "exit": 3, "sold": 90, "pnl": -2, "fees": 0.25, "reason": 0},
)
OTHER: dict[str, Any] = {"entry": 1, "exit": 2, "sold": 105, "pnl": 5, "symbol": 1}


def test_parts_become_one_trade_that_ends_with_the_last_of_them() -> None:
    closes = trades(LADDER[0], OTHER, LADDER[1])
    found, parts = joined(closes, np.array([7, 2, 7]))
    assert (found.entry_ts.tolist(), found.exit_ts.tolist()) == (
        closes.entry_ts[1:].tolist(),
        closes.exit_ts[1:].tolist(),
    )
    assert (found.quantity.tolist(), found.exit_price.tolist(), found.pnl.tolist()) == ([1, 2], [105, 100], [5, 3])
    assert (found.fees.tolist(), found.exit_reason.tolist(), found.symbol.tolist()) == ([0, 0.75], [0, 0], [1, 0])
    assert (parts.first.tolist(), parts.closes.exit_price.tolist()) == ([0, 1, 3], [105, 110, 90])


def test_the_figures_the_json_and_the_page_count_trades_and_tell_parts() -> None:
    columns, parts = joined(trades(*LADDER), np.array([0, 0]))
    tried = run([100, 105, 105, 103], trades=columns, closed=parts)
    found = statistics(tried)
    assert (found.all.trades, found.all.wins, found.by_reason["signal"].trades) == (1, 1, 1)
    assert "stop" not in found.by_reason
    assert (found.average_mae, found.average_mfe) == (pytest.approx(0.1), pytest.approx(0.1))
    (told,) = as_json(tried, found, "fast", 0.0)["trades"]
    assert (told["quantity"], told["exit_price"], told["exit_reason"], told["pnl"]) == (2.0, 100.0, "signal", 3.0)
    assert told["parts"] == [
        {
            "exit_time": f"2024-01-0{day}T00:00:00.000Z",
            "exit_price": price,
            "exit_reason": why,
            "quantity": 1.0,
            "pnl": pnl,
            "fees": fees,
            "funding": 0.0,
        }
        for day, price, why, pnl, fees in ((2, 110.0, "stop", 5.0, 0.5), (4, 90.0, "signal", -2.0, 0.25))
    ]
    text = page(tried, found)
    assert "1.1</td>" in text
    assert "1.2</td>" in text


def test_nothing_closed_is_no_trade() -> None:
    found, parts = joined(trades(), np.array([], np.int64))
    assert (len(found), parts.first.tolist()) == (0, [0])


@pytest.mark.parametrize(("first", "told"), [([0, 1], "do not belong"), ([0, 0, 2], "trade 0 has no part")])
def test_parts_that_are_not_those_of_the_trades_are_refused(first: list[int], told: str) -> None:
    two = trades({}, {})
    with pytest.raises(BadRun, match=told):
        run([100], trades=two, closed=Parts(np.array(first), two))


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(1, 9), st.floats(50, 150)), max_size=30))
def test_joining_equals_a_plain_loop(rows: list[tuple[int, int, float]]) -> None:
    closes = trades(*({"pnl": pnl, "sold": price, "exit": at + 1} for at, (_, pnl, price) in enumerate(rows)))
    found, parts = joined(closes, np.array([number for number, _, _ in rows], np.int64))
    grouped: dict[int, list[int]] = {}
    for at, (number, _, _) in enumerate(rows):
        grouped.setdefault(number, []).append(at)
    known = sorted(grouped.values(), key=lambda members: members[-1])
    assert found.pnl.tolist() == [sum(rows[at][1] for at in members) for members in known]
    assert found.exit_ts.tolist() == [closes.exit_ts[members[-1]] for members in known]
    assert found.exit_price == pytest.approx([np.mean([rows[at][2] for at in members]) for members in known])
    assert parts.closes.exit_ts.tolist() == [closes.exit_ts[at] for members in known for at in members]
    if len(found):
        half = np.arange(0, len(found), 2)
        assert parts.only(half).closes.exit_ts.tolist() == [
            closes.exit_ts[at] for members in known[::2] for at in members
        ]
