"""All figures of a run, as the JSON of a backtest has them."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import numpy as np
import pytest

from tradewire.report.statistics import statistics
from unit.report.report_runs import bars, run, trades

FAR = {"entry": 0, "exit": 2}


@pytest.mark.parametrize(
    ("equity", "rows"),
    [
        ([100], []),
        ([100, 100, 100], []),
        ([100, 101, 102], [FAR | {"pnl": 2}]),
        ([100, 0, 0], [FAR | {"pnl": -100}]),
        ([100, -20, -30], [FAR | {"pnl": -130}]),
        ([1e-9, 1e12, 1], [FAR]),
    ],
)
def test_whatever_happened_can_be_written_as_json(equity: list[float], rows: list[dict[str, Any]]) -> None:
    json.dumps(asdict(statistics(run(equity, *rows))), allow_nan=False)


def test_a_run_without_trades_says_so() -> None:
    found = statistics(run([100, 100]))
    assert (found.all.trades, found.exposure, found.drawdowns) == (0, 0.0, ())
    assert (found.sharpe, found.average_hours, found.average_mae) == (None, None, None)
    assert {side: tally.trades for side, tally in found.by_side.items()} == {"long": 0, "short": 0}
    assert found.by_reason == {}


def test_trades_are_told_apart_by_side_symbol_and_reason() -> None:
    histories = (bars([100, 110, 120]), bars([50, 40, 30], "ETHUSDT"))
    rows = ({"pnl": 5, "entry": 0, "exit": 1}, {"pnl": -3, "side": -1, "symbol": 1, "reason": 1, "entry": 1, "exit": 2})
    found = statistics(run([100, 105, 102], bars=histories, trades=trades(*rows)))
    assert {side: tally.pnl for side, tally in found.by_side.items()} == {"long": 5.0, "short": -3.0}
    assert {symbol: tally.pnl for symbol, tally in found.by_symbol.items()} == {"BTCUSDT": 5.0, "ETHUSDT": -3.0}
    assert {reason: tally.pnl for reason, tally in found.by_reason.items()} == {"signal": 5.0, "stop": -3.0}
    assert found.buy_and_hold == pytest.approx((0.2 - 0.4) / 2)
    assert (found.average_hours, found.equity_peak) == (24.0, 105.0)


def test_a_streak_is_in_the_order_of_the_exits() -> None:
    rows = ({"entry": 0, "exit": 5, "pnl": -1}, {"entry": 1, "exit": 2, "pnl": 1}, {"entry": 2, "exit": 3, "pnl": 1})
    found = statistics(run(np.full(6, 100.0), {"entry": 0, "exit": 1, "pnl": -1}, *rows))
    assert (found.longest_wins, found.longest_losses) == (2, 1)
