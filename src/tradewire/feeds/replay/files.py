"""Rows of recorded files: columns known by name, times in any usual form, faults told with file, line and column."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, TypeVar

from msgspec import Struct

from tradewire.domain.columns import EPOCH_UNITS, NAMES, places
from tradewire.domain.numbers import ZERO, parse_decimal
from tradewire.ports import Misconfigured

_BAR: Final = ("open", "high", "low", "close")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


Cell = TypeVar("Cell")


class Row(Struct, frozen=True):
    """One line: its time (epoch ns) and prices, which are (bid, ask), (price,), or (open, high, low, close)."""

    ts: int
    prices: tuple[Decimal, ...]
    volume: Decimal


def read(path: Path) -> Iterator[Row]:
    """Yield the rows of a file, which must be in time order.

    Raises:
        Misconfigured: the file cannot be opened, lacks a column, or has a value that cannot be read.
    """
    if not _is_file(path):
        raise Misconfigured("recordings", f"{path} is not a file")
    lines = _csv_lines(path) if path.name.endswith((".csv", ".csv.gz", ".txt", ".txt.gz")) else _frame_lines(path)
    header = next(lines, (1, ()))[1]
    columns = _recognise(path, [str(name) for name in header])
    wanted = _price_columns(path, columns)
    earlier = 0
    for line, values in lines:
        if len(values) < len(header):
            raise Misconfigured("recordings", f"{path}, line {line}: {len(values)} columns, {len(header)} expected")
        ts = _cell(path, line, header, columns["time"], values, _moment)
        if ts < earlier:
            raise Misconfigured("recordings", f"{path}, line {line}: goes back in time")
        earlier = ts
        prices = tuple(_cell(path, line, header, columns[name], values, _price) for name in wanted)
        volume = _cell(path, line, header, columns["volume"], values, _amount) if "volume" in columns else ZERO
        yield Row(ts, prices, volume)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError as error:
        raise Misconfigured("recordings", f"{path} cannot be opened: {error.strerror}") from error


def _csv_lines(path: Path) -> Iterator[tuple[int, Sequence[Any]]]:
    line = 0
    try:
        with gzip.open(path, "rt", newline="") if path.suffix == ".gz" else path.open(newline="") as text:
            reader = csv.reader(text)
            for values in reader:
                line = reader.line_num
                if values:
                    yield line, values
    except (csv.Error, OSError, EOFError, UnicodeDecodeError) as error:
        raise Misconfigured("recordings", f"{path}, after line {line}: {error}") from error


def _frame_lines(path: Path) -> Iterator[tuple[int, Sequence[Any]]]:
    """Yield header and rows of a columnar file; its "lines" are row numbers."""
    import polars

    try:
        frame = polars.read_parquet(path) if path.suffix == ".parquet" else polars.read_ipc(path)
    except (polars.exceptions.PolarsError, OSError) as error:
        raise Misconfigured("recordings", f"{path} can be read neither as CSV, Parquet nor Feather: {error}") from error
    yield 0, frame.columns
    times = [name for name, kind in frame.schema.items() if isinstance(kind, polars.Datetime)]
    exact = frame.with_columns(polars.col(name).dt.epoch("ns") for name in times)
    yield from enumerate(exact.iter_rows(), start=1)


def _recognise(path: Path, header: Sequence[str]) -> dict[str, int]:
    columns = places(header)
    if "time" not in columns:
        usual = ", ".join(name for name in NAMES["time"] if name)
        raise Misconfigured("recordings", f"{path}, line 1: no time column ({usual}) in {', '.join(header)}")
    return columns


def _price_columns(path: Path, columns: Mapping[str, int]) -> tuple[str, ...]:
    for wanted in (("bid", "ask"), _BAR, ("price",)):
        if all(name in columns for name in wanted):
            return wanted
    raise Misconfigured("recordings", f"{path}, line 1: neither bid and ask, nor open, high, low and close, nor price")


def _cell(
    path: Path, line: int, header: Sequence[Any], at: int, values: Sequence[Any], parse: Callable[[Any], Cell]
) -> Cell:
    try:
        return parse(values[at])
    except (ValueError, OverflowError) as error:
        raise Misconfigured("recordings", f"{path}, line {line}, column {header[at]}: {error}") from None


def _moment(value: Any) -> int:
    """Read a time as epoch nanoseconds: s, ms, us or ns since 1970 (told by magnitude), or ISO 8601 (UTC if unsaid)."""
    if isinstance(value, date) and not isinstance(value, datetime):
        value = value.isoformat()
    if isinstance(value, int | float):
        value = repr(value)
    text = str(value).strip()
    try:
        number = parse_decimal(text)
    except ValueError:
        return _iso(text)
    scale = next((factor for limit, factor in EPOCH_UNITS if number < limit), 1)
    return int(number * scale)


def _iso(text: str) -> int:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} is neither a number nor an ISO 8601 time") from None
    since = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - _EPOCH
    return ((since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds) * 1_000


def _price(value: Any) -> Decimal:
    price = _amount(value)
    if price <= 0:
        raise ValueError(f"{value!r} is not a positive price")
    return price


def _amount(value: Any) -> Decimal:
    return parse_decimal(str(value).strip())
