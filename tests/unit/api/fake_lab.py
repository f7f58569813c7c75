"""A Lab in memory: what it is asked for is done at once, and came to little."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from tradewire.api.lab import LabFailed, LabRefused, NoBacktest, Row
from tradewire.store.queries import UnknownCursor
from unit.api.fake_hub import NOW

FIGURES = {
    "symbol": "SAMPLE",
    "bars": 20_000,
    "start": "2024-01-01T00:00:00Z",
    "end": "2024-07-27T08:00:00Z",
    "elapsed_s": 0.1,
    "cash": 10_000.0,
    "equity_final": 10_100.0,
    "total_return": 0.01,
    "buy_and_hold": -0.2,
    "cagr": 0.02,
    "volatility": 0.1,
    "sharpe": None,
    "sortino": None,
    "calmar": None,
    "max_drawdown": 0.3,
    "max_drawdown_days": 3.0,
    "exposure": 0.5,
    "average_hours": 2.0,
    "trades": 700,
    "win_rate": 0.4,
    "profit_factor": 1.1,
    "expectancy": 0.2,
    "fees": 3.0,
    "spark": [10_000.0, 10_100.0],
}
TALLY = {
    "trades": 700,
    "wins": 1,
    "losses": 1,
    "win_rate": 0.4,
    "pnl": 100.0,
    "fees": 3.0,
    "profit_factor": 1.1,
    "expectancy": 0.2,
    "average_win": 2.0,
    "average_loss": -1.0,
    "best": 2.0,
    "worst": -1.0,
}
RESULT = {
    "name": "sma-cross",
    "lane": "fast",
    "elapsed_s": 0.1,
    "bars": 20_000,
    "params": {"fast": 20, "slow": 100},
    "settings": {"sl": "2%"},
    "left_out": {"unaffordable": 0, "unmeasured": 0},
    "trades": 700,
    "trades_kept": 700,
    "statistics": {
        "years": 0.5,
        "longest_wins": 2,
        "longest_losses": 3,
        "average_mae": 0.01,
        "average_mfe": 0.02,
        "all": TALLY,
        "by_side": {"long": TALLY},
        "by_symbol": {"SAMPLE": TALLY},
        "by_reason": {"stop": TALLY},
        "by_hour": {"00": TALLY},
        "by_weekday": {"Monday": TALLY},
        "monthly": [{"year": 2024, "months": [0.01] + [None] * 11, "total": 0.01}],
        "drawdowns": [
            {
                "depth": 0.3,
                "peak": "2024-01-01T00:00:00Z",
                "trough": "2024-01-02T00:00:00Z",
                "recovered": None,
                "days": 9.5,
            }
        ],
    },
    "equity": {"at": [1, 2], "value": [10_000.0, 10_100.0], "held": [10_000.0, 8_000.0]},
    "drawdown": {"at": [1, 2], "value": [0.0, 0.3]},
    "candles": [
        {
            "symbol": "SAMPLE",
            "at": [1, 2],
            "open": [1.0, 2.0],
            "high": [2.0, 3.0],
            "low": [1.0, 2.0],
            "close": [2.0, 2.0],
        }
    ],
}
HISTORY = {
    "id": "SAMPLE/15m",
    "symbol": "SAMPLE",
    "timeframe": "15m",
    "ts_first": NOW - 9,
    "ts_last": NOW,
    "bars": 20_000,
    "gaps": 0,
    "bytes": 574_020,
}


def trade(number: int) -> dict[str, Any]:
    return {
        "symbol": "SAMPLE",
        "side": "long" if number % 2 else "short",
        "entry_time": "2024-01-01T00:00:00.000Z",
        "entry_price": 1_000.0 + number,
        "exit_time": "2024-01-01T01:00:00.000Z",
        "exit_price": 1_001.0,
        "exit_reason": "stop",
        "quantity": 1.0,
        "pnl": 1.0,
        "fees": 0.1,
    }


class FakeLab:
    """`ends` is the state in which what is asked for ends up; `broken` lets the worker fail."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[str, Any]] = {}
        self.ends = "done"
        self.broken = False
        self.brought: list[tuple[str, bytes, Mapping[str, str]]] = []
        self.parts: dict[str, bytes] = {
            "result": json.dumps(RESULT).encode(),
            "report": b"<!doctype html><p>a report",
            "trades-00000": json.dumps([trade(number) for number in range(500)]).encode(),
            "trades-00001": json.dumps([trade(number) for number in range(500, 700)]).encode(),
        }

    def form(self) -> Mapping[str, Any]:
        return {"properties": {"cash": {"type": "number"}}}

    async def strategies(self) -> Sequence[Row]:
        self._works()
        row = {"summary": "crossings", "about": "long", "warmup": 100, "parameters": {"properties": {}}, "error": None}
        return [{"id": "sma-cross", **row}]

    async def histories(self) -> Sequence[Row]:
        self._works()
        return [HISTORY, {"id": "BAD/1m", "symbol": "BAD", "timeframe": "1m", "error": "its file is broken"}]

    async def bring(self, name: str, chunks: AsyncIterator[bytes], options: Mapping[str, str]) -> Row:
        content = b"".join([chunk async for chunk in chunks])
        if b"," not in content:
            raise LabRefused("file", f"{name}, line 1: no columns")
        self.brought.append((name, content, options))
        return {**HISTORY, "told": "3 bars added"}

    async def sample(self) -> Row:
        return HISTORY

    async def begin(self, asked: Mapping[str, Any]) -> Row:
        if asked.get("strategy") != "sma-cross":
            raise LabRefused("strategy", "there is no such strategy")
        id = f"b{len(self.rows)}"
        self.rows[id] = {
            "id": id,
            "strategy": "sma-cross",
            "data": "SAMPLE/15m",
            "state": self.ends,
            "progress": 1.0 if self.ends == "done" else 0.3,
            "stage": "",
            "field": None,
            "reason": None,
            "request": asked,
            "figures": FIGURES if self.ends == "done" else None,
            "ts_created": NOW + len(self.rows),
            "ts_started": NOW,
            "ts_ended": None,
        }
        return self.rows[id]

    async def cancel(self, id: str) -> Row:
        row = self.row(id)
        return self.rows.setdefault(id, {}) | row | {"state": "cancelled"}

    async def remove(self, id: str) -> None:
        self.row(id)
        del self.rows[id]

    def listed(self, state: str | None, limit: int, before: str | None) -> Sequence[Row]:
        rows = [row for row in reversed(self.rows.values()) if state in (None, row["state"])]
        ids = [row["id"] for row in rows]
        if before is not None and before not in ids:
            raise UnknownCursor(f"backtests has no row {before}")
        start = 0 if before is None else ids.index(before) + 1
        return rows[start : start + limit]

    def row(self, id: str) -> Row:
        if id not in self.rows:
            raise NoBacktest(f"there is no backtest {id!r}")
        return self.rows[id]

    def part(self, id: str, name: str) -> bytes | None:
        return self.parts.get(name) if self.rows[id]["state"] == "done" else None

    async def candles(self, id: str, start: int, end: int) -> Row:
        self.row(id)
        return {**RESULT["candles"][0], "at": [start, end]}  # type: ignore[index]

    def _works(self) -> None:
        if self.broken:
            raise LabFailed("the worker process ended before it was done (exit code 1)")
