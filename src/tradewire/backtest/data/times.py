"""Times in any usual form as epoch nanoseconds. Importing it costs what polars costs."""

from __future__ import annotations

from typing import Final

import polars as pl

from tradewire.backtest.data.layouts import read_alike
from tradewire.domain.columns import EPOCH_UNITS

_NUMBER: Final = r"^\s*\d+(\.\d+)?\s*$"
_SAMPLE: Final = 100
_DAY_FROM: Final = 19_000_101
_DAY_TO: Final = 21_001_231
_FORMS: Final = (
    "%Y.%m.%d %H:%M:%S%.f",
    "%Y.%m.%d %H:%M",
    "%Y.%m.%d",
    "%Y/%m/%d %H:%M:%S%.f",
    "%Y/%m/%d %H:%M",
    "%Y/%m/%d",
    "%Y%m%d %H%M%S",
    "%Y%m%d %H:%M:%S",
    "%Y%m%d %H:%M",
    "%Y%m%d %H%M",
    "%d.%m.%Y %H:%M:%S%.f",
    "%d.%m.%Y %H:%M",
    "%d.%m.%Y",
)
"""Besides ISO 8601: MetaTrader's, slashes with the year first, HistData's, Dukascopy's."""
FORMS_TOLD: Final = (
    "write a number (s, ms, µs or ns since 1970), ISO 8601 such as 2024-01-31 09:30:00, "
    "or 2024.01.31 09:30, 20240131 093000, 31.01.2024 09:30"
)


def moments(column: pl.Series, zone: str | None = None) -> pl.Series:
    """Return times as epoch nanoseconds, null where one cannot be read.

    Numbers are told apart by their size, value by value: a file may go over from milliseconds to microseconds, as
    Binance's do. A number of eight digits that can be a day is one (20240131). A time without an offset is UTC, or of
    the IANA `zone`; of an hour that the clocks repeat it is the earlier one, and one that they skip is null.
    """
    kind = column.dtype
    if kind.is_integer():
        return _numbers(column.cast(pl.Int64), zone)
    if kind.is_float():
        micro = pl.col(column.name)
        limits = [(micro < limit, (micro * (factor / 1000)).round()) for limit, factor in EPOCH_UNITS]
        branches = pl.coalesce(pl.when(below).then(value) for below, value in limits)
        exact = column.to_frame().select(branches.cast(pl.Int64, strict=False) * 1000).to_series()
        return exact
    if kind == pl.Date:
        column = column.cast(pl.Datetime("us"))
    if isinstance(column.dtype, pl.Datetime):
        return _epoch(column, zone)
    if kind == pl.Null:
        return column.cast(pl.Int64)
    return _texts(column.cast(pl.String), zone)


def _numbers(column: pl.Series, zone: str | None) -> pl.Series:
    smallest, largest = column.min(), column.max()
    if not isinstance(smallest, int) or not isinstance(largest, int):
        return column
    if smallest >= _DAY_FROM and largest <= _DAY_TO:
        days = column.cast(pl.String).str.to_date("%Y%m%d", strict=False)
        if days.null_count() == column.null_count():
            return _epoch(days.cast(pl.Datetime("us")), zone)
    number = pl.col(column.name)
    factor = next(factor for limit, factor in EPOCH_UNITS if largest < limit)
    if smallest * factor >= 0 and factor == next(factor for limit, factor in EPOCH_UNITS if smallest < limit):
        return column * factor
    return (
        column.to_frame()
        .select(pl.coalesce(pl.when(number < limit).then(number * factor) for limit, factor in EPOCH_UNITS))
        .to_series()
    )


def _texts(column: pl.Series, zone: str | None) -> pl.Series:
    """Try the forms in turn, each on what none before it could read."""
    filled = column.drop_nulls()
    if not len(filled):
        return column.cast(pl.Int64, strict=False)
    if len(filled) == len(column) and (alike := read_alike(column[0], column.str.join("").item().encode())):
        stamps = pl.Series(column.name, alike[0])
        return stamps if alike[1] or zone is None else _epoch(stamps.cast(pl.Datetime("ns")), zone)
    if filled.head(_SAMPLE).str.contains(_NUMBER).sum() * 2 > min(len(filled), _SAMPLE):
        stripped = column.str.strip_chars()
        if not stripped.str.contains(".", literal=True).any():
            return _numbers(stripped.cast(pl.Int64, strict=False), zone)
        return moments(stripped.cast(pl.Float64, strict=False), zone)
    first = filled[0]
    forms = sorted(_FORMS, key=lambda form: not _reads(first, form))
    found = _iso(column, zone)
    for form in forms:
        if found.null_count() == column.null_count():
            break
        found = found.zip_with(found.is_not_null(), _with_form(column, form, zone))
    return found


def _reads(text: str, form: str) -> bool:
    return pl.Series([text]).str.to_datetime(form, time_unit="us", strict=False).null_count() == 0


def _iso(column: pl.Series, zone: str | None) -> pl.Series:
    """Read what begins as ISO 8601; polars would guess whether day or month stands first in anything else."""
    nothing = pl.Series(column.name, [None], pl.String).extend_constant(None, len(column) - 1)
    dashed = column.str.slice(4, 1) == "-"
    if not dashed.any():
        return nothing.cast(pl.Int64)
    return _epoch(column.zip_with(dashed, nothing).str.to_datetime(time_unit="us", strict=False), zone)


def _with_form(column: pl.Series, form: str, zone: str | None) -> pl.Series:
    return _epoch(column.str.to_datetime(form, time_unit="us", strict=False), zone)


def _epoch(column: pl.Series, zone: str | None) -> pl.Series:
    if zone is not None and isinstance(column.dtype, pl.Datetime) and column.dtype.time_zone is None:
        column = column.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
    year = column.dt.year()
    reached = (year > 1677) & (year < 2262)  # nanoseconds since 1970 go round outside of these years
    return column.dt.epoch("ns") if reached.all() else column.dt.epoch("ns").set(~reached, None)
