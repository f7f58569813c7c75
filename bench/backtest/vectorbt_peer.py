"""vectorbt on the reference workload. Runs in its own environment: `python vectorbt_peer.py FILE.npz ENGINE ROUNDS`.

The file holds the columns and the crossings; beside it the trades are written, and the seconds are printed as JSON.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import numpy as np
import pandas as pd
import vectorbt as vbt

VARIANTS: dict[str, dict[str, Any]] = {
    "fix": {"sl_stop": 0.02, "tp_stop": 0.04},
    "trail": {"sl_stop": 0.02, "sl_trail": True},
}


def simulated(columns: dict[str, pd.Series], up: Any, down: Any, engine: str, variant: str) -> Any:
    return vbt.Portfolio.from_signals(
        columns["close"],
        entries=up,
        exits=down,
        price=columns["open"],
        open=columns["open"],
        high=columns["high"],
        low=columns["low"],
        size=1.0,
        fees=0.001,
        init_cash=1e7,
        stop_entry_price="fillprice",
        freq="1min",
        engine=engine,
        **VARIANTS[variant],
    )


def whole(columns: dict[str, pd.Series], engine: str, variant: str) -> Any:
    """Averages, crossings, simulation, trades, final value: what its user calls."""
    fast, slow = (vbt.MA.run(columns["close"], width) for width in (20, 100))
    up = fast.ma_crossed_above(slow).vbt.signals.fshift(1)
    down = fast.ma_crossed_below(slow).vbt.signals.fshift(1)
    portfolio = simulated(columns, up, down, engine, variant)
    return portfolio.trades.records, portfolio.final_value()


def main() -> None:
    path, engine, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3])
    given = np.load(path)
    index = pd.date_range("2020-01-01", periods=len(given["close"]), freq="1min")
    columns = {name: pd.Series(given[name], index) for name in ("open", "high", "low", "close")}
    up, down = (pd.Series(np.r_[False, given[name][:-1]], index) for name in ("up", "down"))
    told: dict[str, Any] = {"version": vbt.__version__}
    for variant in VARIANTS:
        portfolio = simulated(columns, up, down, engine, variant)
        records = portfolio.trades.records
        np.savez(f"{path}.{engine}.{variant}.npz", **{name: records[name].to_numpy() for name in records.columns})
        seconds = []
        for _ in range(rounds):
            began = time.perf_counter()
            whole(columns, engine, variant)
            seconds.append(time.perf_counter() - began)
        told[variant] = seconds
    print(json.dumps(told))


if __name__ == "__main__":
    main()
