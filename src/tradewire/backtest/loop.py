"""The loop from word to word: plain Python that numba compiles. Every exit is decided by `exits.step.step`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from tradewire.backtest.closing import closed, moved, settled
from tradewire.backtest.entering import below, first_at, is_tradable, quantity_of, rules_at, session_row
from tradewire.backtest.holding import ended, funded, within
from tradewire.backtest.plan import Numbers
from tradewire.backtest.terms import END, OPEN, SIGNAL, Around, Columns, Held, Terms
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
UNTRADABLE: Final = 4

BLOCK: Final = 16
"""So many bars are looked at at once."""

INSIDE: Final = -1
"""Says instead of a reason that the bars inside a bar are to be asked."""


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
    begin: Integers,
    end: Integers,
    equity: Floats,
) -> tuple[int, float, float, int, int, float]:
    """Take a trade's exits from bar `row` on through the bars before `until`; those from `soon` on are too late for it.

    The equity is written at every close where no part of the trade is closed.

    Return (the bar in which the trade or a part of it closes, else `until`; stop, target, rung, reason, price). A bar
    with bars inside, from `begin` to before `end`, is left to them.
    """
    sign, stop, target, rung = held.sign, held.stop, held.target, held.rung
    best, worst = (highs, lows) if sign > 0.0 else (lows, highs)
    at = row
    while True:
        floor, top = stop, ceiling(stop, target, rules)
        if sign < 0.0:
            floor, top = -top, -floor
        at += quiet(lows[at:soon], highs[at:soon], closes[at:soon], equity[at:soon], floor, top, held)
        if at >= until:
            return until, stop, target, rung, NONE, 0.0
        if len(begin) and begin[at] < end[at]:
            return at, stop, target, rung, INSIDE, 0.0
        stop, target, rung, reason, price = step(
            sign * opens[at],
            sign * best[at],
            sign * worst[at],
            sign * closes[at],
            ts[at] if rules.deadline < NEVER else 0,
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
        equity[at] = held.balance + held.left * (held.sign * closes[at] - held.entry)
        at += 1


def quiet(lows: Floats, highs: Floats, closes: Floats, equity: Floats, bottom: float, top: float, held: Held) -> int:
    """Write a trade's equity at the closes before the first bar that reaches `bottom` or `top`; return how many."""
    for begin in range(0, len(lows), BLOCK):
        end = begin + BLOCK
        low, high, close, worth, loud = lows[begin:end], highs[begin:end], closes[begin:end], equity[begin:end], 0
        for at in range(len(low)):
            loud += int(low[at] <= bottom) + int(high[at] >= top)
        if loud:
            for at in range(len(low)):
                if low[at] <= bottom or high[at] >= top:
                    return begin + at
                worth[at] = held.balance + held.left * (held.sign * close[at] - held.entry)
        for at in range(len(low)):
            worth[at] = held.balance + held.left * (held.sign * close[at] - held.entry)
    return len(lows)


def listened(
    held: Held,
    rules: Rules,
    words: Words,
    number: int,
    ts: Integers,
    plan: Numbers,
    terms: Terms,
    ends: Integers,
    committed: float,
    targets: Any,
    fractions: Any,
    columns: Columns,
) -> tuple[Held, Rules, int]:
    """Do what a word asks for; return (trade, rules, `SILENT`, `ENTERED` or why it is not).

    `committed` is the value that other open trades hold.
    """
    at, price, code = words.rows[number], words.prices[number], words.codes[number]
    if held.left > 0.0 and code & (LEAVE_LONG if held.sign > 0.0 else LEAVE_SHORT):
        held = closed(held, at, held.sign * price, held.left, terms.slippage, 1.0, SIGNAL, columns, terms)
    if held.left > 0.0 or not code & (ENTER_LONG | ENTER_SHORT):
        return held, rules, SILENT
    sign = 1.0 if code & ENTER_LONG else -1.0
    entry = sign * price + price * terms.slippage + terms.half_spread
    deadline = words.moments[number] + plan.limit if plan.limit < NEVER else NEVER
    over = session_row(ts, at, words.moments[number], ends, terms.lasting) if plan.session else NEVER
    distance = words.distances[number] if len(words.distances) else np.nan
    atr = words.atr[number] if len(words.atr) else np.nan
    asked = words.sizes[number] if len(words.sizes) else np.nan
    wanted, stop, known = rules_at(entry, distance, atr, deadline, plan, terms.tick, targets, fractions)
    units = below(quantity_of(asked, entry, stop, held.balance, terms.fee, plan), terms.qty_step)
    if not known or units != units:
        return held, rules, UNMEASURED
    if not is_tradable(units, entry, terms):
        return held, rules, UNTRADABLE
    if not 0.0 < units * abs(entry) * (1.0 + terms.fee) <= held.balance * terms.leverage * SLACK - committed:
        return held, rules, UNAFFORDABLE
    balance = held.balance - terms.fee * units * abs(entry)
    trade = Held(at, sign, entry, units, units, stop, targets[0], 0, over, 0.0, balance, held.written)
    return trade, wanted, ENTERED


def lifted(held: Held, rules: Rules, high: float) -> Held:
    """Return the trade after the signed high of the bar of its entry has raised its stop."""
    return moved(held, raised(high, 0, held.stop, rules), held.target, 0)


def replay(
    ts: Integers,
    opens: Floats,
    highs: Floats,
    lows: Floats,
    closes: Floats,
    words: Words,
    plan: Numbers,
    terms: Terms,
    around: Around,
    cash: float,
    targets: Any,
    fractions: Any,
    columns: Columns,
    equity: Floats,
) -> tuple[int, int, int, int]:
    """Fill `columns` and `equity`; return how many rows were written, and how many entries were left out.

    They were not affordable, not measurable, or not of a size that the venue takes.
    `targets` is scratch space of `WIDTH` places, `fractions` one for `MAX_TARGETS` shares.
    """
    targets[:] = NOWHERE
    held = Held(0, 1.0, 0.0, 0.0, 0.0, -NOWHERE, NOWHERE, 0, NEVER, 0.0, cash, 0)
    rules = Rules(-NOWHERE, 1.0, 0.0, NOWHERE, 0.0, NOWHERE, 0.0, NEVER, NEVER, NONE, NEVER)
    unaffordable = unmeasured = untradable = number = paid = 0
    bars = len(closes)
    exits_first = terms.at_close or not terms.open_first
    row = 0
    due, rates, inside = around.due, around.rates, around.inside
    begin, end, ends = inside.begin, inside.end, around.ends
    while row < bars:
        at = words.rows[number] if number < len(words.rows) else bars
        looked = row == at and exits_first and held.left > 0.0
        until = at + 1 if looked else at
        while row < until and held.left > 0.0:
            stays = min(until, held.over + 1)
            if len(due):
                held, paid, stays = funded(held, due, rates, opens, paid, row, stays)
            before, soon = held, stays
            if rules.deadline < NEVER and (at == bars or words.moments[number] >= rules.deadline):
                soon = min(stays, first_at(ts, row, rules.deadline, terms.lasting))
            row, stop, target, rung, reason, price = passed(
                held, rules, ts, opens, highs, lows, closes, row, stays, soon, targets, terms, begin, end, equity
            )
            held = moved(held, stop, target, rung)
            if row < stays:
                if reason == INSIDE:
                    held = within(held, rules, row, ts[row], targets, fractions, columns, terms, inside)
                else:
                    held = settled(
                        before, held, rules, reason, price, opens[row], row, targets, fractions, columns, terms
                    )
                equity[row] = held.balance + held.left * (held.sign * closes[row] - held.entry)
                row += 1
            if held.over < row and held.left > 0.0:
                held = ended(held, closes, equity, columns, terms)
        equity[row:until] = held.balance
        row = until
        if at == bars or (not looked and exits_first and held.left > 0.0):
            continue
        if len(due) and held.left > 0.0:
            held, paid, _ = funded(held, due, rates, opens, paid, at, at + 1)
        if not looked or held.left > 0.0 or terms.at_close:
            held, rules, answer = listened(
                held, rules, words, number, ts, plan, terms, ends, 0.0, targets, fractions, columns
            )
            if answer == ENTERED:
                looked = terms.at_close or not terms.entry_bar
                if terms.entry_high and looked and not terms.at_close:
                    held = lifted(held, rules, highs[at] if held.sign > 0.0 else -lows[at])
            elif answer == UNAFFORDABLE:
                unaffordable += 1
            elif answer == UNMEASURED:
                unmeasured += 1
            elif answer == UNTRADABLE:
                untradable += 1
        number += 1
        row = at
        if looked or held.left == 0.0:
            equity[at] = held.balance + held.left * (held.sign * closes[at] - held.entry)
            row = at + 1
            if held.over < row and held.left > 0.0:
                held = ended(held, closes, equity, columns, terms)
    if held.left > 0.0:
        cost, reason = (1.0, END) if terms.close_at_end else (0.0, OPEN)
        price = held.sign * closes[bars - 1]
        held = closed(held, bars - 1, price, held.left, terms.slippage, cost, reason, columns, terms)
        equity[bars - 1] = held.balance
    return held.written, unaffordable, unmeasured, untradable
