"""Stores without a file, for histories that are played: one that keeps what is written, one that forgets it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, cast

from sqlalchemy import Connection, create_engine
from sqlalchemy.engine import Dialect
from sqlalchemy.pool import StaticPool

from tradewire.ports import Clock
from tradewire.store.chain import BEGINNING, Head, JournalRow, link
from tradewire.store.journal import Store
from tradewire.store.statements import Row
from tradewire.store.tables import metadata
from tradewire.store.transaction import Transaction


class MemoryDriver:
    """SQLite in memory. It is gone with the process, so a hub never runs on it."""

    where = "memory"

    def __init__(self) -> None:
        self._engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"isolation_level": None})
        self.dialect: Dialect = self._engine.dialect
        metadata.create_all(self._engine)
        self._pooled = self._engine.raw_connection()
        self._writer = cast(sqlite3.Connection, self._pooled.driver_connection)

    def write(self, batches: Sequence[tuple[str, Sequence[Row]]]) -> None:
        """Run each statement for each of its rows, in one transaction."""
        cursor = self._writer.cursor()
        cursor.execute("BEGIN")
        try:
            for statement, rows in batches:
                cursor.executemany(statement, rows)
        except BaseException:
            cursor.execute("ROLLBACK")
            raise
        cursor.execute("COMMIT")

    def fetch(self, statement: str, values: Sequence[Any]) -> Sequence[Row]:
        """Return what a compiled statement finds."""
        return self._writer.execute(statement, values).fetchall()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Lend the connection."""
        with self._engine.connect() as connection:
            yield connection

    @contextmanager
    def migrating(self) -> Iterator[Connection]:
        """Lend the connection; the tables are those of this program already."""
        with self.reading() as connection:
            yield connection

    def close(self) -> None:
        """Forget everything."""
        self._pooled.close()
        self._engine.dispose()


class Chain(Transaction):
    """A group of which only the links of the journal are made."""

    def append(self, stream: str, kind: str, ts: int, data: bytes) -> JournalRow:
        head = self.heads.get(stream) or self._committed.get(stream, BEGINNING)
        seq = head.seq + 1
        self.pos = pos = max(self.pos + 1, self._now)
        digest = link(head.hash, stream.encode(), seq, ts, kind.encode(), data)
        self.heads[stream] = Head(seq, digest)
        return JournalRow(stream, seq, pos, ts, kind, data, digest)

    def upsert(self, table: str, rows: Iterable[Mapping[str, Any] | Row]) -> None:
        return None

    def insert(self, table: str, rows: Iterable[Mapping[str, Any] | Row]) -> None:
        return None

    def delete(self, table: str, keys: Iterable[Row]) -> None:
        return None


class ForgetfulStore(Store):
    """Takes everything in and keeps the heads of the chain alone; asked, it knows of nothing."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(MemoryDriver(), clock)

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """Collect a group; nothing of it counts after an exception."""
        group = Chain(self._tables, self._heads, self._pos, self._clock.now())
        yield group
        self._heads.update(group.heads)
        self._pos = group.pos
