"""Files of bars: CSV (also MetaTrader's and Binance's exports), Parquet, Feather.

Importing it costs what polars costs.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl

from tradewire.backtest.data.columns import Columns, UnknownColumns, recognise
from tradewire.backtest.data.problems import BadHistory, unreadable
from tradewire.backtest.data.texts import BARS, P, Table, as_numbers, read_text, text_pieces
from tradewire.backtest.data.times import FORMS_TOLD, moments
from tradewire.domain.bars import Bars, Floats, Integers
from tradewire.domain.symbols import canonical, is_known

SECOND: Final = 1_000_000_000
COLUMNAR: Final = (".parquet", ".feather", ".arrow", ".ipc")
SHOWS_TIMEFRAME: Final = 10_000
"""How many bars are looked at to see how long one lasts."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file holds, unchecked: the bars may be impossible, out of order, or there twice."""

    path: Path
    bars: Bars
    first_line: int
    """The line of the first bar; 0 for a file that has rows and no lines."""
    first_row: int = 0
    """How many rows of such a file stand before the first bar."""

    def place(self, row: int) -> str:
        """Say where a bar stands in the file."""
        return f"line {row + self.first_line}" if self.first_line else f"row {row + self.first_row + 1}"


def read(path: Path, symbol: str | None = None, timeframe_s: int | None = None, zone: str | None = None) -> Reading:
    """Read the bars of a file as they stand.

    `symbol` and `timeframe_s` are told by the file's name and its times where they are not given; a time without an
    offset is UTC or of the IANA time zone `zone`. A cell that is empty becomes NaN.

    Raises:
        BadHistory: no such file, a column is missing, a cell cannot be read, or no bar is there.
    """
    with opened(path):
        table = _frame(path) if path.suffix in COLUMNAR else read_text(path, BARS)
        if not len(table.frame):
            raise BadHistory(f"{path}: no bars")
        return _read(path, table, symbol, timeframe_s, zone)


def read_pieces(
    path: Path, rows: int, symbol: str | None = None, timeframe_s: int | None = None, zone: str | None = None
) -> Iterator[Reading]:
    """Yield what `read` returns in pieces of so many rows; only one is in memory. The first shows the timeframe.

    Raises:
        BadHistory: as for `read`, when the piece is reached.
    """
    found = False
    with opened(path):
        for table in frames(path, rows, recognise) if path.suffix in COLUMNAR else text_pieces(path, rows, BARS):
            if len(table.frame):
                reading = _read(path, table, symbol, timeframe_s, zone)
                found, timeframe_s = True, reading.bars.timeframe_s
                yield reading
    if not found:
        raise BadHistory(f"{path}: no bars")


@contextmanager
def opened(path: Path) -> Iterator[None]:
    """Say in one sentence why a file cannot be read."""
    if not path.is_file():
        raise BadHistory(f"{path} is not a file")
    try:
        yield
    except (OSError, EOFError, UnicodeError, zipfile.BadZipFile, pl.exceptions.PolarsError) as error:
        raise BadHistory(f"{path} cannot be read: {str(error).partition(chr(10))[0]}") from error
    except UnknownColumns as error:
        raise BadHistory(f"{path}, line 1: {error}") from None


def _read(path: Path, table: Table[Columns], symbol: str | None, timeframe_s: int | None, zone: str | None) -> Reading:
    times = times_of(path, table, zone)
    opened, high, low, close = (floats(table, place) for place in table.columns.prices)
    length = timeframe_s or seen_timeframe(path, times)
    bars = Bars(symbol or symbol_of(path), length, times, opened, high, low, close, _volume(table))
    return Reading(path, bars, table.first_line, table.first_row)


def symbol_of(path: Path) -> str:
    """Return the symbol that the name of a file begins with.

    `BTCUSDT-1m-2024-01.zip` is of BTCUSDT, `XRP_ETH-1m.feather` of XRPETH, `btc-perp-2024.csv` of BTCUSDT.
    """
    word, second = (*re.split(r"[-_. ]", path.name), "")[:2]
    pair = f"{word}{second}".upper()
    if second.upper() != "PERP" and is_known(pair):
        word = pair
    return canonical(word) or word.upper()


def seen_timeframe(path: Path, times: Integers) -> int:
    """Return the most usual distance of two bars in seconds.

    Raises:
        BadHistory: there is none, or it is no whole number of seconds.
    """
    steps = np.diff(times[:SHOWS_TIMEFRAME])
    steps = steps[steps > 0]
    if not len(steps):
        raise BadHistory(f"{path}: its times do not show how long a bar lasts: name the timeframe")
    distances, counts = np.unique(steps, return_counts=True)
    usual = int(distances[np.argmax(counts)])
    if usual % SECOND:
        raise BadHistory(f"{path}: its rows are {usual / SECOND:g} s apart: bars last whole seconds; are these ticks?")
    return usual // SECOND


def _frame(path: Path) -> Table[Columns]:
    scan, columns, header = _scanned(path, recognise)
    return as_numbers(path, Table(scan.collect(), columns, 0, header))


def frames(path: Path, rows: int, by_name: Callable[[Sequence[str]], P]) -> Iterator[Table[P]]:
    """Yield a columnar file in pieces of so many rows."""
    scan, columns, header = _scanned(path, by_name)
    first = 0
    while len(frame := scan.slice(first, rows).collect()):
        yield as_numbers(path, Table(frame, columns, 0, header, first))
        first += len(frame)


def names_of(path: Path) -> list[str]:
    """Return the names of a columnar file's columns."""
    return _lazy(path).collect_schema().names()


def _lazy(path: Path) -> pl.LazyFrame:
    return pl.scan_parquet(path) if path.suffix == ".parquet" else pl.scan_ipc(path)


def _scanned(path: Path, by_name: Callable[[Sequence[str]], P]) -> tuple[pl.LazyFrame, P, list[str]]:
    scan, header = _lazy(path), names_of(path)
    columns = by_name(header)
    return scan.select(pl.col(header[at]).alias(str(at)) for at in sorted(set(columns.wanted))), columns, header


def times_of(path: Path, table: Table[P], zone: str | None) -> Integers:
    """Return the times of a table's rows.

    Raises:
        BadHistory: one cannot be read, or the zone is none.
    """
    column = table.frame[str(table.columns.time)]
    if table.columns.clock is not None:
        clock = table.frame[str(table.columns.clock)].cast(pl.String)
        column = table.frame.select(pl.concat_str(column.cast(pl.String), clock, separator=" ")).to_series()
    try:
        times = moments(column, zone)
    except pl.exceptions.ComputeError as error:
        if zone is None:
            raise
        raise BadHistory(f"{zone!r} is not a time zone: use a name such as Europe/Athens") from error
    if times.null_count():
        row = times.is_null().arg_max() or 0
        told = "no time" if column[row] is None else f"{column[row]!r} is not a time"
        raise unreadable(path, table.place(row, table.columns.time), f"{told}: {FORMS_TOLD}")
    return np.ascontiguousarray(times.to_numpy(), np.int64)


def floats(table: Table[P], place: int) -> Floats:
    """Return a column as numbers, NaN where it is empty."""
    column = table.frame[str(place)]
    if column.null_count():
        column = column.fill_null(np.nan)
    return np.ascontiguousarray(column.to_numpy(), np.float64)


def _volume(table: Table[Columns]) -> Floats:
    columns = table.columns
    volume = np.zeros(len(table.frame)) if columns.volume is None else floats(table, columns.volume)
    return floats(table, columns.ticks) if columns.ticks is not None and not volume.any() else volume
