"""The fast lane: one jitted pass over the bars, with the same exit step as the live engine.

    outcome = run(bars, strategy.signals(bars, params), exits=ExitSpec(stop=Distance(Decimal(2), Unit.PERCENT)))

numba is imported by the first run, not by this module.
"""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any, Final

import numpy as np

from tradewire.backtest import machine
from tradewire.backtest.batch import COUNTS, Scratch, Sums
from tradewire.backtest.costs import Costs
from tradewire.backtest.hearing import words_of
from tradewire.backtest.market import PLAIN, Market, around
from tradewire.backtest.outcome import Outcome, Trades
from tradewire.backtest.plan import BadPlan, Plans, numbers, stacked
from tradewire.backtest.policy import PESSIMISTIC, FillPolicy
from tradewire.backtest.terms import Around, Columns, Terms
from tradewire.backtest.words import Words
from tradewire.domain.bars import Bars, Floats, Integers
from tradewire.domain.signal import ExitSpec, Size, SizeUnit
from tradewire.exits.kernel import MAX_TARGETS, WIDTH
from tradewire.strategies.base import Signals

NO_EXITS: Final = ExitSpec()
ONE_UNIT: Final = Size(Decimal(1), SizeUnit.UNITS)
SECOND: Final = 1_000_000_000
NOTHING: Final = np.empty(0, np.int64)


def run(
    bars: Bars,
    signals: Signals,
    *,
    exits: ExitSpec = NO_EXITS,
    policy: FillPolicy = PESSIMISTIC,
    costs: Costs = Costs(),  # noqa: B008
    size: Size = ONE_UNIT,
    cash: float = 10_000.0,
    leverage: float = 1.0,
    pip: float | None = None,
    atr: Floats | None = None,
    market: Market = PLAIN,
) -> Outcome:
    """Return what a strategy's signals come to on its bars: one trade at a time, long or short.

    A bar that says entry and exit of one side, or both entries, says nothing there; the entry of the other side turns a
    trade around. The strategy's own size and stop distance go before `size` and the stop in `exits`. `pip` is the size
    of a pip and `atr` the average true range at each bar's close, for distances measured in them. `size` in percent is
    of the balance when the trade is entered. An entry that cash times `leverage` cannot pay is left out and counted.
    `market` is what is known besides the bars: ends of sessions, funding, bars inside, steps and minimums.

    Raises:
        BadPlan: exits, size, cash or market that cannot be.
        BadSignals: columns that do not fit the bars.
    """
    terms = terms_of(bars, policy, costs, cash, leverage, market)
    plan = numbers(exits, size, pip)
    surrounded = around(bars, market, session=plan.session)
    words = words_of(bars, signals, atr, at_close=policy.at_close)
    scratch = space(len(bars), len(words.rows) * (len(plan.fractions) + 1))
    begins, which = np.array([0, len(words.rows)]), np.zeros((1, 2), np.int64)
    played = play(bars, words, begins, stacked([plan]), which, terms, surrounded, cash, NOTHING, scratch, sums_of(0))
    written, *left_out = played
    kept: list[Any] = [column[:written].copy() for column in scratch.columns]
    return Outcome(Trades(*kept), scratch.equity, cash, *left_out)


def terms_of(bars: Bars, policy: FillPolicy, costs: Costs, cash: float, leverage: float, market: Market) -> Terms:
    """Return policy, costs and the venue's steps as numbers, for these bars.

    Raises:
        BadPlan: cash or leverage that cannot be.
    """
    if not (math.isfinite(cash) and cash > 0.0 and math.isfinite(leverage) and leverage > 0.0):
        raise BadPlan(f"cash and leverage must be positive numbers, not {cash} and {leverage}")
    return Terms(
        at_close=policy.at_close,
        entry_bar=policy.entry_bar,
        open_first=policy.open_first,
        entry_high=policy.entry_high,
        stop_first=policy.stop_first,
        raises=policy.raises,
        close_at_end=policy.close_at_end,
        fee=costs.fee_percent / 100.0,
        half_spread=costs.half_spread,
        slippage=costs.slippage_percent / 100.0,
        leverage=leverage,
        lasting=max(bars.timeframe_s, 1) * SECOND,
        qty_step=market.qty_step,
        min_qty=market.min_qty,
        max_qty=market.max_qty,
        min_notional=market.min_notional,
        tick=market.tick,
    )


def space(bars: int, rows: int, periods: int = 0) -> Scratch:
    """Return room for a run that writes so many rows at most; what is never written costs no memory."""
    return Scratch(
        targets=np.empty(WIDTH),
        fractions=np.empty(MAX_TARGETS),
        columns=Columns(
            entry_row=np.empty(rows, np.int64),
            exit_row=np.empty(rows, np.int64),
            side=np.empty(rows, np.int8),
            reason=np.empty(rows, np.int8),
            entry_price=np.empty(rows),
            exit_price=np.empty(rows),
            quantity=np.empty(rows),
            fees=np.empty(rows),
            pnl=np.empty(rows),
            funding=np.empty(rows),
        ),
        equity=np.empty(bars),
        returns=np.empty((1, periods)),
    )


def sums_of(runs: int) -> Sums:
    """Return room for the figures of so many runs."""
    columns: list[Any] = [np.empty(runs, np.int64 if name in COUNTS else np.float64) for name in Sums._fields]
    return Sums(*columns)


def play(
    bars: Bars,
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
    """Do what `batch.played` does, in machine code.

    What is only read is handed on as read-only, whether it is or not: numba compiles for each kind of array anew.
    """
    columns = (bars.ts, bars.open, bars.high, bars.low, bars.close)
    read = [machine.still(given) for given in (*columns, words, begins, plans, which)]
    surrounded, periods = machine.still(around), machine.still(ends)
    answer: tuple[int, int, int, int] = machine.played()(*read, terms, surrounded, float(cash), periods, scratch, sums)
    return answer
