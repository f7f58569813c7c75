"""backtrader on the reference workload, in its own environment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import backtrader as bt
import numpy as np
import pandas as pd

from bench.backtest.served import serve


class Cross(bt.Strategy):  # type: ignore[misc]
    """The crossing of two averages; stop and target are sent once the fill is told and act from the next bar."""

    params = (("trail", False),)

    def __init__(self) -> None:
        averages = [bt.indicators.SMA(self.data.close, period=width) for width in (20, 100)]
        self.cross = bt.indicators.CrossOver(*averages)
        self.resting: list[Any] = []
        self.entered: tuple[int, float] | None = None
        self.closed: list[tuple[float, ...]] = []

    def notify_order(self, order: Any) -> None:
        if order.status != order.Completed:
            return
        row, price = len(self) - 1, order.executed.price
        if order.isbuy():
            self.entered = (row, price)
            if self.p.trail:
                self.resting = [self.sell(size=1, exectype=bt.Order.StopTrail, trailpercent=0.02)]
            else:
                stop = self.sell(size=1, exectype=bt.Order.Stop, price=price * 0.98)
                self.resting = [stop, self.sell(size=1, exectype=bt.Order.Limit, price=price * 1.04, oco=stop)]
        elif self.entered is not None:
            begun, paid = self.entered
            self.closed.append((begun, row, paid, price, price - paid - 0.001 * (price + paid)))
            self.entered, self.resting = None, []

    def next(self) -> None:
        if self.cross[0] > 0 and not self.position:
            self.buy(size=1)
        elif self.cross[0] < 0 and self.position:
            for order in self.resting:
                self.cancel(order)
            self.resting = []
            self.close()


class Backtrader:
    """backtrader; without its check of submitted orders, which lets cancelled ones fill."""

    version = bt.__version__

    def load(self, columns: Mapping[str, Any]) -> None:
        index = pd.date_range("2020-01-01", periods=len(columns["close"]), freq="1min")
        names = ("open", "high", "low", "close", "volume")
        self.frame = pd.DataFrame({name: columns[name] for name in names}, index)

    def whole(self, variant: str) -> Any:
        cerebro = bt.Cerebro(stdstats=False)
        cerebro.adddata(bt.feeds.PandasData(dataname=self.frame))
        cerebro.addstrategy(Cross, trail=variant == "trail")
        cerebro.broker.set_cash(1e7)
        cerebro.broker.setcommission(commission=0.001)
        cerebro.broker.set_checksubmit(False)
        return cerebro.run()[0]

    def trades(self, variant: str) -> Mapping[str, Any]:
        found = np.array(self.whole(variant).closed)
        rows = {"entry_row": found[:, 0].astype(int), "exit_row": found[:, 1].astype(int)}
        return rows | {name: found[:, 2 + at] for at, name in enumerate(("entry_price", "exit_price", "pnl"))}


if __name__ == "__main__":
    serve(Backtrader())
