"""How the trades went: wins and losses, streaks, the time in the market, and how far each went for and against."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tradewire.domain.bars import Bars, Floats, Integers
from tradewire.report.figures import divided, mean
from tradewire.report.returns import SECOND
from tradewire.report.run import LONG, Parts, TradeColumns, row_of


@dataclass(frozen=True, slots=True)
class Tally:
    """Figures of some trades. A win earned more than its fees; one that came out at nothing is neither win nor loss.

    Money is the account's; `expectancy` is money a trade, `expectancy_return` the mean return a trade. `profit_factor`
    is what the wins earned / what the losses lost, None without a loss. `payoff` is average win / average loss.
    """

    trades: int
    wins: int
    losses: int
    win_rate: float | None
    pnl: float
    fees: float
    funding: float
    profit_factor: float | None
    expectancy: float | None
    expectancy_return: float | None
    average_win: float | None
    average_loss: float | None
    payoff: float | None
    best: float | None
    worst: float | None


def tally(trades: TradeColumns) -> Tally:
    """Return the figures of these trades.

    Expectancy is win rate · average win - loss rate · average loss, which is the mean (Tharp, *Trade Your Way to
    Financial Freedom*, 1998); profit factor as in Schwager, *Market Wizards*, and `backtesting` (which takes returns
    instead of money).
    """
    pnl = trades.pnl
    won, lost = pnl[pnl > 0], pnl[pnl < 0]
    win, loss = mean(won), mean(lost)
    return Tally(
        trades=len(pnl),
        wins=len(won),
        losses=len(lost),
        win_rate=divided(len(won), len(pnl)),
        pnl=float(pnl.sum()),
        fees=float(trades.fees.sum()),
        funding=float(trades.funding.sum()),
        profit_factor=divided(float(won.sum()), -float(lost.sum())),
        expectancy=mean(pnl),
        expectancy_return=mean(trade_returns(trades)),
        average_win=win,
        average_loss=loss,
        payoff=None if win is None or loss is None else divided(win, -loss),
        best=float(pnl.max()) if len(pnl) else None,
        worst=float(pnl.min()) if len(pnl) else None,
    )


def trade_returns(trades: TradeColumns) -> Floats:
    """Return each trade's net pnl as a share of what was bought or sold, pnl / (entry price · quantity)."""
    returned: Floats = trades.pnl / (trades.entry_price * trades.quantity)
    return returned


def streaks(pnl: Floats) -> tuple[int, int]:
    """Return the most wins and the most losses in a row."""
    return _longest(pnl > 0), _longest(pnl < 0)


def _longest(flags: NDArray[np.bool_]) -> int:
    padded = np.concatenate(([False], flags, [False]))
    edges = np.flatnonzero(padded[1:] != padded[:-1])
    return int((edges[1::2] - edges[::2]).max()) if len(edges) else 0


def exposure(ts: Integers, trades: TradeColumns) -> float:
    """Return the share of bars in which a position was held at some moment, that of its exit included."""
    steps = np.zeros(len(ts) + 1, np.int64)
    steps += np.bincount(row_of(ts, trades.entry_ts), minlength=len(steps))
    steps -= np.bincount(row_of(ts, trades.exit_ts) + 1, minlength=len(steps))
    return float(np.count_nonzero(np.cumsum(steps[:-1])) / len(ts))


def excursions(bars: Sequence[Bars], trades: TradeColumns, parts: Parts | None = None) -> tuple[Floats, Floats]:
    """Return how far each trade went against it and for it at most (MAE, MFE), as shares of the entry price, >= 0.

    Looked at are the bars that lie wholly inside the trade, and of the bar in which it ended the exit prices alone:
    what came first in there is not known. Source: Sweeney, *Maximum Adverse Excursion* (1997).
    """
    low, high = np.minimum(trades.entry_price, trades.exit_price), np.maximum(trades.entry_price, trades.exit_price)
    if parts is not None and len(trades):
        prices, begins = parts.closes.exit_price, parts.first[:-1]
        low = np.minimum(low, np.minimum.reduceat(prices, begins))
        high = np.maximum(high, np.maximum.reduceat(prices, begins))
    for index, history in enumerate(bars):
        chosen = np.flatnonzero(trades.symbol == index)
        if not len(chosen):
            continue
        lasted = history.timeframe_s * SECOND
        first = np.searchsorted(history.ts, trades.entry_ts[chosen], "left")
        after = np.searchsorted(history.ts, trades.exit_ts[chosen] - lasted, "right")
        held, spans = first < after, np.column_stack((first, after)).ravel()
        lowest = np.minimum.reduceat(np.append(history.low, np.inf), spans)[::2]
        highest = np.maximum.reduceat(np.append(history.high, -np.inf), spans)[::2]
        low[chosen] = np.where(held, np.minimum(low[chosen], lowest), low[chosen])
        high[chosen] = np.where(held, np.maximum(high[chosen], highest), high[chosen])
    down, up = 1 - low / trades.entry_price, high / trades.entry_price - 1
    long = trades.side == LONG
    return np.where(long, down, up), np.where(long, up, down)
