"""Parts of what a strategy says, and of what came of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from tradewire.backtest.outcome import Outcome
from tradewire.domain.bars import Floats
from tradewire.strategies.base import Signals

_FLAGS = ("long_entry", "long_exit", "short_entry", "short_exit")
_OPTIONAL = ("size", "stop_distance")


def cut(signals: Signals, rows: slice) -> Signals:
    """Return what is said of some rows."""
    columns: dict[str, Any] = {name: getattr(signals, name)[rows] for name in _FLAGS}
    columns |= {name: column[rows] for name in _OPTIONAL if (column := getattr(signals, name)) is not None}
    return replace(signals, **columns)


def whole_trades(outcome: Outcome) -> Floats:
    """Return what each trade came to, its parts put together, in the order of their ends."""
    trades = outcome.trades
    if not len(trades):
        return np.empty(0)
    begins = np.flatnonzero(np.concatenate(([True], trades.entry_row[1:] != trades.entry_row[:-1])))
    gained: Floats = np.add.reduceat(trades.pnl, begins)
    return gained


def trade_gains(outcome: Outcome) -> Floats:
    """Return each trade's gain as a share of the balance before it, in the order of exits."""
    gained = whole_trades(outcome)
    balance = outcome.cash + np.concatenate(([0.0], np.cumsum(gained)[:-1]))
    return np.where(balance > 0, gained / np.where(balance > 0, balance, 1.0), 0.0)
