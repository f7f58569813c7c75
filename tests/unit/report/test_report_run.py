"""A run whose columns do not fit together is named, not reckoned with."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tradewire.report.run import BadRun, row_of
from unit.report.report_runs import MONDAY, bars, run, trades


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ({"entry": 3, "exit": 1}, "trade 1 ends before it begins"),
        ({"reason": 2}, "an exit_reason lies outside the 2 reasons"),
        ({"pnl": float("nan")}, "pnl of trade 1 is not a number"),
        ({"bought": float("inf")}, "entry_price of trade 1 is not a number"),
    ],
)
def test_a_trade_that_cannot_be(row: dict[str, Any], sentence: str) -> None:
    with pytest.raises(BadRun, match=sentence):
        trades({}, row)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"bars": ()}, "a run needs bars"),
        ({"ts": np.array([MONDAY])}, "1 times but 2 values of equity"),
        ({"cash": 0.0}, "cash 0.0 is not an amount to begin with"),
        ({"equity": np.array([100.0, np.nan])}, "equity of bar 1 is not a number"),
        ({"trades": trades({"symbol": 1})}, "a trade's symbol lies outside the 1 symbols"),
    ],
)
def test_a_run_that_cannot_be(given: dict[str, Any], sentence: str) -> None:
    with pytest.raises(BadRun, match=sentence):
        run([100, 101], **given)


def test_columns_of_different_length_are_named() -> None:
    columns = trades({}, {})
    with pytest.raises(BadRun, match="trades: pnl differ in length"):
        type(columns)(**{name: getattr(columns, name) for name in columns.__slots__} | {"pnl": np.zeros(1)})


def test_rows_are_chosen_with_all_their_columns() -> None:
    chosen = trades({"pnl": 1}, {"pnl": 2, "side": -1}).only(np.array([False, True]))
    assert (chosen.pnl.tolist(), chosen.side.tolist(), chosen.reasons) == ([2.0], [-1], ("signal", "stop"))


def test_a_moment_lies_in_the_last_bar_that_began() -> None:
    ts = bars([1, 2, 3]).ts
    assert row_of(ts, np.array([ts[0] - 1, ts[0], ts[1] - 1, ts[1], ts[2] + 10**18])).tolist() == [0, 0, 0, 1, 2]
