"""Several symbols that share cash, on one clock: `run_together`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tradewire.backtest import machine
from tradewire.backtest.costs import Costs
from tradewire.backtest.fast import NO_EXITS, ONE_UNIT, space, terms_of
from tradewire.backtest.hearing import words_of
from tradewire.backtest.loop import UNAFFORDABLE, UNMEASURED, UNTRADABLE
from tradewire.backtest.market import PLAIN, Market, around
from tradewire.backtest.outcome import Together, Trades
from tradewire.backtest.plan import BadPlan, numbers, stacked
from tradewire.backtest.policy import PESSIMISTIC, FillPolicy
from tradewire.backtest.terms import Around, Inside
from tradewire.backtest.together import CROWDED, Book, Clock, Desk
from tradewire.backtest.words import strung
from tradewire.domain.bars import Bars, Floats, Integers
from tradewire.domain.signal import ExitSpec, Size
from tradewire.exits.kernel import MAX_TARGETS, NOWHERE, WIDTH
from tradewire.strategies.base import Signals

UNBOUNDED = 2**62


@dataclass(frozen=True, slots=True, eq=False)
class Traded:
    """A symbol's bars, what a strategy says of them, and how its trades are protected and sized."""

    bars: Bars
    signals: Signals
    exits: ExitSpec = NO_EXITS
    size: Size = ONE_UNIT
    pip: float | None = None
    atr: Floats | None = None
    market: Market = PLAIN


def run_together(
    traded: Sequence[Traded],
    *,
    policy: FillPolicy = PESSIMISTIC,
    costs: Costs = Costs(),  # noqa: B008
    cash: float = 10_000.0,
    leverage: float = 1.0,
    max_open: int | None = None,
) -> Together:
    """Return what several symbols come to that are traded with one purse; one alone comes to what `fast.run` says.

    Time goes over all symbols' bars, which have one timeframe. At a moment all exits go before all entries, and entries
    in the order given: the first takes what it needs, the next what is left. Sizes in percent are of the equity at the
    last closes; entries that it times `leverage`, less the value that open trades were entered with, does not pay are
    left out, and so are those beyond `max_open` trades at a time. A trade that is open after the last bar of its symbol
    is closed or marked there.

    Raises:
        BadPlan: as for `fast.run`; no symbol, one that is there twice, bars of different length.
        BadSignals: columns that do not fit their bars.
    """
    _check(traded, max_open)
    histories = [each.bars for each in traded]
    plans = [numbers(each.exits, each.size, each.pip) for each in traded]
    terms = terms_of(histories[0], policy, costs, cash, leverage, PLAIN)
    surrounded = [
        around(each.bars, each.market, session=plan.session) for each, plan in zip(traded, plans, strict=True)
    ]
    said = [words_of(each.bars, each.signals, each.atr, at_close=policy.at_close) for each in traded]
    words, begins = strung(said)
    base = np.cumsum([0, *map(len, histories)])
    book = Book(
        base=base,
        ts=_joined([bars.ts for bars in histories]),
        opens=_joined([bars.open for bars in histories]),
        highs=_joined([bars.high for bars in histories]),
        lows=_joined([bars.low for bars in histories]),
        closes=_joined([bars.close for bars in histories]),
        words=words,
        said=begins,
        ends=_joined([each.ends for each in surrounded]),
        closing=np.cumsum([0, *(len(each.ends) for each in surrounded)]),
        rates=_rates(surrounded, base),
        inside=_inside(surrounded, histories),
        steps=np.array([_steps(each.market) for each in traded]),
    )
    clock, moments = _clock(book.ts, base)
    rows = sum(len(one.rows) * (len(plan.fractions) + 1) for one, plan in zip(said, plans, strict=True))
    columns = space(0, rows).columns
    which, equity = np.empty(rows, np.int64), np.empty(len(moments))
    desk = _desk(begins)
    written = machine.together()(
        clock,
        book,
        stacked(plans),
        terms,
        float(cash),
        UNBOUNDED if max_open is None else max_open,
        desk,
        columns,
        which,
        equity,
    )
    kept: list[Any] = [column[:written].copy() for column in columns]
    return Together(
        trades=Trades(*kept),
        equity=equity,
        cash=cash,
        unaffordable=int(desk.left_out[UNAFFORDABLE]),
        unmeasured=int(desk.left_out[UNMEASURED]),
        untradable=int(desk.left_out[UNTRADABLE]),
        ts=moments,
        symbol=which[:written].copy(),
        crowded=int(desk.left_out[CROWDED]),
    )


def _check(traded: Sequence[Traded], max_open: int | None) -> None:
    if not traded:
        raise BadPlan("there is no symbol to be traded")
    if max_open is not None and max_open < 1:
        raise BadPlan(f"at most {max_open} open trades: there must be room for one")
    names = [each.bars.symbol for each in traded]
    if twice := [name for name in names if names.count(name) > 1]:
        raise BadPlan(f"{twice[0]} is there twice: a symbol has one history")
    spans = {each.bars.timeframe_s for each in traded}
    if len(spans) > 1:
        raise BadPlan(f"bars of {min(spans)} s and of {max(spans)} s cannot go on one clock: resample them to one")


def _desk(begins: Integers) -> Desk:
    symbols = len(begins) - 1
    return Desk(
        trades=np.zeros((symbols, 7)),
        places=np.zeros((symbols, 3), np.int64),
        rules=np.zeros((symbols, 7)),
        limits=np.zeros((symbols, 4), np.int64),
        targets=np.full((symbols, WIDTH), NOWHERE),
        fractions=np.zeros((symbols, MAX_TARGETS)),
        number=begins[:-1].copy(),
        last=np.zeros(symbols),
        fresh=np.zeros(symbols, np.bool_),
        deaf=np.zeros(symbols, np.bool_),
        left_out=np.zeros(CROWDED + 1, np.int64),
    )


def _joined(columns: Sequence[Any]) -> Any:
    return np.ascontiguousarray(np.concatenate(columns))


def _rates(surrounded: Sequence[Around], base: Integers) -> Floats:
    if not any(len(each.due) for each in surrounded):
        return np.empty(0)
    rates = np.zeros(base[-1])
    for begin, each in zip(base.tolist(), surrounded, strict=False):
        rates[begin + each.due] = each.rates
    return rates


def _inside(surrounded: Sequence[Around], histories: Sequence[Bars]) -> Inside:
    lower = [each.inside for each in surrounded]
    if not any(len(each.begin) for each in lower):
        return lower[0]
    before = np.cumsum([0, *(len(each.opens) for each in lower)]).tolist()
    nothing = [
        np.zeros(0 if len(each.begin) else len(bars), np.int64) for each, bars in zip(lower, histories, strict=True)
    ]
    shifted = list(zip(lower, nothing, before, strict=False))
    return Inside(
        _joined([np.concatenate((each.begin, none)) + count for each, none, count in shifted]),
        _joined([np.concatenate((each.end, none)) + count for each, none, count in shifted]),
        _joined([each.opens for each in lower]),
        _joined([each.highs for each in lower]),
        _joined([each.lows for each in lower]),
        _joined([each.closes for each in lower]),
    )


def _steps(market: Market) -> tuple[float, ...]:
    return market.qty_step, market.min_qty, market.max_qty, market.min_notional, market.tick


def _clock(ts: Integers, base: Integers) -> tuple[Clock, Integers]:
    counts = np.diff(base)
    symbols = np.repeat(np.arange(len(counts)), counts)
    order = np.argsort(ts, kind="stable")
    moments, edges = np.unique(ts[order], return_index=True)
    clock = Clock(np.append(edges, len(ts)).astype(np.int64), symbols[order], (order - base[symbols[order]]))
    return clock, moments
