"""What a market has besides its bars: ends of sessions, funding, bars of a lower timeframe, steps and minimums."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import Final

import numpy as np

from tradewire.backtest.plan import BadPlan
from tradewire.backtest.terms import Around, Inside
from tradewire.domain.bars import Bars, Floats, Integers

SECOND: Final = 1_000_000_000
NO_ROWS: Final = np.empty(0, np.int64)
NO_NUMBERS: Final = np.empty(0)


@dataclass(frozen=True, slots=True, eq=False)
class Funding:
    """What holding a position costs at moments (`ts`, epoch ns, rising): a share of its value, 0.0001 is 0.01 %.

    Where the rate is positive longs pay it and shorts get it.
    """

    ts: Integers
    rates: Floats

    def __post_init__(self) -> None:
        if len(self.ts) != len(self.rates):
            raise BadPlan(f"funding has {len(self.ts)} moments and {len(self.rates)} rates")
        if not np.isfinite(self.rates).all():
            raise BadPlan("a funding rate is not a number")
        if (np.diff(self.ts) <= 0).any():
            raise BadPlan("the moments of funding must rise")


@dataclass(frozen=True, slots=True, eq=False)
class Market:
    """What is known of a market besides its bars; 0 where it has no such step or minimum.

    `session_ends` are moments (epoch ns, rising) at which trades with such an exit close: at the close of the last bar
    that begins before them. `funding` is paid by who comes with a trade into the first bar that begins then or later,
    on the value at its open. `inside` are bars of a lower timeframe: where a bar may end a trade, or move its stop, the
    bars inside it tell what came first; they are asked where they reach the bar's high and low.

    Quantities are rounded down to `qty_step`; an entry below `min_qty` or `min_notional` (in money), or above
    `max_qty`, is left out and counted. Stops are rounded to the `tick` towards the market, targets towards the entry.

    Raises:
        BadPlan: a step or minimum that cannot be.
    """

    session_ends: Integers | None = None
    funding: Funding | None = None
    inside: Bars | None = None
    qty_step: float = 0.0
    min_qty: float = 0.0
    max_qty: float = math.inf
    min_notional: float = 0.0
    tick: float = 0.0

    def __post_init__(self) -> None:
        for name in (f.name for f in fields(self) if f.type == "float"):
            value = getattr(self, name)
            if not value >= 0.0 or (math.isinf(value) and name != "max_qty"):
                raise BadPlan(f"{name} must be a number from 0 on, not {value}")
        if self.session_ends is not None and (np.diff(self.session_ends) <= 0).any():
            raise BadPlan("the ends of sessions must rise")


PLAIN: Final = Market()
"""A market of which nothing but its bars is known."""


def around(bars: Bars, market: Market, *, session: bool = False) -> Around:
    """Return what there is around these bars, as numbers; `session` says that trades end with theirs.

    Raises:
        BadPlan: the bars inside are not of a lower timeframe, or no session is known.
    """
    if session and market.session_ends is None:
        raise BadPlan("it is not said when sessions end: name fx, us, or an exchange such as XNYS")
    after = int(bars.ts[-1]) + bars.timeframe_s * SECOND if len(bars) else 0
    ends = NO_ROWS if market.session_ends is None else market.session_ends
    due, rates = _due(bars, market.funding)
    return Around(
        ends=np.ascontiguousarray(ends[ends <= after], np.int64),
        due=due,
        rates=rates,
        inside=_inside(bars, market.inside),
    )


def _due(bars: Bars, funding: Funding | None) -> tuple[Integers, Floats]:
    if funding is None:
        return NO_ROWS, NO_NUMBERS
    rows = np.searchsorted(bars.ts, funding.ts, "left")
    met = (rows > 0) & (rows < len(bars))
    due, places = np.unique(rows[met], return_inverse=True)
    rates = np.zeros(len(due))
    np.add.at(rates, places, funding.rates[met])
    return due.astype(np.int64), rates


def _inside(bars: Bars, lower: Bars | None) -> Inside:
    if lower is None:
        return Inside(NO_ROWS, NO_ROWS, NO_NUMBERS, NO_NUMBERS, NO_NUMBERS, NO_NUMBERS)
    if lower.timeframe_s >= bars.timeframe_s:
        raise BadPlan(f"bars of {lower.timeframe_s} s do not lie inside bars of {bars.timeframe_s} s")
    lasts = (bars.timeframe_s - lower.timeframe_s) * SECOND
    begin = np.searchsorted(lower.ts, bars.ts, "left").astype(np.int64)
    end = np.searchsorted(lower.ts, bars.ts + lasts, "right").astype(np.int64)
    spans = np.column_stack((begin, end)).ravel()
    lowest = np.minimum.reduceat(np.append(lower.low, np.inf), spans)[::2]
    highest = np.maximum.reduceat(np.append(lower.high, -np.inf), spans)[::2]
    tell = (begin < end) & (lowest <= bars.low) & (highest >= bars.high)
    return Inside(begin, np.where(tell, end, begin), lower.open, lower.high, lower.low, lower.close)
