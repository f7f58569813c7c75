"""A run and its figures as plain values for JSON."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import numpy as np

from tradewire.domain.bars import Integers
from tradewire.report.run import SIDES, Run
from tradewire.report.statistics import Statistics


def as_json(run: Run, found: Statistics, lane: str, elapsed_s: float) -> dict[str, Any]:
    """Return what `--json` prints: trades, figures, and what was run in which lane and how long it took.

    Times of trades are ISO 8601 in UTC, those of `stats` epoch ns; `bars` counts the bars of all symbols.
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
    rows = zip(
        _told(trades.entry_ts),
        trades.entry_price.tolist(),
        _told(trades.exit_ts),
        trades.exit_price.tolist(),
        trades.exit_reason.tolist(),
        trades.side.tolist(),
        trades.quantity.tolist(),
        trades.pnl.tolist(),
        trades.fees.tolist(),
        trades.symbol.tolist(),
        strict=True,
    )
    for entered, bought, left, sold, reason, side, quantity, pnl, fees, symbol in rows:
        yield {
            "symbol": run.bars[symbol].symbol,
            "side": SIDES[side],
            "entry_time": entered,
            "entry_price": bought,
            "exit_time": left,
            "exit_price": sold,
            "exit_reason": trades.reasons[reason],
            "quantity": quantity,
            "pnl": pnl,
            "fees": fees,
        }


def _told(moments: Integers) -> list[str]:
    return [f"{moment}Z" for moment in np.datetime_as_string(moments.astype("M8[ns]").astype("M8[ms]"))]
