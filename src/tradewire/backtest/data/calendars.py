"""When an exchange is open: sessions and holidays of exchange_calendars, by its names (`XNYS`, `XLON`, `24/5`)."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

import numpy as np

from tradewire.backtest.data.problems import BadHistory
from tradewire.domain.bars import Bars, Integers
from tradewire.domain.sessions import CLOSES, FX, NEW_YORK, US, session_end
from tradewire.domain.timeframes import timeframe_name

SECOND: Final = 1_000_000_000
DAY: Final = 86_400 * SECOND
_EPOCH: Final = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Sessions:
    """Stretches in which an exchange is open, in order: a session, or the halves before and after its pause.

    `day` is the midnight (UTC) of the date that a stretch belongs to; all are epoch ns, `close` excluded.
    """

    day: Integers
    open: Integers
    close: Integers

    def stretch(self, ts: Integers) -> Integers:
        """Return for each moment the number of the stretch that it lies in, -1 where the exchange is closed."""
        found = np.searchsorted(self.open, ts, side="right") - 1
        return np.where((found >= 0) & (ts < self.close[found]), found, -1)


def sessions(name: str, first: int, last: int) -> Sessions:
    """Return the sessions of an exchange from the day of `first` to that of `last` (epoch ns).

    Those of `fx` are the days of currencies, which begin and end at 17:00 in New York, from Sunday evening to Friday;
    it knows no holidays.

    Raises:
        BadHistory: there is no such calendar (the nearest is named), or it does not reach so far.
    """
    if name.lower() == FX:
        return _fx(first // DAY - 7, last // DAY + 8)
    import exchange_calendars

    names = exchange_calendars.get_calendar_names()
    if name not in names:
        near = difflib.get_close_matches(name.upper(), names, 3)
        hint = f"did you mean {', '.join(near)}?" if near else "use fx, 24/5, or a name such as XNYS or XLON"
        raise BadHistory(f"there is no calendar {name!r}: {hint}")
    start, end = (np.datetime64(moment // DAY, "D") for moment in (first, last))
    try:
        calendar = exchange_calendars.get_calendar(name, start=str(start - 7), end=str(end + 7))
    except ValueError as error:
        raise BadHistory(f"calendar {name}: {error}") from error
    table = calendar.schedule
    day = table.index.to_numpy().astype("datetime64[ns]").astype(np.int64)
    moments = {key: table[key].dt.tz_localize(None).to_numpy("datetime64[ns]") for key in table}
    opened, closed = moments["open"].astype(np.int64), moments["close"].astype(np.int64)
    pause = ~np.isnat(moments["break_start"])
    begins, ends = (moments[key].astype(np.int64)[pause] for key in ("break_start", "break_end"))
    stretches = (
        np.concatenate((day, day[pause])),
        np.concatenate((opened, ends)),
        np.concatenate((np.where(pause, moments["break_start"].astype(np.int64), closed), closed[pause])),
    )
    order = np.argsort(stretches[1], kind="stable")
    return Sessions(*(column[order] for column in stretches)) if len(begins) else Sessions(day, opened, closed)


def ends(name: str, first: int, last: int) -> Integers:
    """Return, in order, when sessions end from `first` on, the first end after `last` included (epoch ns).

    `fx` and `us` end as they do for the hub, without holidays; the sessions of an exchange's calendar at the close of
    each of its days.

    Raises:
        BadHistory: there is no such calendar, or it does not reach so far.
    """
    if name.lower() in (FX, US):
        found = [first - 1]
        while found[-1] <= last and (end := session_end(name.lower(), found[-1])) is not None:
            found.append(end)
        return np.array(found[1:], np.int64)
    stretches = sessions(name, first, last)
    closes: Integers = stretches.close[np.append(np.diff(stretches.day) > 0, [True])]
    return np.extract(closes >= first, closes)


def _fx(first: int, after: int) -> Sessions:
    """Return the days of currencies; `first` and `after` count days since 1970, a Thursday."""
    days = [day for day in range(first, after) if (day + 3) % 7 < 5]
    ends = {day: _EPOCH + timedelta(days=day) for day in {*days, *(day - 1 for day in days)}}
    moment = {
        day: int(datetime.combine(end, time(CLOSES[FX]), NEW_YORK).timestamp()) * SECOND for day, end in ends.items()
    }
    opened, closed = [moment[day - 1] for day in days], [moment[day] for day in days]
    return Sessions(*(np.array(column, np.int64) for column in ([day * DAY for day in days], opened, closed)))


def expected(bars: Bars, open_times: Sessions) -> Integers:
    """Return the moments (epoch ns) at which bars of this timeframe should begin, on the grid of the first bar.

    Bars of a day are looked for by their date: one is expected at its own time, or at midnight where it is missing.

    Raises:
        BadHistory: the timeframe is longer than a day.
    """
    width = bars.timeframe_s * SECOND
    if width > DAY:
        raise BadHistory(f"bars of {timeframe_name(bars.timeframe_s)} are longer than a session: name no calendar")
    if width == DAY:
        days = np.unique(open_times.day)
        times = np.sort(bars.ts)
        at = np.minimum(np.searchsorted(times, days), len(times) - 1)
        return np.where(times[at] // DAY == days // DAY, times[at], days)
    anchor = int(bars.ts[0]) % width
    first = (open_times.open - anchor) // width
    after = -((anchor - open_times.close) // width)
    parts = [np.arange(begin, end) for begin, end in zip(first.tolist(), after.tolist(), strict=True)]
    return np.unique(np.concatenate(parts)) * width + anchor
