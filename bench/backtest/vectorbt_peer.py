"""vectorbt on the reference workload, in its own environment: `python vectorbt_peer.py rust|numba`."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import vectorbt as vbt

from bench.backtest.served import serve

VARIANTS: dict[str, dict[str, Any]] = {
    "fix": {"sl_stop": 0.02, "tp_stop": 0.04},
    "trail": {"sl_stop": 0.02, "sl_trail": True},
}
NAMES = {"entry_idx": "entry_row", "exit_idx": "exit_row"}


class Vectorbt:
    """vectorbt with one of its two engines."""

    version = vbt.__version__

    def __init__(self, engine: str) -> None:
        self.engine = engine
        self.columns: dict[str, Any] = {}

    def load(self, columns: Mapping[str, Any]) -> None:
        index = pd.date_range("2020-01-01", periods=len(columns["close"]), freq="1min")
        self.columns = {name: pd.Series(columns[name], index) for name in ("open", "high", "low", "close")}

    def whole(self, variant: str) -> object:
        portfolio = self._traded(*self._crossed(20, 100), **VARIANTS[variant])
        return portfolio.trades.records, portfolio.final_value()

    def trades(self, variant: str) -> Mapping[str, Any]:
        return _columns(self._traded(*self._crossed(20, 100), **VARIANTS[variant]).trades.records)

    def sweep(self, fasts: list[int], slows: list[int], stops: list[float]) -> Mapping[str, Any]:
        """Trade every pair of averages with every stop, and a target of 4 %: one call a stop, a column a pair."""
        pairs = [(fast, slow) for fast in fasts for slow in slows]
        up, down = self._crossed([fast for fast, _ in pairs], [slow for _, slow in pairs])
        found = []
        for number, stop in enumerate(stops):
            portfolio = self._traded(up, down, sl_stop=stop, tp_stop=0.04)
            portfolio.final_value()
            columns = _columns(portfolio.trades.records)
            columns["combination"] = portfolio.trades.records["col"].to_numpy() * len(stops) + number
            found.append(columns)
        return {name: np.concatenate([columns[name] for columns in found]) for name in found[0]}

    def _crossed(self, fast: Any, slow: Any) -> tuple[Any, Any]:
        close = self.columns["close"]
        quick, lazy = vbt.MA.run(close, fast), vbt.MA.run(close, slow)
        up, down = quick.ma_crossed_above(lazy), quick.ma_crossed_below(lazy)
        return up.vbt.signals.fshift(1), down.vbt.signals.fshift(1)

    def _traded(self, up: Any, down: Any, **stops: Any) -> Any:
        return vbt.Portfolio.from_signals(
            self.columns["close"],
            entries=up,
            exits=down,
            price=self.columns["open"],
            open=self.columns["open"],
            high=self.columns["high"],
            low=self.columns["low"],
            size=1.0,
            fees=0.001,
            init_cash=1e7,
            stop_entry_price="fillprice",
            freq="1min",
            engine=self.engine,
            **stops,
        )


def _columns(records: Any) -> dict[str, Any]:
    names = ("entry_idx", "exit_idx", "entry_price", "exit_price", "pnl")
    return {NAMES.get(name, name): records[name].to_numpy() for name in names}


if __name__ == "__main__":
    serve(Vectorbt(sys.argv[1]))
