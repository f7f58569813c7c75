"""`load`: bars for a backtest, from a file or from what was imported."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from pathlib import Path

import numpy as np

from tradewire.backtest.data.checking import SECOND, grave, moment_text
from tradewire.backtest.data.problems import BadHistory
from tradewire.datadir import data_dir
from tradewire.domain.bars import BadBars, Bars
from tradewire.domain.symbols import canonical
from tradewire.domain.timeframes import parse_timeframe

Moment = int | str | date | None
"""Epoch nanoseconds, ISO 8601, a day or a datetime (UTC if unsaid), or no limit."""

Place = Callable[[int], str]
"""Says where a row stands in its file."""


def load(
    what: str | Path,
    symbol: str | None = None,
    start: Moment = None,
    end: Moment = None,
    *,
    timeframe_s: int | None = None,
    zone: str | None = None,
    histories: Path | None = None,
) -> Bars:
    """Return the bars that begin in [start, end), proven to be possible.

    `what` is a file, or `SYMBOL/1m` for what was imported under `histories` (none: the data directory's). Symbol and
    timeframe are told by the file where they are not given; `zone` is the time zone of times that say none.

    Raises:
        BadHistory: the file cannot be read, has impossible bars (every kind is told), or none in the range.
    """
    bars, place = raw(what, symbol, timeframe_s, zone, histories)
    return between(proven(bars, str(what), place), start, end, str(what))


def raw(
    what: str | Path, symbol: str | None, timeframe_s: int | None, zone: str | None, histories: Path | None
) -> tuple[Bars, Place | None]:
    """Return bars as they stand, and what says where a row stands in its file; all as for `load`.

    Raises:
        BadHistory: the file cannot be read.
    """
    path = Path(what)
    if not path.is_file() and (name := history_name(str(what))) is not None:
        from tradewire.backtest.data.catalogue import Catalogue

        return Catalogue(data_dir(None, os.environ).histories if histories is None else histories).read(*name), None
    from tradewire.backtest.data.files import read

    reading = read(path, symbol, timeframe_s, zone)
    return reading.bars, reading.place


def history_name(text: str) -> tuple[str, int] | None:
    """Return symbol and timeframe (s) of `btc/1m`, None where the text is no such name."""
    symbol, slash, timeframe = text.partition("/")
    try:
        return (canonical(symbol) or symbol.upper(), parse_timeframe(timeframe)) if slash else None
    except ValueError:
        return None


def tick_name(text: str) -> str | None:
    """Return the symbol of `btc/ticks`, None where the text is no such name."""
    symbol, _, kind = text.partition("/")
    return (canonical(symbol) or symbol.upper()) if kind == "ticks" else None


def proven(bars: Bars, name: str, place: Place | None = None) -> Bars:
    """Return the bars where each can be.

    Raises:
        BadHistory: some cannot; every kind of fault is told, with the first places and how to go on.
    """
    try:
        return Bars.checked(
            bars.symbol, bars.timeframe_s, bars.ts, bars.open, bars.high, bars.low, bars.close, bars.volume
        )
    except BadBars as error:
        told = "".join(f"\n  {finding.told(place)}" for finding in grave(bars)) or f"\n  {error}"
        way = "mend the file, or import it with --mend drop, first, last or fill"
        raise BadHistory(f"{name} cannot be used as it is: {way}{told}") from None


def between(bars: Bars, start: Moment, end: Moment, name: str) -> Bars:
    """Return the bars that begin in [start, end).

    Raises:
        BadHistory: there are none, or a limit is no time.
    """
    first = 0 if start is None else int(np.searchsorted(bars.ts, nanoseconds(start)))
    after = len(bars) if end is None else int(np.searchsorted(bars.ts, nanoseconds(end)))
    if first >= after:
        span = f"it goes from {moment_text(int(bars.ts[0]))} to {moment_text(int(bars.ts[-1]))}" if len(bars) else ""
        raise BadHistory(f"{name} has no bars from {start or 'its beginning'} to {end or 'its end'}: {span}")
    return bars.part(first, after)


def nanoseconds(moment: int | str | date) -> int:
    """Return a moment as epoch nanoseconds.

    Raises:
        BadHistory: it is no time.
    """
    if isinstance(moment, int):
        return moment
    if isinstance(moment, str):
        try:
            moment = datetime.fromisoformat(moment)
        except ValueError:
            raise BadHistory(f"{moment!r} is not a time: write 2024-01-31 or 2024-01-31T09:30") from None
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time())
    since = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - datetime(1970, 1, 1, tzinfo=UTC)
    return (since.days * 86_400 + since.seconds) * SECOND + since.microseconds * 1000
