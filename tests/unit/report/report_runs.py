"""Small runs for the tests of reports."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from tradewire.domain.bars import Bars
from tradewire.report.run import Run, TradeColumns

DAY_S = 86_400
DAY = DAY_S * 1_000_000_000
MONDAY = int(np.datetime64("2024-01-01", "ns").astype(np.int64))
REASONS = ("signal", "stop")


def bars(closes: Iterable[float], symbol: str = "BTCUSDT", timeframe_s: int = DAY_S, start: int = MONDAY) -> Bars:
    """Bars whose open is the close before, without wicks."""
    close = np.array(list(closes), float)
    opened = np.concatenate((close[:1], close[:-1]))
    ts = start + np.arange(len(close)) * timeframe_s * 1_000_000_000
    return Bars.checked(symbol, timeframe_s, ts, opened, np.maximum(opened, close), np.minimum(opened, close), close)


def trades(*rows: dict[str, Any]) -> TradeColumns:
    """Trades of one unit bought at 100; each row changes what it names (`entry` and `exit`: days since Monday)."""
    plain = {"entry": 0, "exit": 1, "bought": 100.0, "sold": 100.0, "pnl": 0.0, "fees": 0.0, "side": 1}
    full = [plain | {"reason": 0, "symbol": 0} | row for row in rows]

    def column(name: str, kind: Any) -> Any:
        return np.array([row[name] for row in full], kind)

    return TradeColumns(
        entry_ts=MONDAY + (column("entry", float) * DAY).astype(np.int64),
        exit_ts=MONDAY + (column("exit", float) * DAY).astype(np.int64),
        entry_price=column("bought", float),
        exit_price=column("sold", float),
        quantity=np.ones(len(full)),
        pnl=column("pnl", float),
        fees=column("fees", float),
        side=column("side", np.int8),
        exit_reason=column("reason", np.int8),
        symbol=column("symbol", np.int64),
        reasons=REASONS,
    )


def run(worth: Iterable[float], *rows: dict[str, Any], cash: float = 100.0, **given: Any) -> Run:
    """A run of as many daily bars as there are values of worth."""
    equity = np.array(list(worth), float)
    history = bars(np.full(len(equity), 100.0))
    plain = {"bars": (history,), "trades": trades(*rows), "ts": history.ts, "name": "sma-cross"}
    return Run(**{**plain, "equity": equity, "cash": cash, **given})
