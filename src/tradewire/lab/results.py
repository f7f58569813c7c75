"""What a backtest came to, in parts of JSON as the API gives them out, each packed by itself.

Times in lists are epoch seconds, as charts take them; all other moments are text. No list is longer than a screen can
show: of each column of pixels the lowest and the highest value stay.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, Final

import msgspec
import numpy as np

from tradewire.backtest.performing import Performed
from tradewire.domain.bars import Bars, Floats, Integers
from tradewire.report.drawdown import depths
from tradewire.report.frame import columns
from tradewire.report.html import page
from tradewire.report.result import as_json
from tradewire.report.run import Run
from tradewire.report.statistics import Statistics

SECOND: Final = 1_000_000_000
COLUMNS: Final = 600
CANDLES: Final = 600
LEAST: Final = 80
"""So many candles are shown around a trade, however short it was."""
SYMBOLS_DRAWN: Final = 6
SPARK: Final = 48
"""Points of the small curve that lists show."""
TRADES_A_PART: Final = 500
TRADES_KEPT: Final = 20_000
"""So many trades of a backtest are kept, the first ones; the figures count all."""
FIGURES: Final = (
    "cash",
    "equity_final",
    "total_return",
    "buy_and_hold",
    "cagr",
    "volatility",
    "sharpe",
    "sortino",
    "calmar",
    "max_drawdown",
    "max_drawdown_days",
    "exposure",
    "average_hours",
)
LEFT_OUT: Final = ("unaffordable", "unmeasured", "untradable")
OF_TRADES: Final = ("trades", "win_rate", "profit_factor", "expectancy", "fees")


def figures_of(done: Performed, found: Statistics) -> dict[str, Any]:
    """Return the few figures that lists and comparisons show."""
    equity = done.run.equity
    rows = np.unique(np.linspace(0, len(equity) - 1, min(SPARK, len(equity))).astype(np.int64))
    return {
        "symbol": ", ".join(bars.symbol for bars in done.run.bars),
        "bars": sum(len(bars) for bars in done.run.bars),
        "start": _moment(found.start),
        "end": _moment(found.end),
        "elapsed_s": round(done.elapsed_s, 4),
        **{name: getattr(found, name) for name in FIGURES},
        **{name: getattr(found.all, name) for name in OF_TRADES},
        "spark": equity[rows].tolist(),
    }


def parts_of(done: Performed, found: Statistics, lane: str) -> Iterator[tuple[str, bytes]]:
    """Yield the parts: pages of trades, the report, and last the result, without which none of them counts."""
    run = done.run
    told = as_json(run, found, lane, round(done.elapsed_s, 4))
    trades = told.pop("trades")
    kept = trades[:TRADES_KEPT]
    for start in range(0, len(kept), TRADES_A_PART):
        yield trades_part(start), _packed(kept[start : start + TRADES_A_PART])
    yield "report", gzip.compress(page(run, found).encode(), 6, mtime=0)
    outcome = done.outcome
    yield (
        "result",
        _packed(
            {
                "name": told["name"],
                "lane": told["lane"],
                "elapsed_s": told["elapsed_s"],
                "bars": told["bars"],
                "params": told["params"],
                "settings": told["settings"],
                "left_out": {name: getattr(outcome, name) for name in LEFT_OUT},
                "trades": len(trades),
                "trades_kept": len(kept),
                "statistics": _statistics(found),
                **curves(run),
                "candles": [candles(bars) for bars in run.bars[:SYMBOLS_DRAWN]],
            }
        ),
    )


def trades_part(first: int) -> str:
    """Return the name of the part that holds the trade at place `first` (from 0)."""
    return f"trades-{first // TRADES_A_PART:05d}"


def curves(run: Run) -> dict[str, Any]:
    """Return equity and drawdown for charts; beside the equity what holding the symbols would have been worth."""
    rows = extremes(run.equity, COLUMNS)
    fallen = depths(run.equity, run.cash)
    edges = columns(len(fallen), COLUMNS)
    deepest = np.maximum.reduceat(fallen, edges[:-1])
    at = _seconds(run.ts)
    return {
        "equity": {"at": at[rows].tolist(), "value": run.equity[rows].tolist(), "held": _held(run, rows)},
        "drawdown": {"at": at[edges[:-1]].tolist(), "value": deepest.tolist()},
    }


def extremes(values: Floats, most: int) -> Integers:
    """Return the rows of the lowest and the highest value of each of `most` columns, and the first and the last row."""
    edges = columns(len(values), most)
    if len(edges) - 1 == len(values):
        return np.arange(len(values), dtype=np.int64)
    found = [0, len(values) - 1]
    for start, end in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        part = values[start:end]
        found += [start + int(part.argmin()), start + int(part.argmax())]
    return np.unique(np.array(found, np.int64))


def candles(bars: Bars) -> dict[str, Any]:
    """Return bars gathered into no more candles than a chart can show."""
    edges = columns(len(bars), CANDLES)
    starts = edges[:-1]
    return {
        "symbol": bars.symbol,
        "at": _seconds(bars.ts[starts]).tolist(),
        "open": bars.open[starts].tolist(),
        "high": np.maximum.reduceat(bars.high, starts).tolist(),
        "low": np.minimum.reduceat(bars.low, starts).tolist(),
        "close": bars.close[edges[1:] - 1].tolist(),
    }


def around(bars: Bars, start: int, end: int) -> Bars:
    """Return the bars of [start, end] (epoch ns) with a tenth more on both sides, `LEAST` of them at least."""
    first, after = int(np.searchsorted(bars.ts, start)), int(np.searchsorted(bars.ts, end, "right"))
    room = max((after - first) // 10, (LEAST - (after - first)) // 2, 0)
    return bars.part(max(first - room, 0), max(after + room, 1))


def _held(run: Run, rows: Integers) -> list[float]:
    """Return the worth of the cash at these rows, had it been spread over the symbols at their first open."""
    worth = np.zeros(len(rows))
    for bars in run.bars:
        at = np.maximum(np.searchsorted(bars.ts, run.ts[rows], "right") - 1, 0)
        worth += bars.close[at] / bars.open[0]
    held: list[float] = (worth * (run.cash / len(run.bars))).tolist()
    return held


def _statistics(found: Statistics) -> dict[str, Any]:
    told = asdict(found)
    moments = ("peak", "trough", "recovered")
    falls = [
        {key: _moment(value) if key in moments else value for key, value in fall.items()} for fall in told["drawdowns"]
    ]
    return told | {"start": _moment(found.start), "end": _moment(found.end), "drawdowns": falls}


def _moment(ts: int | None) -> str | None:
    return None if ts is None else datetime.fromtimestamp(ts / SECOND, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _seconds(ts: Integers) -> Integers:
    seconds: Integers = ts // SECOND
    return seconds


def _packed(value: Any) -> bytes:
    return gzip.compress(msgspec.json.encode(value), 6, mtime=0)
