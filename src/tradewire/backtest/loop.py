"""The loop from word to word: plain Python that numba compiles. Every exit is decided by `exits.step.step`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from tradewire.backtest.closing import closed, settled
from tradewire.backtest.entering import first_at, quantity_of, rules_at
from tradewire.backtest.plan import Numbers
from tradewire.backtest.terms import END, OPEN, SIGNAL, Columns, Held, Terms
from tradewire.backtest.words import Words
from tradewire.domain.bars import Floats, Integers
from tradewire.exits.kernel import NEVER, NONE, NOWHERE, Rules
from tradewire.exits.quiet import ceiling
from tradewire.exits.step import raised, step
from tradewire.strategies.meaning import ENTER_LONG, ENTER_SHORT, LEAVE_LONG, LEAVE_SHORT

SLACK: Final = 1.0 + 1e-12
"""What an entry may cost beyond what there is: all of the equity, after rounding, still pays for itself."""

SILENT: Final = 0
ENTERED: Final = 1
UNAFFORDABLE: Final = 2
UNMEASURED: Final = 3


def passed(
    held: Held,
    rules: Rules,
    ts: Integers,
    opens: Floats,
    highs: Floats,
    lows: Floats,
    closes: Floats,
    row: int,
    until: int,
    soon: int,
    targets: Sequence[float],
    terms: Terms,
) -> tuple[int, float, float, int, int, float]:
    """Take a trade's exits from bar `row` on through the bars before `until`; those from `soon` on are too late for it.

    Return (the bar in which the trade or a part of it closes, else `until`; stop, target, rung, reason, price).
    """
    sign, stop, target, rung = held.sign, held.stop, held.target, held.rung
    best, worst = (highs, lows) if sign > 0.0 else (lows, highs)
    at = row
    while True:
        floor, top = stop, ceiling(stop, target, rules)
        if sign < 0.0:
            floor, top = -top, -floor
        at += quiet(lows[at:soon], highs[at:soon], floor, top)
        if at >= until:
            return until, stop, target, rung, NONE, 0.0
        stop, target, rung, reason, price = step(
            sign * opens[at],
            sign * best[at],
            sign * worst[at],
            sign * closes[at],
            ts[at],
            stop,
            target,
            rung,
            rules,
            targets,
            0,
            terms.stop_first,
            terms.raises,
        )
        if reason != NONE or rung != held.rung:
            return at, stop, target, rung, reason, price
        at += 1


def mark(equity: Floats, closes: Floats, held: Held) -> None:
    """Write the equity of an open trade at each close."""
    for row in range(len(equity)):
        equity[row] = held.balance + held.left * (held.sign * closes[row] - held.entry)


def quiet(lows: Floats, highs: Floats, bottom: float, top: float) -> int:
    """Return how many bars there are before the first one that reaches `bottom` or `top`."""
    count = len(lows)
    for row in range(count):
        if lows[row] <= bottom or highs[row] >= top:
            return row
    return count


def listened(
    held: Held,
    rules: Rules,
    words: Words,
    number: int,
    plan: Numbers,
    terms: Terms,
    targets: Any,
    fractions: Any,
    columns: Columns,
) -> tuple[Held, Rules, int]:
    """Do what a word asks for; return (trade, rules, `SILENT`, `ENTERED` or why it is not)."""
    at, price, code = words.rows[number], words.prices[number], words.codes[number]
    if held.left > 0.0 and code & (LEAVE_LONG if held.sign > 0.0 else LEAVE_SHORT):
        held = closed(held, at, held.sign * price, held.left, terms.slippage, 1.0, SIGNAL, columns, terms)
    if held.left > 0.0 or not code & (ENTER_LONG | ENTER_SHORT):
        return held, rules, SILENT
    sign = 1.0 if code & ENTER_LONG else -1.0
    entry = sign * price + price * terms.slippage + terms.half_spread
    deadline = words.moments[number] + plan.limit if plan.limit < NEVER else NEVER
    distance = words.distances[number] if len(words.distances) else np.nan
    atr = words.atr[number] if len(words.atr) else np.nan
    asked = words.sizes[number] if len(words.sizes) else np.nan
    wanted, stop, known = rules_at(entry, distance, atr, deadline, plan, targets, fractions)
    units = quantity_of(asked, entry, stop, held.balance, terms.fee, plan)
    if not known or units != units:
        return held, rules, UNMEASURED
    if not 0.0 < units * abs(entry) * (1.0 + terms.fee) <= held.balance * terms.leverage * SLACK:
        return held, rules, UNAFFORDABLE
    balance = held.balance - terms.fee * units * abs(entry)
    return Held(at, sign, entry, units, units, stop, targets[0], 0, balance, held.written), wanted, ENTERED


def lifted(held: Held, rules: Rules, high: float) -> Held:
    """Return the trade after the signed high of the bar of its entry has raised its stop."""
    stop = raised(high, 0, held.stop, rules)
    return Held(
        held.row,
        held.sign,
        held.entry,
        held.units,
        held.left,
        stop,
        held.target,
        0,
        held.balance,
        held.written,
    )


def replay(
    ts: Integers,
    opens: Floats,
    highs: Floats,
    lows: Floats,
    closes: Floats,
    words: Words,
    plan: Numbers,
    terms: Terms,
    cash: float,
    targets: Any,
    fractions: Any,
    columns: Columns,
    equity: Floats,
) -> tuple[int, int, int]:
    """Fill `columns` and `equity`; return how many rows were written, entries not affordable, entries not measurable.

    `targets` is scratch space of `WIDTH` places, `fractions` one for `MAX_TARGETS` shares.
    """
    targets[:] = NOWHERE
    held = Held(0, 1.0, 0.0, 0.0, 0.0, -NOWHERE, NOWHERE, 0, cash, 0)
    rules = Rules(-NOWHERE, 1.0, 0.0, NOWHERE, 0.0, NOWHERE, 0.0, NEVER, NEVER, NONE, NEVER)
    unaffordable = unmeasured = 0
    bars = len(closes)
    exits_first = terms.at_close or not terms.open_first
    row = number = 0
    while row < bars:
        at = words.rows[number] if number < len(words.rows) else bars
        looked = row == at and exits_first and held.left > 0.0
        until = at + 1 if looked else at
        while row < until and held.left > 0.0:
            before, begun, soon = held, row, until
            if rules.deadline < NEVER and (at == bars or words.moments[number] >= rules.deadline):
                soon = min(until, first_at(ts, row, rules.deadline, terms.lasting))
            row, stop, target, rung, reason, price = passed(
                held, rules, ts, opens, highs, lows, closes, row, until, soon, targets, terms
            )
            mark(equity[begun:row], closes[begun:row], held)
            held = Held(
                held.row, held.sign, held.entry, held.units, held.left, stop, target, rung, held.balance, held.written
            )
            if row < until:
                held = settled(before, held, rules, reason, price, opens[row], row, targets, fractions, columns, terms)
                equity[row] = held.balance + held.left * (held.sign * closes[row] - held.entry)
                row += 1
        equity[row:until] = held.balance
        row = until
        if at == bars or (not looked and exits_first and held.left > 0.0):
            continue
        if not looked or held.left > 0.0 or terms.at_close:
            held, rules, answer = listened(held, rules, words, number, plan, terms, targets, fractions, columns)
            if answer == ENTERED:
                looked = terms.at_close or not terms.entry_bar
                if terms.entry_high and looked and not terms.at_close:
                    held = lifted(held, rules, highs[at] if held.sign > 0.0 else -lows[at])
            elif answer == UNAFFORDABLE:
                unaffordable += 1
            elif answer == UNMEASURED:
                unmeasured += 1
        number += 1
        row = at
        if looked or held.left == 0.0:
            equity[at] = held.balance + held.left * (held.sign * closes[at] - held.entry)
            row = at + 1
    if held.left > 0.0:
        cost, reason = (1.0, END) if terms.close_at_end else (0.0, OPEN)
        price = held.sign * closes[bars - 1]
        held = closed(held, bars - 1, price, held.left, terms.slippage, cost, reason, columns, terms)
        equity[bars - 1] = held.balance
    return held.written, unaffordable, unmeasured
