"""Texts with columns: CSV of any delimiter, plain, .gz or .zip, with a header or without.

Importing it costs what polars costs.
"""

from __future__ import annotations

import csv
import gzip
import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from tradewire.backtest.data.columns import Columns, by_place, has_header, recognise
from tradewire.backtest.data.problems import BadHistory, unreadable

_DELIMITERS: Final = ("\t", ";", ",", "|")
_HEAD_BYTES: Final = 65_536


@dataclass(frozen=True, slots=True)
class Table:
    """The wanted columns of a file, each called by its place; prices and volume are numbers, null where empty."""

    frame: pl.DataFrame
    columns: Columns
    first_line: int
    """The line of the first row; 0 for a file that has rows and no lines."""
    header: Sequence[str]

    def place(self, row: int, column: int) -> str:
        """Say where a cell stands."""
        line = f"line {row + self.first_line}" if self.first_line else f"row {row + 1}"
        return f"{line}, column {self.header[column] or column + 1}"


def read_text(path: Path) -> Table:
    """Read a text as far as numbers go; times stay as they are written.

    Raises:
        BadHistory: the file is empty, a line has too many cells, or a price is no number.
        UnknownColumns: a column is missing.
    """
    source, head = _opened(path)
    delimiter = max(_DELIMITERS, key=head.partition("\n")[0].count)
    try:
        lines = [line for line in csv.reader(io.StringIO(head, newline=""), delimiter=delimiter) if line]
    except csv.Error as error:
        raise BadHistory(f"{path} is no text with columns: {error}") from error
    if not lines:
        raise BadHistory(f"{path}: no bars: the file is empty")
    first, named = lines[0], has_header(lines[0])
    columns = recognise(first) if named else by_place(first)
    if len(lines) == 1 and named:
        raise BadHistory(f"{path}: no bars: nothing below the header")
    header = first if named else [""] * len(first)
    stamps = [line[columns.time] for line in lines[named:] if len(line) > columns.time]
    kinds: dict[int, type[pl.DataType]] = dict.fromkeys(range(len(first)), pl.String)
    kinds |= dict.fromkeys(set(columns.wanted) - {columns.time, columns.clock}, pl.Float64)
    if all(stamp.isascii() and stamp.isdigit() for stamp in stamps):
        kinds[columns.time] = pl.Int64
    try:
        frame = _parsed(source, delimiter, named, kinds, columns)
    except pl.exceptions.ComputeError:
        try:
            frame = _parsed(source, delimiter, named, dict.fromkeys(kinds, pl.String), columns)
        except pl.exceptions.ComputeError as error:
            raise _ragged(path, source, delimiter, len(first)) or error from None
    return as_numbers(path, Table(frame, columns, 1 + named, header))


def as_numbers(path: Path, table: Table) -> Table:
    """Return the table with numbers in the columns of prices and volume.

    Raises:
        BadHistory: a cell is no number; it is named.
    """
    made = []
    for place in table.columns.wanted:
        column = table.frame[str(place)]
        if place in (table.columns.time, table.columns.clock) or column.dtype == pl.Float64:
            continue
        numbers = (column.str.strip_chars() if column.dtype == pl.String else column).cast(pl.Float64, strict=False)
        wrong = numbers.is_null() & column.is_not_null()
        if wrong.any():
            row = wrong.arg_max() or 0
            raise unreadable(path, table.place(row, place), f"{column[row]!r} is not a number: mend the cell")
        made.append(numbers)
    return Table(table.frame.with_columns(made), table.columns, table.first_line, table.header)


def _opened(path: Path) -> tuple[Path | bytes, str]:
    """Return what polars reads and the beginning of the text; a .zip must hold one file."""
    source: Path | bytes = path
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            if len(archive.namelist()) != 1:
                raise BadHistory(f"{path}: {len(archive.namelist())} files inside: unpack it and name one")
            source = archive.read(archive.namelist()[0])
    elif path.suffix == ".gz":
        with gzip.open(path) as packed:
            source = packed.read()
    start = _start(source)
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):  # MetaTrader may write UTF-16
        source = (source if isinstance(source, bytes) else source.read_bytes()).decode("utf-16").encode()
        start = _start(source)
    return source, start.decode("utf-8-sig", errors="replace")


def _start(source: Path | bytes) -> bytes:
    if isinstance(source, bytes):
        return source[:_HEAD_BYTES]
    with source.open("rb") as file:
        return file.read(_HEAD_BYTES)


def _parsed(
    source: Path | bytes, delimiter: str, named: bool, kinds: Mapping[int, type[pl.DataType]], columns: Columns
) -> pl.DataFrame:
    frame = pl.read_csv(
        source,
        has_header=False,
        skip_rows=int(named),
        separator=delimiter,
        schema={str(place): kind for place, kind in kinds.items()},
        columns=sorted(set(columns.wanted)),
        missing_columns="insert",
        raise_if_empty=False,
    )
    end = len(frame)
    while end and all(value is None for value in frame.row(end - 1)):  # blank lines at the end
        end -= 1
    return frame.head(end)


def _ragged(path: Path, source: Path | bytes, delimiter: str, expected: int) -> BadHistory | None:
    """Return the error for the first line that has too many cells."""
    text = io.StringIO((source if isinstance(source, bytes) else source.read_bytes()).decode("utf-8", "replace"))
    reader = csv.reader(text, delimiter=delimiter)
    found = next((cells for cells in reader if len(cells) > expected), None)
    if found is None:
        return None
    return unreadable(path, f"line {reader.line_num}", f"{len(found)} cells, {expected} expected: mend the line")
