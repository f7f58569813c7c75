"""The SQL of every table, built by SQLAlchemy and compiled once: the write path hands plain tuples to the driver."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from operator import itemgetter
from typing import Any

from sqlalchemy import Column, Select, Table, bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect

from tradewire.domain.numbers import plain
from tradewire.store.errors import RowRejected
from tradewire.store.tables import FIXED, Exact, metadata

Row = tuple[Any, ...]


class Members:
    """Finds which of many values a text column holds, with a few statements of fixed length, compiled once."""

    _SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)

    def __init__(self, column: Column[Any], dialect: Dialect) -> None:
        self._sql = {size: str(_among(column, size).compile(dialect=dialect)) for size in self._SIZES}

    def split(self, values: Sequence[str]) -> Iterator[tuple[str, Sequence[str]]]:
        """Yield statements with what they bind; the last value fills up the places that are left."""
        start = 0
        while start < len(values):
            part = values[start : start + self._SIZES[-1]]
            size = next(size for size in self._SIZES if size >= len(part))
            yield self._sql[size], [*part, *(size - len(part)) * [part[-1]]]
            start += size


def _among(column: Column[Any], size: int) -> Select[Any]:
    return select(column).where(column.in_([bindparam(f"value_{n}", type_=column.type) for n in range(size)]))


class TableSql:
    """One table as the write path sees it: three statements, and how a row becomes what they bind."""

    def __init__(self, table: Table, dialect: Dialect) -> None:
        build = postgresql.insert if dialect.name == "postgresql" else sqlite.insert
        insert = build(table).values({column.name: None for column in table.columns})
        changed = {c.name: insert.excluded[c.name] for c in table.columns if not (c.primary_key or c.info == FIXED)}
        self.name = table.name
        self.columns = tuple(column.name for column in table.columns)
        self.insert = str(insert.compile(dialect=dialect))
        self.upsert = str(
            insert.on_conflict_do_update(index_elements=list(table.primary_key.columns), set_=changed).compile(
                dialect=dialect
            )
        )
        self.delete = str(
            delete(table).where(*(key == bindparam(key.name) for key in table.primary_key)).compile(dialect=dialect)
        )
        self._in_order = itemgetter(*self.columns)
        self._keys = tuple(i for i, column in enumerate(table.columns) if column.primary_key)
        self._exact = tuple(i for i, column in enumerate(table.columns) if isinstance(column.type, Exact))

    def row(self, values: Mapping[str, Any] | Row) -> Row:
        """Return `values` in column order.

        Raises:
            RowRejected: a column has no value, or a value has no column.
        """
        if isinstance(values, tuple):
            if len(values) != len(self.columns):
                raise RowRejected(f"{self.name}: {len(values)} values for {len(self.columns)} columns")
            return values
        try:
            row: Row = self._in_order(values)
        except KeyError as missing:
            raise RowRejected(f"{self.name}: the row has no {missing.args[0]}") from None
        if len(values) != len(row):
            raise RowRejected(f"{self.name}: no such column: {', '.join(sorted(set(values) - set(self.columns)))}")
        return row

    def key(self, row: Row) -> Any:
        """Return what makes `row` one with an earlier one."""
        return row[self._keys[0]] if len(self._keys) == 1 else tuple([row[i] for i in self._keys])

    def bound(self, rows: Iterable[Row]) -> Sequence[Row]:
        """Return `rows` as the driver takes them: decimals as text."""
        if not self._exact:
            return list(rows)
        return [self._exactly(row) for row in rows]

    def _exactly(self, row: Row) -> Row:
        values = list(row)
        for i in self._exact:
            value = values[i]
            if value.__class__ is Decimal and value.is_finite():
                values[i] = plain(value)
            elif value is not None:
                raise RowRejected(f"{self.name}.{self.columns[i]}: {value!r} is not a finite Decimal")
        return tuple(values)


_COMPILED: dict[str, Mapping[str, TableSql]] = {}


def compiled_for(dialect: Dialect) -> Mapping[str, TableSql]:
    """Return every table's statements for a database; they are compiled once a process."""
    if dialect.name not in _COMPILED:
        _COMPILED[dialect.name] = {name: TableSql(table, dialect) for name, table in metadata.tables.items()}
    return _COMPILED[dialect.name]
