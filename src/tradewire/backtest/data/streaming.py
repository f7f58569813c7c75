"""`chunks`: a history in pieces, for what must not hold all of it in memory."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from tradewire.backtest.data.checking import moment_text
from tradewire.backtest.data.loading import Moment, Place, history_name, nanoseconds, proven
from tradewire.backtest.data.problems import BadHistory
from tradewire.datadir import data_dir
from tradewire.domain.bars import Bars

LEAST_READ = 10_000
"""How many rows are read at once at least: enough to show the timeframe."""


def chunks(
    what: str | Path,
    rows: int = 100_000,
    symbol: str | None = None,
    start: Moment = None,
    end: Moment = None,
    *,
    timeframe_s: int | None = None,
    zone: str | None = None,
    histories: Path | None = None,
) -> Iterator[Bars]:
    """Yield what `load` returns, `rows` bars at a time at most. The memory taken does not grow with the history.

    Each piece is proven when it is reached, and that it goes on where the one before ended: a fault is told with the
    others of its piece, after the pieces before it.

    Raises:
        BadHistory: as for `load`, when the piece is reached.
        ValueError: `rows` is below 1.
    """
    if rows < 1:
        raise ValueError(f"{rows} rows are no piece: at least 1")
    name = str(what)
    first = None if start is None else nanoseconds(start)
    after = None if end is None else nanoseconds(end)
    began, last, found = None, None, False
    for bars, place in _pieces(what, max(rows, LEAST_READ), symbol, timeframe_s, zone, histories):
        proven(bars, name, place)
        began, ts = int(bars.ts[0]) if began is None else began, int(bars.ts[0])
        if last is not None and ts <= last:
            at = f", {place(0)}" if place else ""
            told = f"{moment_text(ts)} is not after the bar before ({moment_text(last)})"
            raise BadHistory(f"{name}{at}: {told}: mend the file, or import it with --mend drop, first, last or fill")
        last = int(bars.ts[-1])
        low = 0 if first is None else int(np.searchsorted(bars.ts, first))
        high = len(bars) if after is None else int(np.searchsorted(bars.ts, after))
        for row in range(low, high, rows):
            found = True
            yield bars.part(row, min(row + rows, high))
        if high < len(bars):
            break
    if not found:
        span = f"it begins at {moment_text(began)}" if began is not None else "it is empty"
        raise BadHistory(f"{name} has no bars from {start or 'its beginning'} to {end or 'its end'}: {span}")


def _pieces(
    what: str | Path, rows: int, symbol: str | None, timeframe_s: int | None, zone: str | None, histories: Path | None
) -> Iterator[tuple[Bars, Place | None]]:
    """Yield pieces of a file or of what was imported, unproven, each with what says where a row stands."""
    path = Path(what)
    if not path.is_file() and (name := history_name(str(what))) is not None:
        from tradewire.backtest.data.catalogue import Catalogue

        kept = Catalogue(data_dir(None, os.environ).histories if histories is None else histories)
        for bars in kept.pieces(*name, rows):
            yield bars, None
        return
    from tradewire.backtest.data.files import read_pieces

    for reading in read_pieces(path, rows, symbol, timeframe_s, zone):
        yield reading.bars, reading.place
