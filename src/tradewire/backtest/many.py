"""Many runs over one history, on all cores, each summed up in figures: what a sweep is made of.

    said = [words_of(bars, strategy.signals(bars, params)) for params in grid]
    sharpe = many(bars, said, [Plan(exits) for exits in ladders]).sharpe

Memory: the words, and for each thread the equity of one run; figures take 130 bytes a run.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np

from tradewire.backtest.batch import Scratch, Sums
from tradewire.backtest.costs import Costs
from tradewire.backtest.fast import NO_EXITS, ONE_UNIT, play, space, sums_of, terms_of
from tradewire.backtest.market import PLAIN, Market, around
from tradewire.backtest.plan import BadPlan, numbers, stacked
from tradewire.backtest.policy import PESSIMISTIC, FillPolicy
from tradewire.backtest.words import Words, strung
from tradewire.domain.bars import Bars, Floats, Integers
from tradewire.domain.signal import ExitSpec, Size
from tradewire.report.returns import DAY_S, day_starts, last_rows, years

CHUNKS = 8
"""So many pieces of work for each thread: one that has quick runs takes more of them."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What trades of a run are protected and sized with."""

    exits: ExitSpec = NO_EXITS
    size: Size = ONE_UNIT


@dataclass(frozen=True, slots=True, eq=False)
class Summaries:
    """Figures of runs, one element each, defined as in `report`; NaN where there is none.

    `which` holds for each run the numbers of its words and of its plan. `returns` (a row a run: those of each day, or
    of each bar where bars are days) is empty unless it was asked for; NaN once the account had nothing left.
    """

    which: Integers
    sums: Sums
    cash: float
    years: float
    periods_per_year: float
    returns: Floats

    def __len__(self) -> int:
        return len(self.which)

    @property
    def total_return(self) -> Floats:
        return _columns(self.sums.equity_final / self.cash - 1.0)

    @property
    def cagr(self) -> Floats:
        with np.errstate(invalid="ignore", over="ignore"):
            return _columns(np.power(self.sums.equity_final / self.cash, 1.0 / self.years) - 1.0)

    @property
    def sharpe(self) -> Floats:
        return _columns(self.sums.mean / self.sums.deviation * self.periods_per_year**0.5)

    @property
    def sortino(self) -> Floats:
        return _columns(self.sums.mean / self.sums.downside * self.periods_per_year**0.5)

    @property
    def calmar(self) -> Floats:
        return _divided(self.cagr, self.sums.max_drawdown)

    @property
    def win_rate(self) -> Floats:
        return _divided(self.sums.wins, self.sums.trades)

    @property
    def pnl(self) -> Floats:
        return _columns(self.sums.gross_profit + self.sums.gross_loss)

    @property
    def profit_factor(self) -> Floats:
        return _divided(self.sums.gross_profit, -self.sums.gross_loss)

    @property
    def expectancy(self) -> Floats:
        return _divided(self.pnl, self.sums.trades)


def _columns(values: Any) -> Floats:
    return np.where(np.isfinite(values), values, np.nan)


def _divided(above: Any, below: Any) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return _columns(above / below)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def many(
    bars: Bars,
    said: Sequence[Words],
    plans: Sequence[Plan],
    which: Integers | None = None,
    *,
    policy: FillPolicy = PESSIMISTIC,
    costs: Costs = Costs(),  # noqa: B008
    cash: float = 10_000.0,
    leverage: float = 1.0,
    pip: float | None = None,
    market: Market = PLAIN,
    keep_returns: bool = False,
    threads: int | None = None,
) -> Summaries:
    """Return the figures of runs, each of which comes to what `fast.run` comes to with its words and its plan.

    `said` are sets of words, made with the policy's `at_close`. `which` holds a row a run, (number in `said`, number in
    `plans`); without it there is one for each set with each plan, the plans of the first set first. Runs over the same
    words should follow each other. `threads`: as many as there are cores this process may use.

    Raises:
        BadPlan: exits, a size or cash that cannot be, or a pair that is not there.
    """
    terms = terms_of(bars, policy, costs, cash, leverage, market)
    surrounded = around(bars, market, session=any(plan.exits.session_end for plan in plans))
    stack = stacked([numbers(plan.exits, plan.size, pip) for plan in plans])
    if which is None:
        which = np.indices((len(said), len(plans))).reshape(2, -1).T
    which = np.ascontiguousarray(which, np.int64).reshape(-1, 2)
    if len(which) and not ((which >= 0) & (which < (len(said), len(plans)))).all():
        raise BadPlan(f"a run asks for words or a plan that are not among the {len(said)} and {len(plans)} given")
    words, begins = strung(said)
    ends = np.arange(len(bars))
    if len(bars) and bars.timeframe_s < DAY_S:
        ends = last_rows(bars.ts, day_starts(bars.ts))
    spanned = years(bars.ts, bars.timeframe_s) if len(bars) else np.nan
    rows = int(np.diff(begins).max(initial=0)) * (1 + int(stack.counts.max(initial=0)))
    sums = sums_of(len(which))
    kept = np.empty((len(which) if keep_returns else 0, len(ends)))
    threads = threads or _cores()
    size = max(1, -(-len(which) // (threads * CHUNKS)))
    pieces = deque(range(0, len(which), size))

    def work() -> None:
        scratch: Scratch = space(len(bars), rows, len(ends))
        while pieces:
            try:
                begin = pieces.popleft()
            except IndexError:
                return
            part = slice(begin, begin + size)
            room = scratch._replace(returns=kept[part]) if keep_returns else scratch
            columns: list[Any] = [column[part] for column in sums]
            play(bars, words, begins, stack, which[part], terms, surrounded, cash, ends, room, Sums(*columns))

    if threads == 1 or len(pieces) < 2:
        work()
    else:
        with ThreadPoolExecutor(threads) as pool:
            for done in [pool.submit(work) for _ in range(threads)]:
                done.result()
    return Summaries(which, sums, cash, spanned, len(ends) / spanned, kept)
