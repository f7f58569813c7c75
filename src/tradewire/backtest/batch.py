"""Many runs over the same bars, one after the other, each summed up as soon as it is done: what numba compiles."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from tradewire.backtest.loop import replay
from tradewire.backtest.plan import Numbers, Plans
from tradewire.backtest.terms import Around, Columns, Terms
from tradewire.backtest.words import Words
from tradewire.domain.bars import Floats, Integers

DUST = 1e-12
"""Below this share of the largest return a spread is rounding, not risk (as in `report.figures`)."""
BLOCK = 32
"""So many bars are looked at at once."""


class Scratch(NamedTuple):
    """Space that a run writes into: a trade's rungs, the rows, the equity at each close, each period's returns."""

    targets: Any
    fractions: Any
    columns: Columns
    equity: Floats
    returns: Floats


class Sums(NamedTuple):
    """Figures of runs, one element each; money is the account's. NaN: there is none."""

    trades: Integers
    wins: Integers
    losses: Integers
    unaffordable: Integers
    unmeasured: Integers
    untradable: Integers
    periods: Integers
    gross_profit: Floats
    gross_loss: Floats
    fees: Floats
    equity_final: Floats
    max_drawdown: Floats
    mean: Floats
    deviation: Floats
    downside: Floats
    skewness: Floats
    kurtosis: Floats


COUNTS = ("trades", "wins", "losses", "unaffordable", "unmeasured", "untradable", "periods")
"""Columns of `Sums` that hold whole numbers."""


def played(
    ts: Integers,
    opens: Floats,
    highs: Floats,
    lows: Floats,
    closes: Floats,
    words: Words,
    begins: Integers,
    plans: Plans,
    which: Integers,
    terms: Terms,
    around: Around,
    cash: float,
    ends: Integers,
    scratch: Scratch,
    sums: Sums,
) -> tuple[int, int, int, int]:
    """Run each pair in `which` (a set of words, a plan), and write its figures where `sums` has room for them.

    The words of set i are those from `begins[i]` to `begins[i + 1]`. `ends` are the last rows of the periods whose
    returns are summed; they go to a row of their own where the scratch space has more than one. Return what `replay`
    said of the last run; its rows and equity are left in the scratch space.
    """
    answer = 0, 0, 0, 0
    for run in range(len(which)):
        heard, number = which[run, 0], which[run, 1]
        begin, end = begins[heard], begins[heard + 1]
        said = Words(
            words.rows[begin:end],
            words.prices[begin:end],
            words.moments[begin:end],
            words.codes[begin:end],
            words.sizes[begin:end],
            words.distances[begin:end],
            words.atr[begin:end],
        )
        plan = Numbers(
            plans.lengths[number],
            plans.fractions[number, : plans.counts[number]],
            plans.last[number],
            plans.even_rung[number],
            plans.limit[number],
            plans.sizing[number],
            plans.size[number],
            plans.session[number],
        )
        answer = replay(
            ts,
            opens,
            highs,
            lows,
            closes,
            said,
            plan,
            terms,
            around,
            cash,
            scratch.targets,
            scratch.fractions,
            scratch.columns,
            scratch.equity,
        )
        if len(sums.trades):
            count_trades(run, answer[0], scratch.columns, sums)
            spread(run, scratch.equity, cash, ends, scratch.returns[run if len(scratch.returns) > 1 else 0], sums)
            sums.unaffordable[run], sums.unmeasured[run], sums.untradable[run] = answer[1], answer[2], answer[3]
            sums.equity_final[run] = scratch.equity[len(closes) - 1] if len(closes) else cash
            sums.max_drawdown[run] = deepest(scratch.equity, cash)
    return answer


def count_trades(run: int, written: int, columns: Columns, sums: Sums) -> None:
    """Sum up the trades; the rows of one, which were entered in one bar, follow each other."""
    trades = wins = losses = row = 0
    gained = lost = fees = 0.0
    while row < written:
        entered, pnl = columns.entry_row[row], 0.0
        while row < written and columns.entry_row[row] == entered:
            pnl += columns.pnl[row]
            fees += columns.fees[row]
            row += 1
        trades += 1
        if pnl > 0.0:
            wins, gained = wins + 1, gained + pnl
        elif pnl < 0.0:
            losses, lost = losses + 1, lost + pnl
    sums.trades[run], sums.wins[run], sums.losses[run] = trades, wins, losses
    sums.gross_profit[run], sums.gross_loss[run], sums.fees[run] = gained, lost, fees


def deepest(equity: Floats, cash: float) -> float:
    """Return the deepest fall below the best so far (the cash counts) as a share of that best.

    Blocks of bars without a new best or a new depth, which are most, are passed over several bars at a time.
    """
    best, share = cash, 1.0
    for begin in range(0, len(equity), BLOCK):
        block, low, loud = equity[begin : begin + BLOCK], best * share, 0
        for at in range(len(block)):
            loud += int(block[at] > best) + int(block[at] < low)
        if loud:
            for value in block:
                if value > best:
                    best = value
                elif value < best * share:
                    share = value / best
    return 1.0 - share


def spread(run: int, equity: Floats, cash: float, ends: Integers, returns: Floats, sums: Sums) -> None:
    """Write the moments of the returns from one period's end to the next, until the account had nothing left.

    `deviation` is that of a sample (n - 1), `downside` the root of the mean of min(r, 0)²; skewness and kurtosis (3 for
    a normal distribution) are those of all values, m3 / m2^1.5 and m4 / m2².
    """
    before, count, total, largest = cash, 0, 0.0, 0.0
    while count < len(ends) and before > 0.0:
        now = equity[ends[count]]
        returns[count] = now / before - 1.0
        total += returns[count]
        largest = max(largest, abs(returns[count]))
        before = now
        count += 1
    returns[count:] = np.nan
    sums.periods[run] = count
    mean = total / count if count else np.nan
    second = third = fourth = below = 0.0
    for value in returns[:count]:
        off = value - mean
        second += off * off
        third += off * off * off
        fourth += off * off * off * off
        below += min(value, 0.0) ** 2
    deviation = (second / (count - 1)) ** 0.5 if count > 1 else np.nan
    known = deviation > DUST * largest
    sums.mean[run] = mean
    sums.deviation[run] = deviation if known else np.nan
    sums.downside[run] = (below / count) ** 0.5 if count > 1 and below > 0.0 else np.nan
    sums.skewness[run] = third / count / (second / count) ** 1.5 if known else np.nan
    sums.kurtosis[run] = fourth / count / (second / count) ** 2 if known else np.nan
