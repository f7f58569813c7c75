"""One quote against every trade of a book; runs as plain Python over lists and jitted over arrays."""

from __future__ import annotations

from collections.abc import MutableSequence, Sequence

from tradewire.exits.kernel import NEVER, NONE, NOWHERE, RAISE_AFTER, WIDTH, Row
from tradewire.exits.quiet import ceiling
from tradewire.exits.step import raised, step

Bounds = tuple[float, float, float, float, int]
"""(long floor, long ceiling, short floor, short ceiling, deadline): strictly inside, signed prices change nothing."""


def sweep(
    rows: Sequence[Row],
    ladders: Sequence[float],
    count: int,
    bid: float,
    ask: float,
    now: int,
    slots: MutableSequence[int],
    stops: MutableSequence[float],
    fired: MutableSequence[int],
) -> tuple[int, int, Bounds]:
    """Write what a quote changes into the scratch columns; return (stops moved, trades fired, the bounds afterwards).

    `slots` and `stops` receive the stops that moved, `fired` four numbers for each trade with something to close: slot,
    targets done before, targets done now, reason for the whole rest. Long trades look at the bid, short ones at the
    ask. A trade that is not watched (an exit order of it is under way) triggers nothing, but its stop still follows.
    """
    moved = 0
    fires = 0
    long_floor = short_floor = -NOWHERE
    long_ceiling = short_ceiling = NOWHERE
    deadline = NEVER
    for slot in range(count):
        row = rows[slot]
        rules = row.rules
        price = bid if row.sign > 0.0 else -ask
        stop = row.stop
        floor, target = -NOWHERE, NOWHERE
        if row.watched:
            stop, target, rung, reason, _ = step(
                price,
                price,
                price,
                price,
                now,
                stop,
                row.target,
                row.rung,
                rules,
                ladders,
                slot * WIDTH,
                True,
                RAISE_AFTER,
            )
            if rung != row.rung or reason != NONE:
                fired[4 * fires] = slot
                fired[4 * fires + 1] = row.rung
                fired[4 * fires + 2] = rung
                fired[4 * fires + 3] = reason
                fires += 1
            floor = stop
            if rules.deadline < deadline:
                deadline = rules.deadline
        else:
            stop = raised(price, row.rung, stop, rules)
        if stop > row.stop:
            slots[moved] = slot
            stops[moved] = stop
            moved += 1
        top = ceiling(stop, target, rules)
        if row.sign > 0.0:
            if floor > long_floor:
                long_floor = floor
            if top < long_ceiling:
                long_ceiling = top
        else:
            if floor > short_floor:
                short_floor = floor
            if top < short_ceiling:
                short_ceiling = top
    return moved, fires, (long_floor, long_ceiling, short_floor, short_ceiling, deadline)
