"""What a trade begins with: the rules and the ladder that follow from its entry, in signed prices."""

from __future__ import annotations

from collections.abc import MutableSequence
from typing import Any

import numpy as np

from tradewire.backtest.plan import (
    ABSENT,
    ACTIVATION,
    ATR,
    EQUITY,
    EVEN_AT,
    FIRST_TARGET,
    OFFSET,
    PERCENT,
    PRICE,
    STEP,
    STOP_AT,
    TRAIL,
    UNITS,
    VALUE,
    Numbers,
)
from tradewire.backtest.terms import Terms
from tradewire.domain.bars import Integers
from tradewire.exits.kernel import NEVER, NOWHERE, TIME_LIMIT, Rules

DAY = 86_400_000_000_000


def length_of(lengths: Any, which: int, entry: float, atr: float, r: float) -> float:
    """Return a distance as a difference of prices; NaN where its measure is not known."""
    kind, value = lengths[which, 0], lengths[which, 1]
    if kind == PERCENT:
        return abs(entry) * float(value)
    if kind == PRICE:
        return float(value)
    return float(value) * (atr if kind == ATR else r)


def level_at(lengths: Any, which: int, entry: float, way: float, atr: float, r: float, absent: float) -> float:
    """Return the signed price at a distance into profit (`way` 1) or loss (-1), `absent` where there is no such rule.

    Percent multiply, as everybody reckons them: `entry * (1 - p)` is not always `entry - entry * p`.
    """
    if lengths[which, 0] == ABSENT:
        return absent
    if lengths[which, 0] == PERCENT:
        return entry * (1.0 + (way if entry > 0.0 else -way) * float(lengths[which, 1]))
    return entry + way * length_of(lengths, which, entry, atr, r)


def rules_at(
    entry: float,
    distance: float,
    atr: float,
    deadline: int,
    plan: Numbers,
    tick: float,
    targets: MutableSequence[float],
    fractions: MutableSequence[float],
) -> tuple[Rules, float, bool]:
    """Return (rules, first stop, whether all is known) of a trade with a signed `entry`; write its ladder, sorted.

    `distance` is the strategy's own stop distance; where it is NaN the plan's stop counts. With a tick stops are
    rounded towards the market, what lies in profit towards the entry, a trailing distance down; a rule
    that would act at once then counts as not known.
    """
    lengths, shares = plan.lengths, plan.fractions
    given = level_at(lengths, STOP_AT, entry, -1.0, atr, distance, -NOWHERE)
    if distance > 0.0:
        given = entry - distance
    given = above(given, tick)
    r = entry - given if given > -NOWHERE else distance
    known = given == given
    keep, gap, start, least = 1.0, 0.0, NOWHERE, 0.0
    stop = given
    if lengths[TRAIL, 0] != ABSENT:
        if lengths[TRAIL, 0] == PERCENT:
            keep = 1.0 - (1.0 if entry > 0.0 else -1.0) * float(lengths[TRAIL, 1])
        else:
            gap = below(length_of(lengths, TRAIL, entry, atr, r), tick)
        first = above(entry * keep - gap, tick)
        if lengths[ACTIVATION, 0] == ABSENT and first > stop:
            stop = first
        if r != r and stop > -NOWHERE:
            r = entry - stop
        start = below(level_at(lengths, ACTIVATION, entry, 1.0, atr, r, -NOWHERE), tick)
        if lengths[STEP, 0] != ABSENT:
            least = length_of(lengths, STEP, entry, atr, r)
    even_at = below(level_at(lengths, EVEN_AT, entry, 1.0, atr, r, NOWHERE), tick)
    evens = even_at != NOWHERE or plan.even_rung != NEVER
    even_stop = above(level_at(lengths, OFFSET, entry, 1.0, atr, r, entry), tick) if evens else -NOWHERE
    known = known and gap == gap and start == start and least == least and even_at == even_at and even_stop == even_stop
    for rung in range(len(shares)):
        price = below(level_at(lengths, FIRST_TARGET + rung, entry, 1.0, atr, r, NOWHERE), tick)
        known = known and price == price
        place = rung
        while place > 0 and targets[place - 1] > price:
            targets[place], fractions[place] = targets[place - 1], fractions[place - 1]
            place -= 1
        targets[place], fractions[place] = price, shares[rung]
    if tick > 0.0:
        known = known and given < entry < targets[0]
        if lengths[TRAIL, 0] != ABSENT:
            known = known and length_of(lengths, TRAIL, entry, atr, r) >= tick
        if evens:
            known = (
                known and even_stop < even_at and (plan.even_rung == NEVER or even_stop < targets[plan.even_rung - 1])
            )
    rules = Rules(given, keep, gap, start, least, even_at, even_stop, plan.even_rung, deadline, TIME_LIMIT, plan.last)
    return rules, stop, known


def quantity_of(asked: float, entry: float, stop: float, balance: float, fee: float, plan: Numbers) -> float:
    """Return the units of an entry: `asked` by the strategy, else by the plan; NaN for a risk without a stop."""
    if asked > 0.0:
        return asked
    if plan.sizing == UNITS:
        return plan.size
    if plan.sizing == VALUE:
        return plan.size / abs(entry)
    if plan.sizing == EQUITY:
        return balance * plan.size / (abs(entry) * (1.0 + fee))
    return balance * plan.size / (entry - stop) if stop > -NOWHERE else np.nan


def first_at(ts: Integers, row: int, moment: int, lasting: int) -> int:
    """Return the first row from `row` on that begins at or after a moment; the number of rows where none does.

    Bars follow each other every `lasting` ns, mostly: so it is nearly always found at the first look.
    """
    low, high = row, min(row + int(moment - ts[row] + lasting - 1) // lasting, len(ts))
    if high < len(ts) and ts[high] < moment:
        low, high = high + 1, len(ts)
    elif high > row and ts[high - 1] < moment:
        return high
    while low < high:
        middle = (low + high) // 2
        if ts[middle] < moment:
            low = middle + 1
        else:
            high = middle
    return low


def below(value: float, step: float) -> float:
    """Return a value rounded down to a step (0: as it is); what is nearer than a billionth to a step counts as it."""
    if not step > 0.0 or abs(value) >= NOWHERE:
        return value
    places = value / step
    places = float(np.floor(places + 1e-9 + abs(places) * 1e-12))
    parts = float(np.floor(1.0 / step + 0.5))
    return places / parts if abs(parts * step - 1.0) < 1e-9 else places * step


def above(value: float, step: float) -> float:
    """Return a value rounded up to a step (0: as it is)."""
    return -below(-value, step)


def is_tradable(units: float, entry: float, terms: Terms) -> bool:
    """Tell whether a venue takes an entry of so many units."""
    return (
        units > 0.0
        and terms.min_qty <= units <= terms.max_qty
        and units * abs(entry) >= terms.min_notional * (1.0 - 1e-12)
    )


def session_row(ts: Integers, row: int, moment: int, ends: Integers, lasting: int) -> int:
    """Return the row, from `row` on, at whose close the session that holds at a moment ends; `NEVER` if none does."""
    which = first_at(ends, 0, moment + 1, DAY) if len(ends) and ends[0] <= moment else 0
    return first_at(ts, row, ends[which], lasting) - 1 if which < len(ends) else NEVER
