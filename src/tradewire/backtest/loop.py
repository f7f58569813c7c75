"""The loop over the bars: plain Python that numba compiles. Every exit is decided by `exits.step.step`."""

from __future__ import annotations

from collections.abc import MutableSequence, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tradewire.backtest.entering import rules_at
from tradewire.domain.bars import Floats, Integers
from tradewire.exits.kernel import NEVER, NONE, NOWHERE, STOP, TARGET, Rules
from tradewire.exits.ladder import fill_price
from tradewire.exits.step import step

TRAILED: Final = 5
EVENED: Final = 6
SIGNAL: Final = 7
END: Final = 8
OPEN: Final = 9
"""Reasons beyond those of `exits.kernel`; a trade that is `OPEN` is marked at the last close."""

UNITS: Final = 0
VALUE: Final = 1
EQUITY: Final = 2
RISK: Final = 3
"""What a size is: a quantity, money, a fraction of the equity, a fraction of the equity that the stop loses."""

SLACK: Final = 1.0 + 1e-12
"""What an entry may cost beyond what there is: all of the equity, after rounding, still pays for itself."""

Flags = NDArray[np.bool_]
Small = NDArray[np.int8]


class Terms(NamedTuple):
    """All of a run that is one number and stays the same."""

    at_close: bool
    entry_bar: bool
    open_first: bool
    stop_first: bool
    raises: int
    close_at_end: bool
    fee: float
    half_spread: float
    slippage: float
    sizing: int
    size: float
    leverage: float
    last: int
    even_rung: int
    limit: int


class Heard(NamedTuple):
    """What the strategy said, one element a bar; columns that are optional are empty where there is none."""

    long_entry: Flags
    long_exit: Flags
    short_entry: Flags
    short_exit: Flags
    sizes: Floats
    distances: Floats
    atr: Floats


class Columns(NamedTuple):
    """Where rows go: the close of a trade is one, and so is that of each part of it."""

    entry_row: Integers
    exit_row: Integers
    side: Small
    reason: Small
    entry_price: Floats
    exit_price: Floats
    quantity: Floats
    fees: Floats
    pnl: Floats


class Held(NamedTuple):
    """The trade that is open; `units` are those it began with, `left` those it still has. Prices are signed."""

    row: int
    sign: float
    entry: float
    units: float
    left: float
    stop: float
    target: float
    rung: int
    balance: float
    written: int


def side_wanted(heard: Heard, row: int) -> float:
    """Return the side (±1) that a bar's word enters, 0 for none: what contradicts itself says nothing."""
    long = heard.long_entry[row] and not heard.long_exit[row]
    short = heard.short_entry[row] and not heard.short_exit[row]
    if long and not short:
        return 1.0
    if short and not long:
        return -1.0
    return 0.0


def is_left(heard: Heard, row: int, sign: float) -> bool:
    """Tell whether a bar's word ends a trade: the exit of its side, or the entry of the other one."""
    if sign > 0.0 and heard.long_exit[row] and not heard.long_entry[row]:
        return True
    if sign < 0.0 and heard.short_exit[row] and not heard.short_entry[row]:
        return True
    return side_wanted(heard, row) * sign < 0.0


def first_at(ts: Sequence[int], row: int, moment: int) -> int:
    """Return the first row from `row` on that begins at or after a moment; the number of rows where none does."""
    low, high = row, len(ts)
    while low < high:
        middle = (low + high) // 2
        if ts[middle] < moment:
            low = middle + 1
        else:
            high = middle
    return low


def quantity_of(asked: float, entry: float, stop: float, balance: float, terms: Terms) -> float:
    """Return the units of an entry: `asked` by the strategy, else by the terms; NaN for a risk without a stop."""
    if asked > 0.0:
        return asked
    if terms.sizing == UNITS:
        return terms.size
    if terms.sizing == VALUE:
        return terms.size / abs(entry)
    if terms.sizing == EQUITY:
        return balance * terms.size / (abs(entry) * (1.0 + terms.fee))
    return balance * terms.size / (entry - stop) if stop > -NOWHERE else np.nan


def closed(
    held: Held,
    row: int,
    price: float,
    quantity: float,
    slippage: float,
    cost: float,
    reason: int,
    columns: Columns,
    terms: Terms,
) -> Held:
    """Write the close of `quantity` at a signed price as a row; `cost` 0 marks it there without paying for it."""
    filled = price - cost * (abs(price) * slippage + terms.half_spread)
    fee = cost * terms.fee * quantity * abs(filled)
    gain = quantity * (filled - held.entry)
    fees = fee + terms.fee * quantity * abs(held.entry)
    at = held.written
    columns.entry_row[at] = held.row
    columns.exit_row[at] = row
    columns.side[at] = int(held.sign)
    columns.reason[at] = reason
    columns.entry_price[at] = abs(held.entry)
    columns.exit_price[at] = abs(filled)
    columns.quantity[at] = quantity
    columns.fees[at] = fees
    columns.pnl[at] = gain - fees
    left, balance = held.left - quantity, held.balance + gain - fee
    return Held(held.row, held.sign, held.entry, held.units, left, held.stop, held.target, held.rung, balance, at + 1)


def stepped(
    held: Held,
    rules: Rules,
    opened: float,
    high: float,
    low: float,
    close: float,
    row: int,
    targets: Sequence[float],
    terms: Terms,
) -> tuple[float, float, int, int, float]:
    """Return what the exit step says of a trade in a bar."""
    if held.sign < 0.0:
        opened, high, low, close = -opened, -low, -high, -close
    return step(
        opened,
        high,
        low,
        close,
        row,
        held.stop,
        held.target,
        held.rung,
        rules,
        targets,
        0,
        terms.stop_first,
        terms.raises,
    )


def settled(
    before: Held,
    held: Held,
    rules: Rules,
    reason: int,
    price: float,
    opened: float,
    row: int,
    targets: Sequence[float],
    fractions: Sequence[float],
    columns: Columns,
    terms: Terms,
) -> Held:
    """Return the trade after targets were reached or a `reason` has closed the rest, in a bar with that open."""
    for reached in range(before.rung, held.rung):
        part = held.left if reached + 1 == rules.last else min(held.units * fractions[reached], held.left)
        level = fill_price(held.sign * opened, targets[reached])
        held = closed(held, row, level, part, 0.0, 1.0, TARGET, columns, terms)
    if reason != NONE and held.left > 0.0:
        if reason == STOP and held.stop > rules.given:
            reason = EVENED if held.stop == rules.even_stop else TRAILED
        held = closed(held, row, price, held.left, terms.slippage, 1.0, reason, columns, terms)
    return held


def replay(
    ts: Sequence[int],
    opens: Sequence[float],
    highs: Sequence[float],
    lows: Sequence[float],
    closes: Sequence[float],
    heard: Heard,
    lengths: Any,
    shares: Sequence[float],
    terms: Terms,
    cash: float,
    targets: MutableSequence[float],
    fractions: MutableSequence[float],
    columns: Columns,
    equity: MutableSequence[float],
) -> tuple[int, int, int]:
    """Fill `columns` and `equity`; return how many rows were written, entries not affordable, entries not measurable.

    `targets` is scratch space of `WIDTH` places at `NOWHERE`, `fractions` one for the shares.
    """
    held = Held(0, 1.0, 0.0, 0.0, 0.0, -NOWHERE, NOWHERE, 0, cash, 0)
    rules = Rules(-NOWHERE, 1.0, 0.0, NOWHERE, 0.0, NOWHERE, 0.0, NEVER, NEVER, NONE, NEVER)
    unaffordable = unmeasured = 0
    bars = len(closes)
    long_entry, long_exit = heard.long_entry, heard.long_exit
    short_entry, short_exit = heard.short_entry, heard.short_exit
    for row in range(bars):
        opened, high, low, close = opens[row], highs[row], lows[row], closes[row]
        word = row if terms.at_close else row - 1
        listens = 0 <= word < bars - 1 and (
            long_entry[word] or long_exit[word] or short_entry[word] or short_exit[word]
        )
        looked = False
        if held.left > 0.0 and (terms.at_close or not terms.open_first):
            before = held
            stop, target, rung, reason, price = stepped(held, rules, opened, high, low, close, row, targets, terms)
            held = Held(
                held.row, held.sign, held.entry, held.units, held.left, stop, target, rung, held.balance, held.written
            )
            if reason != NONE or rung != before.rung:
                held = settled(before, held, rules, reason, price, opened, row, targets, fractions, columns, terms)
            looked = True
            listens = listens and (held.left > 0.0 or terms.at_close)
        if listens:
            price = close if terms.at_close else opened
            if held.left > 0.0 and is_left(heard, word, held.sign):
                held = closed(held, row, held.sign * price, held.left, terms.slippage, 1.0, SIGNAL, columns, terms)
            sign = 0.0 if held.left > 0.0 else side_wanted(heard, word)
            if sign != 0.0:
                entry = sign * price + price * terms.slippage + terms.half_spread
                deadline = NEVER
                if terms.limit < NEVER:
                    deadline = first_at(ts, row, ts[row + 1 if terms.at_close else row] + terms.limit)
                distance = heard.distances[word] if len(heard.distances) else np.nan
                atr = heard.atr[word] if len(heard.atr) else np.nan
                asked = heard.sizes[word] if len(heard.sizes) else np.nan
                rules, stop, known = rules_at(
                    entry, distance, atr, deadline, terms.even_rung, terms.last, lengths, shares, targets, fractions
                )
                units = quantity_of(asked, entry, stop, held.balance, terms)
                if not known or units != units:
                    unmeasured += 1
                elif not 0.0 < units * abs(entry) * (1.0 + terms.fee) <= held.balance * terms.leverage * SLACK:
                    unaffordable += 1
                else:
                    balance = held.balance - terms.fee * units * abs(entry)
                    held = Held(row, sign, entry, units, units, stop, targets[0], 0, balance, held.written)
                    looked = terms.at_close or not terms.entry_bar
        if held.left > 0.0 and not looked:
            before = held
            stop, target, rung, reason, price = stepped(held, rules, opened, high, low, close, row, targets, terms)
            held = Held(
                held.row, held.sign, held.entry, held.units, held.left, stop, target, rung, held.balance, held.written
            )
            if reason != NONE or rung != before.rung:
                held = settled(before, held, rules, reason, price, opened, row, targets, fractions, columns, terms)
        equity[row] = held.balance + held.left * (held.sign * close - held.entry)
    if held.left > 0.0:
        cost, reason = (1.0, END) if terms.close_at_end else (0.0, OPEN)
        price = held.sign * closes[bars - 1]
        held = closed(held, bars - 1, price, held.left, terms.slippage, cost, reason, columns, terms)
        equity[bars - 1] = held.balance
    return held.written, unaffordable, unmeasured
