"""What else happens to an open trade: funding, bars of a lower timeframe, the end of its session."""

from __future__ import annotations

from collections.abc import Sequence

from tradewire.backtest.closing import closed, moved, settled
from tradewire.backtest.terms import Columns, Held, Inside, Terms
from tradewire.domain.bars import Floats, Integers
from tradewire.exits.kernel import NONE, SESSION_END, Rules
from tradewire.exits.step import step


def funded(
    held: Held, due: Integers, rates: Floats, opens: Floats, number: int, row: int, until: int
) -> tuple[Held, int, int]:
    """Pay what is due at the open of `row` for a trade that comes into it.

    `number` is that of the first payment that may be ahead. Return (trade, the same afterwards, the row before `until`
    at which to come again).
    """
    while number < len(due) and (due[number] < row or due[number] <= held.row):
        number += 1
    if number < len(due) and due[number] == row:
        held = charged(held, rates[number] * held.left * held.sign * opens[row])
        number += 1
    return held, number, min(until, due[number]) if number < len(due) else until


def charged(held: Held, cost: float) -> Held:
    """Return the trade after it has paid (or, below 0, got) funding."""
    return Held(
        held.row,
        held.sign,
        held.entry,
        held.units,
        held.left,
        held.stop,
        held.target,
        held.rung,
        held.over,
        held.funding + cost,
        held.balance - cost,
        held.written,
    )


def within(
    held: Held,
    rules: Rules,
    row: int,
    now: int,
    targets: Sequence[float],
    fractions: Sequence[float],
    columns: Columns,
    terms: Terms,
    bars: Inside,
) -> Held:
    """Return the trade after the bars inside bar `row`, which begins `now`: the exits are asked about each in turn."""
    sign = held.sign
    best, worst = (bars.highs, bars.lows) if sign > 0.0 else (bars.lows, bars.highs)
    for at in range(bars.begin[row], bars.end[row]):
        before = held
        stop, target, rung, reason, price = step(
            sign * bars.opens[at],
            sign * best[at],
            sign * worst[at],
            sign * bars.closes[at],
            now,
            held.stop,
            held.target,
            held.rung,
            rules,
            targets,
            0,
            terms.stop_first,
            terms.raises,
        )
        held = moved(held, stop, target, rung)
        if reason != NONE or rung != before.rung:
            held = settled(before, held, rules, reason, price, bars.opens[at], row, targets, fractions, columns, terms)
        if held.left == 0.0:
            break
    return held


def ended(held: Held, closes: Floats, equity: Floats, columns: Columns, terms: Terms) -> Held:
    """Close what is left of a trade at the close of the last bar of its session."""
    at = held.over
    held = closed(held, at, held.sign * closes[at], held.left, terms.slippage, 1.0, SESSION_END, columns, terms)
    equity[at] = held.balance
    return held
