"""From what a backtest came to, to what a report is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from tradewire.backtest import terms
from tradewire.backtest.outcome import REASONS, Outcome, Together
from tradewire.domain.bars import Bars, Integers
from tradewire.exits.kernel import SESSION_END
from tradewire.report.parts import joined
from tradewire.report.run import Run, TradeColumns

SECOND: Final = 1_000_000_000
AT_A_CLOSE: Final = (terms.END, terms.OPEN, SESSION_END)


def reported(
    bars: Bars | Sequence[Bars],
    outcome: Outcome,
    name: str,
    *,
    at_close: bool,
    params: Mapping[str, object],
    settings: Mapping[str, object],
    trade: Integers | None = None,
) -> Run:
    """Return the run of one symbol, or of several together, as reports take it; `at_close` is that of the fill policy.

    What filled at a bar's close bears that bar's end as its time, everything else the bar's beginning.
    `trade` numbers the trade of each close; unsaid, closes of one symbol that were entered at one bar are one trade.
    """
    histories = (bars,) if isinstance(bars, Bars) else tuple(bars)
    trades, lasted = outcome.trades, histories[0].timeframe_s * SECOND
    symbol, ts = np.zeros(len(trades), np.int64), histories[0].ts
    if isinstance(outcome, Together):
        symbol, ts = outcome.symbol, outcome.ts
    begins = np.cumsum([0, *map(len, histories)])[symbol]
    moments = np.concatenate([each.ts for each in histories])
    at_closes = (*AT_A_CLOSE, terms.SIGNAL) if at_close else AT_A_CLOSE
    codes, places = np.unique(trades.reason, return_inverse=True)
    closes = TradeColumns(
        entry_ts=moments[begins + trades.entry_row] + lasted * at_close,
        exit_ts=moments[begins + trades.exit_row] + lasted * np.isin(trades.reason, at_closes),
        entry_price=trades.entry_price,
        exit_price=trades.exit_price,
        quantity=trades.quantity,
        pnl=trades.pnl,
        fees=trades.fees,
        funding=trades.funding,
        side=trades.side,
        exit_reason=places.astype(np.int8),
        symbol=symbol,
        reasons=tuple(REASONS[code] for code in codes.tolist()),
    )
    columns, parts = joined(closes, begins + trades.entry_row if trade is None else trade)
    return Run(histories, columns, ts, outcome.equity, outcome.cash, name, params, settings, parts)
