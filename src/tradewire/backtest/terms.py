"""The plain numbers that the loop works on, and the codes in which it answers."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tradewire.domain.bars import Floats, Integers

TRAILED: Final = 5
EVENED: Final = 6
SIGNAL: Final = 7
END: Final = 8
OPEN: Final = 9
LIQUIDATED: Final = 10
"""Reasons beyond those of `exits.kernel`; a trade that is `OPEN` is marked at the last close."""

Small = NDArray[np.int8]


class Terms(NamedTuple):
    """What is assumed of fills, what they cost, and what the venue takes, in numbers; 0 where there is no step.

    `lasting` is how long a bar is, in ns.
    """

    at_close: bool
    entry_bar: bool
    open_first: bool
    entry_high: bool
    stop_first: int
    raises: int
    close_at_end: bool
    fee: float
    half_spread: float
    slippage: float
    leverage: float
    lasting: int
    qty_step: float
    min_qty: float
    max_qty: float
    min_notional: float
    tick: float


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
    funding: Floats


class Held(NamedTuple):
    """The trade that is open; `units` are those it began with, `left` those it still has. Prices are signed.

    `over` is the row at whose close its session ends; `funding` was paid for what is left of it.
    """

    row: int
    sign: float
    entry: float
    units: float
    left: float
    stop: float
    target: float
    rung: int
    over: int
    funding: float
    balance: float
    written: int


class Inside(NamedTuple):
    """Bars of a lower timeframe; those from row `begin[i]` to before `end[i]` lie inside bar i and tell all of it."""

    begin: Integers
    end: Integers
    opens: Floats
    highs: Floats
    lows: Floats
    closes: Floats


class Around(NamedTuple):
    """What a market has besides its bars; columns are empty where there is no such thing.

    `ends`: moments of sessions' ends. `due`: rows at whose open `rates` are paid.
    """

    ends: Integers
    due: Integers
    rates: Floats
    inside: Inside
