"""All the figures of a run in one value that can be written as JSON."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tradewire.report import returns
from tradewire.report.calendar import Year, by_hour, by_weekday, monthly
from tradewire.report.drawdown import Drawdown, depths, drawdowns, longest
from tradewire.report.figures import divided, mean
from tradewire.report.run import SIDES, Run
from tradewire.report.trades import Tally, excursions, exposure, streaks, tally

DEEPEST = 10
"""So many drawdowns are listed."""


@dataclass(frozen=True, slots=True)
class Statistics:
    """Figures of a run. Shares are shares (0.01 is 1 %), money is the account's, times are epoch ns; None: none exists.

    `equity_final`, `equity_peak` and `cash` are money; `buy_and_hold` is the mean return of the symbols from the first
    open to the last close. `max_drawdown` is the deepest of `drawdowns` (0 without one), `max_drawdown_days` the length
    of the longest. MAE and MFE are shares of the entry price, averaged; `average_hours` is how long a trade lasted.
    Hours and weekdays are those of entries, UTC.
    """

    start: int
    end: int
    years: float
    periods_per_year: float
    cash: float
    equity_final: float
    equity_peak: float
    total_return: float
    buy_and_hold: float
    cagr: float | None
    volatility: float | None
    sharpe: float | None
    sortino: float | None
    calmar: float | None
    max_drawdown: float
    max_drawdown_days: float
    drawdowns: tuple[Drawdown, ...]
    exposure: float
    all: Tally
    longest_wins: int
    longest_losses: int
    average_mae: float | None
    average_mfe: float | None
    average_hours: float | None
    by_side: dict[str, Tally]
    by_symbol: dict[str, Tally]
    by_reason: dict[str, Tally]
    by_hour: dict[str, Tally]
    by_weekday: dict[str, Tally]
    monthly: tuple[Year, ...]


def statistics(run: Run) -> Statistics:
    """Return every figure of the run."""
    ts, equity, cash, trades = run.ts, run.equity, run.cash, run.trades
    spanned = returns.years(ts, run.timeframe_s)
    earned = returns.period_returns(ts, equity, cash, run.timeframe_s)
    growth = returns.cagr(equity, cash, spanned)
    fallen = depths(equity, cash)
    falls = drawdowns(ts, fallen, DEEPEST)
    deepest = falls[0].depth if falls else 0.0
    wins, losses = streaks(trades.pnl[np.argsort(trades.exit_ts, kind="stable")])
    against, favour = excursions(run.bars, trades, run.parts)
    return Statistics(
        start=int(ts[0]),
        end=int(ts[-1]) + run.timeframe_s * returns.SECOND,
        years=spanned,
        periods_per_year=earned.per_year,
        cash=cash,
        equity_final=float(equity[-1]),
        equity_peak=max(cash, float(equity.max())),
        total_return=returns.total_return(equity, cash),
        buy_and_hold=float(np.mean([bars.close[-1] / bars.open[0] - 1 for bars in run.bars])),
        cagr=growth,
        volatility=returns.volatility(earned),
        sharpe=returns.sharpe(earned),
        sortino=returns.sortino(earned),
        calmar=returns.calmar(growth, deepest),
        max_drawdown=deepest,
        max_drawdown_days=longest(ts, fallen),
        drawdowns=tuple(falls),
        exposure=exposure(ts, trades),
        all=tally(trades),
        longest_wins=wins,
        longest_losses=losses,
        average_mae=mean(against),
        average_mfe=mean(favour),
        average_hours=divided(float((trades.exit_ts - trades.entry_ts).sum() / (3_600 * returns.SECOND)), len(trades)),
        by_side={name: tally(trades.only(trades.side == side)) for side, name in SIDES.items()},
        by_symbol={bars.symbol: tally(trades.only(trades.symbol == at)) for at, bars in enumerate(run.bars)},
        by_reason={
            trades.reasons[at]: tally(trades.only(trades.exit_reason == at)) for at in np.unique(trades.exit_reason)
        },
        by_hour=by_hour(trades),
        by_weekday=by_weekday(trades),
        monthly=tuple(monthly(ts, equity, cash)),
    )
