"""The fast lane: one jitted pass over the bars, with the same exit step as the live engine.

    outcome = run(bars, strategy.signals(bars, params), exits=ExitSpec(stop=Distance(Decimal(2), Unit.PERCENT)))

numba is imported by the first run, not by this module.
"""

from __future__ import annotations

import math
from decimal import Decimal
from functools import cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tradewire.backtest import closing, entering, loop
from tradewire.backtest.costs import Costs
from tradewire.backtest.outcome import Outcome, Trades
from tradewire.backtest.plan import BadPlan, numbers
from tradewire.backtest.policy import PESSIMISTIC, FillPolicy
from tradewire.backtest.terms import EQUITY, RISK, UNITS, VALUE, Columns, Terms
from tradewire.backtest.words import MEANINGS, Flags, Words, gather
from tradewire.domain.bars import Bars, Floats, Integers
from tradewire.domain.signal import ExitSpec, Size, SizeUnit
from tradewire.exits.kernel import NOWHERE, WIDTH
from tradewire.strategies.base import Signals

NO_EXITS: Final = ExitSpec()
ONE_UNIT: Final = Size(Decimal(1), SizeUnit.UNITS)
_SIZINGS: Final = {
    SizeUnit.UNITS: (UNITS, 1.0),
    SizeUnit.QUOTE: (VALUE, 1.0),
    SizeUnit.EQUITY_PERCENT: (EQUITY, 0.01),
    SizeUnit.RISK_PERCENT: (RISK, 0.01),
}


class BadSignals(ValueError):
    """Columns of a strategy that do not fit its bars."""


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
) -> Outcome:
    """Return what a strategy's signals come to on its bars: one trade at a time, long or short.

    A bar that says entry and exit of one side, or both entries, says nothing there; the entry of the other side turns a
    trade around. The strategy's own size and stop distance go before `size` and the stop in `exits`. `pip` is the size
    of a pip and `atr` the average true range at each bar's close, for distances measured in them. `size` in percent is
    of the balance when the trade is entered. An entry that cash times `leverage` cannot pay is left out and counted.

    Raises:
        BadPlan: exits, size or cash that cannot be.
        BadSignals: columns that do not fit the bars.
    """
    if not (math.isfinite(cash) and cash > 0.0 and math.isfinite(leverage) and leverage > 0.0):
        raise BadPlan(f"cash and leverage must be positive numbers, not {cash} and {leverage}")
    if size.unit not in _SIZINGS:
        raise BadPlan(f"a backtest cannot size in {size.unit.value}; it can in {', '.join(_SIZINGS)}")
    if size.value <= 0:
        raise BadPlan(f"the size must be positive, not {size.value}")
    plan = numbers(exits, pip)
    words = words_of(bars, signals, atr, at_close=policy.at_close)
    sizing, scale = _SIZINGS[size.unit]
    terms = Terms(
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
        sizing=sizing,
        size=float(size.value) * scale,
        leverage=leverage,
        last=plan.last,
        even_rung=plan.even_rung,
        limit=plan.limit,
    )
    columns = _columns(len(words.rows) * (len(plan.fractions) + 1))
    equity = np.empty(len(bars))
    written, unaffordable, unmeasured = _replay()(
        bars.ts,
        bars.open,
        bars.high,
        bars.low,
        bars.close,
        words,
        plan.lengths,
        plan.fractions,
        terms,
        float(cash),
        np.full(WIDTH, NOWHERE),
        np.empty(len(plan.fractions)),
        columns,
        equity,
    )
    kept: list[Any] = [column[:written].copy() for column in columns]
    return Outcome(Trades(*kept), equity, cash, unaffordable, unmeasured)


@cache
def _replay() -> Any:
    from tradewire.exits.jit import compiled

    return compiled(
        loop.replay,
        entering.length_of,
        entering.level_at,
        entering.rules_at,
        entering.quantity_of,
        entering.first_at,
        closing.closed,
        closing.settled,
        loop.quiet,
        loop.mark,
        loop.passed,
        loop.lifted,
        loop.listened,
    )


@cache
def _gather() -> Any:
    from tradewire.exits.jit import compiled

    return compiled(gather)


def words_of(bars: Bars, signals: Signals, atr: Floats | None = None, *, at_close: bool = False) -> Words:
    """Return what is to be done where, from flags that hold one element a bar; nothing follows from the last bar's.

    Raises:
        BadSignals: columns that do not fit the bars.
    """
    rows, codes = np.empty(len(bars) + 8, np.int64), np.empty(len(bars) + 8, np.int8)
    count = _gather()(
        _flags(bars, "long_entry", signals.long_entry),
        _flags(bars, "long_exit", signals.long_exit),
        _flags(bars, "short_entry", signals.short_entry),
        _flags(bars, "short_exit", signals.short_exit),
        MEANINGS,
        rows,
        codes,
    )
    if count and rows[count - 1] == len(bars) - 1:
        count -= 1
    said = rows[:count].copy()
    heard = said if at_close else said + 1
    return Words(
        heard,
        (bars.close if at_close else bars.open)[heard],
        codes[:count].copy(),
        sizes=_floats(bars, "size", signals.size, said),
        distances=_floats(bars, "stop_distance", signals.stop_distance, said),
        atr=_floats(bars, "atr", atr, said),
    )


def _flags(bars: Bars, name: str, column: Flags) -> NDArray[np.uint64]:
    _fits(bars, name, column)
    if column.dtype != np.bool_:
        raise BadSignals(f"{name} holds {column.dtype}, not True and False")
    eights = np.zeros(-(-len(column) // 8), np.uint64)
    eights.view(np.bool_)[: len(column)] = column
    return eights


def _floats(bars: Bars, name: str, column: Floats | None, rows: Integers) -> Floats:
    if column is None:
        return np.empty(0)
    _fits(bars, name, column)
    return np.asarray(column, np.float64)[rows]


def _fits(bars: Bars, name: str, column: NDArray[Any]) -> None:
    if np.shape(column) != (len(bars),):
        raise BadSignals(
            f"{name} has the shape {np.shape(column)} where one element for each of {len(bars)} bars is due"
        )


def _columns(room: int) -> Columns:
    """Return columns for so many rows; what is never written costs no memory."""
    return Columns(
        entry_row=np.empty(room, np.int64),
        exit_row=np.empty(room, np.int64),
        side=np.empty(room, np.int8),
        reason=np.empty(room, np.int8),
        entry_price=np.empty(room),
        exit_price=np.empty(room),
        quantity=np.empty(room),
        fees=np.empty(room),
        pnl=np.empty(room),
    )
