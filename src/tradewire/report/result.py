"""A run and its figures as plain values for JSON."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import numpy as np

from tradewire.domain.bars import Integers
from tradewire.report.run import SIDES, Run, TradeColumns
from tradewire.report.statistics import Statistics


def as_json(run: Run, found: Statistics, lane: str, elapsed_s: float) -> dict[str, Any]:
    """Return what `--json` prints: trades, figures, and what was run in which lane and how long it took.

    Times of trades are ISO 8601 in UTC, those of `stats` epoch ns; `bars` counts the bars of all symbols. `parts` of a
    trade are what it was closed in, one or more.
    """
    return {
        "name": run.name,
        "lane": lane,
        "elapsed_s": elapsed_s,
        "bars": sum(len(bars) for bars in run.bars),
        "params": dict(run.params),
        "settings": dict(run.settings),
        "equity_final": found.equity_final,
        "stats": asdict(found),
        "trades": list(_trades(run)),
    }


def _trades(run: Run) -> Iterator[dict[str, Any]]:
    trades = run.trades
    parts, first = list(_closes(run.parts.closes)), run.parts.first.tolist()
    rows = zip(
        trades.symbol.tolist(),
        trades.side.tolist(),
        _told(trades.entry_ts),
        trades.entry_price.tolist(),
        _closes(trades),
        first[:-1],
        first[1:],
        strict=True,
    )
    for symbol, side, entered, bought, close, begin, end in rows:
        yield {
            "symbol": run.bars[symbol].symbol,
            "side": SIDES[side],
            "entry_time": entered,
            "entry_price": bought,
            **close,
            "parts": parts[begin:end],
        }


def _closes(closes: TradeColumns) -> Iterator[dict[str, Any]]:
    rows = zip(
        _told(closes.exit_ts),
        closes.exit_price.tolist(),
        closes.exit_reason.tolist(),
        closes.quantity.tolist(),
        closes.pnl.tolist(),
        closes.fees.tolist(),
        closes.funding.tolist(),
        strict=True,
    )
    for left, sold, reason, quantity, pnl, fees, funding in rows:
        yield {
            "exit_time": left,
            "exit_price": sold,
            "exit_reason": closes.reasons[reason],
            "quantity": quantity,
            "pnl": pnl,
            "fees": fees,
            "funding": funding,
        }


def _told(moments: Integers) -> list[str]:
    return [f"{moment}Z" for moment in np.datetime_as_string(moments.astype("M8[ns]").astype("M8[ms]"))]
