"""How a trade ends, or a part of it: the row that is written, the fees, the balance."""

from __future__ import annotations

from collections.abc import Sequence

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
