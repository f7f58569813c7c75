"""The plain numbers that an exit step works on, and the codes it answers with.

Prices in here are *signed*: price times +1 for a long trade, times -1 for a short one. A signed price that rises is
always profit, so every rule is written once, and long and short are mirror images to the last bit. What does not exist
stands at ±`NOWHERE`: the largest float, not infinity, so that every state has an exact JSON form.
"""

from __future__ import annotations

from typing import Final, NamedTuple

NOWHERE: Final = 1.7976931348623157e308
"""Where a level stands that does not exist: -NOWHERE for a stop, NOWHERE for what lies in profit."""

MAX_TARGETS: Final = 8
WIDTH: Final = MAX_TARGETS + 1
"""Places of a ladder: its targets, then `NOWHERE` to the end, so that a step may always look at the next one."""

NEVER: Final = 2**62
"""A moment, or a number of targets, that does not come."""

NONE: Final = 0
STOP: Final = 1
TARGET: Final = 2
TIME_LIMIT: Final = 3
SESSION_END: Final = 4

STOP_LAST: Final = 0
"""In a bar that reaches both, the targets are done before the stop."""
STOP_INSIDE: Final = 1
"""The stop goes first, but targets that the open has jumped were done before it. The pessimistic default."""
STOP_ALWAYS: Final = 2
"""The stop goes first, also before a target that the open has jumped (backtesting.py, vectorbt)."""

RAISE_AFTER: Final = 0
"""The stop is raised by a bar's high once the bar is over and counts from the next bar (vectorbt)."""
RAISE_CLOSE: Final = 1
"""As `RAISE_AFTER`, but a bar that closes at or below its raised stop has crossed it."""
RAISE_BEFORE: Final = 2
"""The stop is raised by the high, then the low is tested against the raised one (freqtrade)."""
RAISE_WORST: Final = 3
"""The bar goes from its open to the low, the high, and the low again: the stop that the open has raised meets the low,
the high does its targets and raises the stop, and that one meets the low. The pessimistic default."""


class Rules(NamedTuple):
    """What of a trade's exits stays the same from price to price.

    The trailing stop follows at `high * trail_keep - trail_gap` once the high has reached `trail_from`, in moves of at
    least `trail_step`. Breakeven raises the stop to `even_stop` at `even_at` or when `even_rung` targets are done. From
    `deadline` on (any integer clock: epoch ns, bar number) the trade ends with reason `late`. When `last` targets are
    done nothing is left to close. `given` is the stop as it was set: it tells a stop that moved from one that did not.
    """

    given: float
    trail_keep: float
    trail_gap: float
    trail_from: float
    trail_step: float
    even_at: float
    even_stop: float
    even_rung: int
    deadline: int
    late: int
    last: int


NO_RULES: Final = Rules(
    given=-NOWHERE,
    trail_keep=1.0,
    trail_gap=0.0,
    trail_from=NOWHERE,
    trail_step=0.0,
    even_at=NOWHERE,
    even_stop=-NOWHERE,
    even_rung=NEVER,
    deadline=NEVER,
    late=NONE,
    last=NEVER,
)
"""Rules under which nothing ever happens."""


class State(NamedTuple):
    """What of a trade's exits changes: the stop, the next target, and how many targets are done.

    There is no peak in it: a trailing stop is a monotone function of the high, so the stop itself remembers the peak.
    """

    stop: float
    target: float
    rung: int


class Params(NamedTuple):
    """All plain numbers of one trade: its rules, its ladder (`WIDTH` signed prices) and the fraction of each target."""

    rules: Rules
    targets: tuple[float, ...]
    fractions: tuple[float, ...]


class Row(NamedTuple):
    """One trade in a book: which price it looks at, its state, and whether it may trigger (`watched`)."""

    sign: float
    stop: float
    target: float
    rung: int
    watched: int
    rules: Rules
