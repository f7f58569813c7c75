"""What `--json` prints."""

from __future__ import annotations

import json

from tradewire.report.result import as_json
from tradewire.report.statistics import statistics
from unit.report.report_runs import run


def test_the_result_has_what_was_promised() -> None:
    short = {"entry": 0, "exit": 1.5, "bought": 100, "sold": 95, "pnl": 4.8, "fees": 0.2, "side": -1, "reason": 1}
    tried = run([100, 103, 104.8], short, params={"fast": 20}, settings={"fee": "0.1%"})
    told = json.loads(json.dumps(as_json(tried, statistics(tried), "fast", 0.5), allow_nan=False))
    assert told["trades"] == [
        {
            "symbol": "BTCUSDT",
            "side": "short",
            "entry_time": "2024-01-01T00:00:00.000Z",
            "entry_price": 100.0,
            "exit_time": "2024-01-02T12:00:00.000Z",
            "exit_price": 95.0,
            "exit_reason": "stop",
            "quantity": 1.0,
            "pnl": 4.8,
            "fees": 0.2,
            "funding": 0.0,
            "parts": [
                {
                    "exit_time": "2024-01-02T12:00:00.000Z",
                    "exit_price": 95.0,
                    "exit_reason": "stop",
                    "quantity": 1.0,
                    "pnl": 4.8,
                    "fees": 0.2,
                    "funding": 0.0,
                }
            ],
        }
    ]
    assert (told["lane"], told["elapsed_s"], told["bars"], told["equity_final"]) == ("fast", 0.5, 3, 104.8)
    assert (told["params"], told["settings"], told["stats"]["all"]["pnl"]) == ({"fast": 20}, {"fee": "0.1%"}, 4.8)


def test_a_run_without_trades_has_an_empty_list() -> None:
    tried = run([100, 100])
    assert as_json(tried, statistics(tried), "exact", 0.0)["trades"] == []
