"""backtesting.py on the reference workload, in its own environment."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

import backtesting
import pandas as pd
from backtesting import Backtest, Strategy
from backtesting.lib import crossover

from bench.backtest.served import serve
from bench.backtest.workload import mean


class Cross(Strategy):
    """The crossing of two averages; stop and target are set once the fill is seen, so they act from the next bar on."""

    trail = False

    def init(self) -> None:
        self.fast, self.slow = (self.I(mean, self.data.Close, width) for width in (20, 100))

    def next(self) -> None:
        for trade in self.trades:
            if trade.sl is None:
                trade.sl = trade.entry_price * 0.98
                if not self.trail:
                    trade.tp = trade.entry_price * 1.04
            if self.trail:
                trade.sl = max(trade.sl, self.data.High[-1] * 0.98)
        if crossover(self.fast, self.slow):
            if not self.position:
                self.buy(size=1)
        elif crossover(self.slow, self.fast):
            self.position.close()


class BacktestingPy:
    """backtesting.py; what is open at the end stays open and is no trade."""

    version = backtesting.__version__

    def load(self, columns: Mapping[str, Any]) -> None:
        index = pd.date_range("2020-01-01", periods=len(columns["close"]), freq="1min")
        names = ("open", "high", "low", "close", "volume")
        self.frame = pd.DataFrame({name.capitalize(): columns[name] for name in names}, index)

    def whole(self, variant: str) -> Any:
        warnings.simplefilter("ignore")
        test = Backtest(self.frame, Cross, cash=1e7, commission=0.001)
        return test.run(trail=variant == "trail")

    def trades(self, variant: str) -> Mapping[str, Any]:
        found = self.whole(variant)["_trades"].sort_values("EntryBar")
        names = {"entry_row": "EntryBar", "exit_row": "ExitBar", "entry_price": "EntryPrice", "exit_price": "ExitPrice"}
        return {name: found[column].to_numpy() for name, column in (names | {"pnl": "PnL"}).items()}


if __name__ == "__main__":
    serve(BacktestingPy())
