"""How a trade ends, or a part of it: the row that is written, the fees, the balance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tradewire.backtest.entering import below
from tradewire.backtest.terms import EVENED, TRAILED, Columns, Held, Terms
from tradewire.exits.kernel import NONE, STOP, TARGET, Rules
from tradewire.exits.ladder import fill_price


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
    funding = held.funding * quantity / held.left
    at = held.written
    columns.entry_row[at] = held.row
    columns.exit_row[at] = row
    columns.side[at] = int(held.sign)
    columns.reason[at] = reason
    columns.entry_price[at] = abs(held.entry)
    columns.exit_price[at] = abs(filled)
    columns.quantity[at] = quantity
    columns.fees[at] = fees
    columns.funding[at] = funding
    columns.pnl[at] = gain - fees - funding
    return Held(
        held.row,
        held.sign,
        held.entry,
        held.units,
        held.left - quantity,
        held.stop,
        held.target,
        held.rung,
        held.over,
        held.funding - funding,
        held.balance + gain - fee,
        at + 1,
    )


def moved(held: Held, stop: float, target: float, rung: int) -> Held:
    """Return the trade with another stop, next target and number of targets done."""
    return Held(
        held.row,
        held.sign,
        held.entry,
        held.units,
        held.left,
        stop,
        target,
        rung,
        held.over,
        held.funding,
        held.balance,
        held.written,
    )


def part_of(held: Held, reached: int, fractions: Any, rules: Rules, terms: Terms) -> float:
    """Return what a target closes of a trade: all that is left where the rest would be too little for the venue.

    What is too little itself, or was cut off by rounding, goes to the next target.
    """
    if reached + 1 == rules.last:
        return held.left
    if not (terms.qty_step > 0.0 or terms.min_qty > 0.0):
        return min(held.units * float(fractions[reached]), held.left)
    due = held.left - held.units
    for rung in range(reached + 1):
        due += held.units * float(fractions[rung])
    part = below(due, terms.qty_step)
    if due >= held.left or held.left - part < terms.min_qty * (1.0 - 1e-9):
        return held.left
    return part if part >= terms.min_qty else 0.0


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
        part = part_of(held, reached, fractions, rules, terms)
        if part > 0.0:
            level = fill_price(held.sign * opened, targets[reached])
            held = closed(held, row, level, part, 0.0, 1.0, TARGET, columns, terms)
    if reason != NONE and held.left > 0.0:
        if reason == STOP and held.stop > rules.given:
            reason = EVENED if held.stop == rules.even_stop else TRAILED
        held = closed(held, row, price, held.left, terms.slippage, 1.0, reason, columns, terms)
    return held
