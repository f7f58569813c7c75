"""From what a backtest came to, to what a report is made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from tradewire.backtest import terms
from tradewire.backtest.outcome import REASONS, Outcome
from tradewire.domain.bars import Bars
from tradewire.exits.kernel import SESSION_END
from tradewire.report.parts import joined
from tradewire.report.run import Run, TradeColumns

SECOND: Final = 1_000_000_000
AT_A_CLOSE: Final = (terms.END, terms.OPEN, SESSION_END)


def reported(
    bars: Bars,
    outcome: Outcome,
    name: str,
    *,
    at_close: bool,
    params: Mapping[str, object],
    settings: Mapping[str, object],
) -> Run:
    """Return the run of one symbol as reports take it; `at_close` is that of the fill policy.

    What filled at a bar's close bears that bar's end as its time, everything else the bar's beginning.
    """
    trades, lasted = outcome.trades, bars.timeframe_s * SECOND
    at_closes = (*AT_A_CLOSE, terms.SIGNAL) if at_close else AT_A_CLOSE
    codes, places = np.unique(trades.reason, return_inverse=True)
    closes = TradeColumns(
        entry_ts=bars.ts[trades.entry_row] + lasted * at_close,
        exit_ts=bars.ts[trades.exit_row] + lasted * np.isin(trades.reason, at_closes),
        entry_price=trades.entry_price,
        exit_price=trades.exit_price,
        quantity=trades.quantity,
        pnl=trades.pnl,
        fees=trades.fees,
        funding=trades.funding,
        side=trades.side,
        exit_reason=places.astype(np.int8),
        symbol=np.zeros(len(trades), np.int64),
        reasons=tuple(REASONS[code] for code in codes.tolist()),
    )
    columns, parts = joined(closes, trades.entry_row)
    return Run((bars,), columns, bars.ts, outcome.equity, outcome.cash, name, params, settings, parts)
