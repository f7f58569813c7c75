"""`session-range`: the range of the Asian hours, broken in the hours of New York."""

from __future__ import annotations

from typing import Self

import numpy as np
from pydantic import Field, model_validator

from tradewire.analysis.jit import jitted
from tradewire.analysis.sessions import local_time
from tradewire.domain.bars import Bars, Floats, Integers
from tradewire.strategies.base import Flags, Params, Signals, Strategy

_HOUR = 3600
_MINUTES_BEFORE_UTC = 9 * 60
"""Tokyo's clocks are nine hours ahead, the whole year."""
_MINUTES_AFTER_UTC = 5 * 60
"""New York's are five hours behind in winter, four in summer."""


class SessionParams(Params):
    """Hours of the day; 24 is midnight at its end."""

    range_start: float = Field(9, ge=0, lt=24, description="Hour in Tokyo at which the range begins.")
    range_end: float = Field(15, gt=0, le=24, description="Hour in Tokyo at which the range ends, the same day.")
    trade_start: float = Field(8, ge=0, lt=24, description="Hour in New York from which entries are made.")
    trade_end: float = Field(16, gt=0, le=24, description="Hour in New York at which trades end, the same day.")

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.range_start >= self.range_end or self.trade_start >= self.trade_end:
            raise ValueError("the range and the trading hours must end after they begin, on the same day")
        return self


class SessionRange(Strategy[SessionParams]):
    """Long when a close in New York's hours passes the high of the day's Asian range, short below its low.

    A trade ends with New York's hours, or when the other side of the range is passed, where its stop also lies. The day
    is that of both places' calendars. Hours are those of the clocks there, summer time included; a bar belongs to the
    range if it lies in it whole, and to the trading hours if it closes in them. Warm-up, in bars of a minute: from the
    beginning of the range to the end of New York's hours in winter, and the bar before; longer bars need fewer. A range
    whose beginning the bars do not show says nothing.
    """

    name = "session-range"
    Params = SessionParams

    def warmup(self, params: SessionParams) -> int:
        """Return the minutes from the beginning of the range to the end of trading, and two more."""
        begin = params.range_start * 60 - _MINUTES_BEFORE_UTC
        end = params.trade_end * 60 + _MINUTES_AFTER_UTC
        return int(end - begin) + 2

    def signals(self, bars: Bars, params: SessionParams) -> Signals:
        """Return the breakouts.

        Raises:
            ValueError: bars shorter than a minute (the warm-up would be too short) or longer than the range.
        """
        hours = params.range_end - params.range_start
        if not 60 <= bars.timeframe_s <= hours * _HOUR:
            raise ValueError(f"session-range takes bars of a minute to {hours:g} hours, not of {bars.timeframe_s} s")
        lasts = bars.timeframe_s
        day, second = local_time(bars.ts, "Asia/Tokyo")
        within = (second >= params.range_start * _HOUR) & (second + lasts <= params.range_end * _HOUR)
        trade_day, closing = local_time(bars.ts + lasts * 1_000_000_000, "America/New_York")
        trading = (closing >= params.trade_start * _HOUR) & (closing < params.trade_end * _HOUR)
        up, down, stop = _broken(bars.high, bars.low, bars.close, day, within, trade_day, trading)
        over = ~trading
        return Signals(long_entry=up, long_exit=over | down, short_entry=down, short_exit=over | up, stop_distance=stop)


@jitted
def _broken(
    high: Floats, low: Floats, close: Floats, day: Integers, within: Flags, trade_day: Integers, trading: Flags
) -> tuple[Flags, Flags, Floats]:
    """Return where the range of the day is passed upwards and downwards, and how far its other side is."""
    count = len(close)
    up = np.zeros(count, np.bool_)
    down = np.zeros(count, np.bool_)
    stop = np.full(count, np.nan)
    top = bottom = np.nan
    of = -1
    for i in range(count):
        if within[i]:
            if day[i] != of:
                of = day[i]
                top, bottom = (high[i], low[i]) if i > 0 else (np.nan, np.nan)
            top, bottom = max(top, high[i]), min(bottom, low[i])
        elif trading[i] and trade_day[i] == of:
            fresh = i == 0 or not trading[i - 1] or within[i - 1] or trade_day[i - 1] != of
            up[i] = close[i] > top and (fresh or not close[i - 1] > top)
            down[i] = close[i] < bottom and (fresh or not close[i - 1] < bottom)
            if up[i]:
                stop[i] = close[i] - bottom
            elif down[i]:
                stop[i] = top - close[i]
    return up, down, stop
