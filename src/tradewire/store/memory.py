"""Databases without a file, for histories that are played: one that keeps what is written, one that forgets it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, cast

from sqlalchemy import Connection, create_engine
from sqlalchemy.engine import Dialect
from sqlalchemy.pool import StaticPool

from tradewire.store.statements import Row
from tradewire.store.tables import metadata


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


class ForgetfulDriver(MemoryDriver):
    """Takes rows in and forgets them: the heads of the chain stay with the `Store`, which makes a history's hash."""

    where = "nowhere"

    def write(self, batches: Sequence[tuple[str, Sequence[Row]]]) -> None:
        return None
