"""When it earned: by month, by hour and by weekday."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tradewire.domain.bars import Floats, Integers
from tradewire.report.figures import divided
from tradewire.report.returns import DAY, SECOND, last_rows
from tradewire.report.run import TradeColumns
from tradewire.report.trades import Tally, tally

HOUR = 3_600 * SECOND
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
FIRST_DAY_OF_EPOCH = 3
"""1 January 1970 was a Thursday."""


@dataclass(frozen=True, slots=True)
class Year:
    """Returns of a year's twelve months (None where there is no bar) and of the year; 0.01 is 1 %."""

    year: int
    months: tuple[float | None, ...]
    total: float | None


def monthly(ts: Integers, equity: Floats, cash: float) -> list[Year]:
    """Return what each month of UTC earned, from the equity at the last bar before it to that at its own last bar."""
    first, last = (np.datetime64(int(moment), "ns").astype("M8[M]") for moment in (ts[0], ts[-1]))
    months = np.arange(first, last + 2, dtype="M8[M]")
    ends = last_rows(ts, months.astype("M8[ns]").astype(np.int64))
    seen = ts[ends].astype("M8[ns]").astype("M8[M]").astype(np.int64)
    worth = dict(zip(seen.tolist(), equity[ends].tolist(), strict=True))
    found: list[Year] = []
    before = cash
    for year in sorted({month // 12 for month in worth}):
        began, returns = before, []
        for month in range(12 * year, 12 * year + 12):
            end = worth.get(month)
            returns.append(None if end is None else _growth(end, before))
            before = before if end is None else end
        found.append(Year(1970 + year, tuple(returns), _growth(before, began)))
    return found


def _growth(end: float, before: float) -> float | None:
    return divided(end - before, before) if before > 0 else None


def by_hour(trades: TradeColumns) -> dict[str, Tally]:
    """Return the figures of the trades entered in each hour of the day (UTC) that saw one: `00` to `23`."""
    hours = trades.entry_ts // HOUR % 24
    return {f"{hour:02d}": tally(trades.only(hours == hour)) for hour in np.unique(hours)}


def by_weekday(trades: TradeColumns) -> dict[str, Tally]:
    """Return the figures of the trades entered on each weekday (UTC) that saw one, Monday first."""
    days = (trades.entry_ts // DAY + FIRST_DAY_OF_EPOCH) % 7
    return {WEEKDAYS[day]: tally(trades.only(days == day)) for day in np.unique(days)}


def by_week_hour(trades: TradeColumns) -> tuple[Floats, Integers]:
    """Return what the trades entered on each weekday (rows, Monday first) at each hour came to, and how many (UTC)."""
    days, hours = (trades.entry_ts // DAY + FIRST_DAY_OF_EPOCH) % 7, trades.entry_ts // HOUR % 24
    pnl, count = np.zeros((7, 24)), np.zeros((7, 24), np.int64)
    np.add.at(pnl, (days, hours), trades.pnl)
    np.add.at(count, (days, hours), 1)
    return pnl, count
