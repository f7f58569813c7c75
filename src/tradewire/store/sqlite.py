"""SQLite: one file in WAL mode, every commit on the disk before it is told."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from sqlalchemy import URL, Connection, create_engine, event
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError

from tradewire.store.checkpoint import Checkpointer
from tradewire.store.errors import Fenced, RowRejected, StoreError, StoreFull, StoreGone, StoreUnreadable
from tradewire.store.statements import Row

CHECKED_AT_OPEN_BYTES = 64 * 1024 * 1024
"""Files up to this size are searched for damage before use (about 0.1 s); larger ones by `tradewire verify`."""

_SETTINGS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA busy_timeout = 5000",
    "PRAGMA cache_size = -16384",
    "PRAGMA wal_autocheckpoint = 16384",
    "PRAGMA journal_size_limit = 67108864",
    "PRAGMA temp_store = MEMORY",
)


class SqliteDriver:
    """A SQLite file."""

    def __init__(self, path: Path, *, create: bool) -> None:
        self.where = str(path)
        self._engine = create_engine(URL.create("sqlite", database=str(path)))
        self.dialect: Dialect = self._engine.dialect
        event.listen(self._engine, "connect", _prepare)
        try:
            _ensure_file(path, create=create)
            with self.reading() as connection:
                _search_for_damage(connection, path)
            self._pooled = self._engine.raw_connection()
        except (OSError, DBAPIError, sqlite3.Error) as error:
            self._engine.dispose()
            raise _translated(error, self.where) from error
        self._writer = cast(sqlite3.Connection, self._pooled.driver_connection)
        self._checkpointer = Checkpointer(self._connection)

    def write(self, batches: Sequence[tuple[str, Sequence[Row]]]) -> None:
        """Run each statement for each of its rows, in one transaction that is durable on return; all or nothing."""
        cursor = self._writer.cursor()
        try:
            cursor.execute("BEGIN IMMEDIATE")
            for statement, rows in batches:
                cursor.executemany(statement, rows)
            cursor.execute("COMMIT")
            self._checkpointer.note(self._writer)
        except BaseException as error:
            # A failed COMMIT may leave the transaction open, or have ended it already.
            if self._writer.in_transaction:
                self._writer.rollback()
            if isinstance(error, Exception):
                raise _translated(error, self.where) from error
            raise

    def fetch(self, statement: str, values: Sequence[Any]) -> Sequence[Row]:
        """Return what a compiled statement finds; for the writer's thread only, and cheaper there than `reading`."""
        try:
            return self._writer.execute(statement, values).fetchall()
        except sqlite3.Error as error:
            raise _translated(error, self.where) from error

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Lend a connection that sees every committed row; any thread may ask."""
        try:
            with self._engine.connect() as connection:
                yield connection
        except (DBAPIError, sqlite3.Error) as error:
            raise _translated(error, self.where) from error

    @contextmanager
    def migrating(self) -> Iterator[Connection]:
        """Lend a connection inside a transaction that no second migration can share; it commits at the end."""
        with self.reading() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            yield connection
            connection.commit()

    def close(self) -> None:
        """Give all connections back; the last one to leave folds the write-ahead log into the file."""
        self._checkpointer.end()
        self._pooled.close()
        self._engine.dispose()

    def _connection(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.where)
        _prepare(connection, None)
        return connection


def _prepare(connection: sqlite3.Connection, _record: Any) -> None:
    # Without this the module begins transactions by itself, too late and in the wrong mode.
    connection.isolation_level = None
    for setting in _SETTINGS:
        connection.execute(setting)


def _ensure_file(path: Path, *, create: bool) -> None:
    if not path.exists():
        if not create:
            raise StoreUnreadable(str(path), "there is no such file")
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))


def _search_for_damage(connection: Connection, path: Path) -> None:
    connection.exec_driver_sql("SELECT count(*) FROM sqlite_master")
    if path.stat().st_size <= CHECKED_AT_OPEN_BYTES:
        found = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
        if found != "ok":
            raise StoreUnreadable(str(path), str(found))


def _translated(error: Exception, where: str) -> StoreError:
    """Return what `error` means to the owner."""
    cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    if isinstance(cause, StoreError):
        return cause
    if isinstance(cause, OSError):
        return StoreUnreadable(where, cause.strerror or str(cause))
    code = getattr(cause, "sqlite_errorcode", None)
    if code is None:  # raised by the module itself: a value of the wrong type, too large, or not text
        return RowRejected(f"a row cannot be stored in {where}: {cause}")
    match code & 0xFF:
        case sqlite3.SQLITE_FULL:
            return StoreFull(f"no room left for {where}; nothing was written")
        case sqlite3.SQLITE_IOERR if code == sqlite3.SQLITE_IOERR_SHMSIZE:
            return StoreFull(f"no room left beside {where}; nothing was written")
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB | sqlite3.SQLITE_CANTOPEN:
            return StoreUnreadable(where, str(cause))
        case sqlite3.SQLITE_CONSTRAINT if "journal.stream" in str(cause):
            return Fenced(f"another writer uses {where}: {cause}")
        case sqlite3.SQLITE_CONSTRAINT | sqlite3.SQLITE_TOOBIG | sqlite3.SQLITE_MISMATCH:
            return RowRejected(f"a row cannot be stored in {where}: {cause}")
        case _:
            return StoreGone(f"{where} does not answer: {cause}")
