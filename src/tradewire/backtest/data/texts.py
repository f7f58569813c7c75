"""Texts with columns: CSV of any delimiter, plain, .gz or .zip, with a header or without.

Importing it costs what polars costs.
"""

from __future__ import annotations

import csv
import gzip
import io
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import IO, Final, Generic, Protocol, TypeVar, cast

import polars as pl

from tradewire.backtest.data.columns import by_place, has_header, recognise
from tradewire.backtest.data.problems import BadHistory, unreadable

_DELIMITERS: Final = ("\t", ";", ",", "|")
_HEAD_BYTES: Final = 65_536
_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")


class Places(Protocol):
    """Places (from 0) of the columns that are wanted; `clock` is the time of day where it stands apart from the day."""

    @property
    def time(self) -> int: ...
    @property
    def clock(self) -> int | None: ...
    @property
    def wanted(self) -> tuple[int, ...]: ...


P = TypeVar("P", bound=Places)


@dataclass(frozen=True, slots=True)
class Shape(Generic[P]):
    """How the columns of a kind of row are told: by a header, or by their places in the first line."""

    has_header: Callable[[Sequence[str]], bool]
    by_name: Callable[[Sequence[str]], P]
    by_place: Callable[[Sequence[str]], P]


BARS: Final = Shape(has_header, recognise, by_place)


@dataclass(frozen=True, slots=True)
class Table(Generic[P]):
    """The wanted columns of a file, each called by its place; prices and volume are numbers, null where empty."""

    frame: pl.DataFrame
    columns: P
    first_line: int
    """The line of the first row; 0 for a file that has rows and no lines."""
    header: Sequence[str]
    first_row: int = 0
    """How many rows of a file without lines stand before the first."""

    def place(self, row: int, column: int) -> str:
        """Say where a cell stands."""
        line = f"line {row + self.first_line}" if self.first_line else f"row {row + self.first_row + 1}"
        return f"{line}, column {self.header[column] or column + 1}"


@dataclass(frozen=True, slots=True)
class _Layout(Generic[P]):
    """How a text is written: what lies between its cells, whether names stand above them, and what is in which."""

    delimiter: str
    named: bool
    columns: P
    kinds: Mapping[int, type[pl.DataType]]
    header: Sequence[str]


def read_text(path: Path, shape: Shape[P]) -> Table[P]:
    """Read a text as far as numbers go; times stay as they are written.

    Raises:
        BadHistory: the file is empty, a line has too many cells, or a price is no number.
        UnknownColumns: a column is missing.
    """
    with _unpacked(path) as stream:
        start = stream.read(_HEAD_BYTES)
        plain = path.suffix not in (".zip", ".gz") and not start.startswith(_UTF16)
        layout = _layout(path, _text(start), shape)
        rest = b"" if plain else start + stream.read()
    source = path if plain else rest.decode("utf-16").encode() if rest.startswith(_UTF16) else rest
    return _table(path, source, layout, 0)


def text_pieces(path: Path, rows: int, shape: Shape[P]) -> Iterator[Table[P]]:
    """Yield what `read_text` returns in pieces of so many lines; only one is in memory.

    Raises:
        BadHistory: as for `read_text`, when the piece is reached.
        UnknownColumns: a column is missing.
    """
    with _unpacked(path) as stream:
        start = stream.read(_HEAD_BYTES)
    layout = _layout(path, _text(start), shape)
    with _unpacked(path) as stream:
        lines: Iterable[bytes] = stream
        if start.startswith(_UTF16):
            lines = (line.encode() for line in io.TextIOWrapper(stream, "utf-16", newline="\n"))
        before, rest = 0, iter(lines)
        while piece := list(islice(rest, rows + (layout.named and not before))):
            yield _table(path, b"".join(piece), layout, before)
            before += len(piece)


def as_numbers(path: Path, table: Table[P]) -> Table[P]:
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
    return replace(table, frame=table.frame.with_columns(made))


def _unpacked(path: Path) -> IO[bytes]:
    """Open a text, out of its .gz or .zip, which must hold one file."""
    if path.suffix == ".gz":
        return cast(IO[bytes], gzip.open(path))
    if path.suffix != ".zip":
        return path.open("rb")
    with zipfile.ZipFile(path) as archive:
        if len(archive.namelist()) != 1:
            raise BadHistory(f"{path}: {len(archive.namelist())} files inside: unpack it and name one")
        return archive.open(archive.namelist()[0])


def _text(start: bytes) -> str:
    if start.startswith(_UTF16):  # MetaTrader may write UTF-16
        return start.decode("utf-16", errors="ignore")
    return start.decode("utf-8-sig", errors="replace")


def first_line(path: Path) -> list[str]:
    """Return the cells of the first line, none of an empty file."""
    with _unpacked(path) as stream:
        return next(iter(_lines(path, _text(stream.read(_HEAD_BYTES)))[1]), [])


def _lines(path: Path, head: str) -> tuple[str, list[list[str]]]:
    delimiter = max(_DELIMITERS, key=head.partition("\n")[0].count)
    try:
        lines = [line for line in csv.reader(io.StringIO(head, newline=""), delimiter=delimiter) if line]
    except csv.Error as error:
        raise BadHistory(f"{path} is no text with columns: {error}") from error
    return delimiter, lines


def _layout(path: Path, head: str, shape: Shape[P]) -> _Layout[P]:
    delimiter, lines = _lines(path, head)
    if not lines:
        raise BadHistory(f"{path}: no bars: the file is empty")
    first, named = lines[0], shape.has_header(lines[0])
    columns = shape.by_name(first) if named else shape.by_place(first)
    if len(lines) == 1 and named:
        raise BadHistory(f"{path}: no bars: nothing below the header")
    stamps = [line[columns.time] for line in lines[named:] if len(line) > columns.time]
    kinds: dict[int, type[pl.DataType]] = dict.fromkeys(range(len(first)), pl.String)
    kinds |= dict.fromkeys(set(columns.wanted) - {columns.time, columns.clock}, pl.Float64)
    if all(stamp.isascii() and stamp.isdigit() for stamp in stamps):
        kinds[columns.time] = pl.Int64
    return _Layout(delimiter, named, columns, kinds, first if named else [""] * len(first))


def _table(path: Path, source: Path | bytes, layout: _Layout[P], before: int) -> Table[P]:
    """Read a text, or a piece of it that stands below so many lines."""
    named = layout.named and not before
    try:
        frame = _parsed(source, named, layout, layout.kinds)
    except pl.exceptions.ComputeError:
        try:
            frame = _parsed(source, named, layout, dict.fromkeys(layout.kinds, pl.String))
        except pl.exceptions.ComputeError as error:
            raise _ragged(path, source, layout, before) or error from None
    return as_numbers(path, Table(frame, layout.columns, 1 + before + named, layout.header))


def _parsed(
    source: Path | bytes, named: bool, layout: _Layout[P], kinds: Mapping[int, type[pl.DataType]]
) -> pl.DataFrame:
    frame = pl.read_csv(
        source,
        has_header=False,
        skip_rows=int(named),
        separator=layout.delimiter,
        schema={str(place): kind for place, kind in kinds.items()},
        columns=sorted(set(layout.columns.wanted)),
        missing_columns="insert",
        raise_if_empty=False,
    )
    end = len(frame)
    while end and all(value is None for value in frame.row(end - 1)):  # blank lines at the end
        end -= 1
    return frame.head(end)


def _ragged(path: Path, source: Path | bytes, layout: _Layout[P], before: int) -> BadHistory | None:
    """Return the error for the first line that has too many cells."""
    text = io.StringIO((source if isinstance(source, bytes) else source.read_bytes()).decode("utf-8", "replace"))
    reader, expected = csv.reader(text, delimiter=layout.delimiter), len(layout.header)
    found = next((cells for cells in reader if len(cells) > expected), None)
    if found is None:
        return None
    line = f"line {reader.line_num + before}"
    return unreadable(path, line, f"{len(found)} cells, {expected} expected: mend the line")
