"""PostgreSQL through psycopg 3: a whole group travels in one pipeline and one commit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, cast

import psycopg
from sqlalchemy import URL, Connection, create_engine, event, text
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import PoolProxiedConnection

from tradewire.store.errors import Fenced, RowRejected, StoreError, StoreFull, StoreGone, StoreUnreadable
from tradewire.store.statements import Row

_ONE_MIGRATION = text("SELECT pg_advisory_xact_lock(8475623901)")


class PostgresDriver:
    """A PostgreSQL database. A lost connection is replaced at the next write."""

    def __init__(self, url: URL) -> None:
        self.where = url.render_as_string(hide_password=True)
        self._engine = create_engine(url, pool_pre_ping=True, paramstyle="format")
        self.dialect: Dialect = self._engine.dialect
        self._readers = self._engine.execution_options(isolation_level="AUTOCOMMIT")
        self._pooled: PoolProxiedConnection | None = None
        event.listen(self._engine, "connect", _prepare)
        with self.reading():
            pass

    def write(self, batches: Sequence[tuple[str, Sequence[Row]]]) -> None:
        """Run each statement for each of its rows, in one transaction that is durable on return; all or nothing."""
        try:
            connection = self._writer()
            with connection.pipeline():
                for statement, rows in batches:
                    connection.cursor().executemany(statement, rows)
                connection.commit()
        except BaseException as error:
            self._give_up()
            if isinstance(error, Exception):
                raise _translated(error, self.where) from error
            raise

    def fetch(self, statement: str, values: Sequence[Any]) -> Sequence[Row]:
        """Return what a compiled statement finds."""
        with self.reading() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(statement, tuple(values))]

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Lend a connection that sees every committed row; any thread may ask."""
        try:
            with self._readers.connect() as connection:
                yield connection
        except (DBAPIError, psycopg.Error) as error:
            raise _translated(error, self.where) from error

    @contextmanager
    def migrating(self) -> Iterator[Connection]:
        """Lend a connection inside a transaction that no second migration can share; it commits at the end."""
        try:
            with self._engine.begin() as connection:
                connection.execute(_ONE_MIGRATION)
                yield connection
        except (DBAPIError, psycopg.Error) as error:
            raise _translated(error, self.where) from error

    def close(self) -> None:
        """Give all connections back."""
        if self._pooled is not None:
            self._pooled.close()
            self._pooled = None
        self._engine.dispose()

    def _writer(self) -> psycopg.Connection[Any]:
        if self._pooled is None:
            self._pooled = self._engine.raw_connection()
        return cast("psycopg.Connection[Any]", self._pooled.driver_connection)

    def _give_up(self) -> None:
        """Leave the failed transaction by leaving its connection: whatever state it is in, the server rolls back."""
        if self._pooled is not None:
            self._pooled.invalidate()
            self._pooled = None


def _prepare(connection: psycopg.Connection[Any], _record: Any) -> None:
    # An owner may ask for more than "on" (a standby's answer), never for less.
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('synchronous_commit', 'on', false) "
            "WHERE current_setting('synchronous_commit') IN ('off', 'local')"
        )
    connection.commit()


def _translated(error: Exception, where: str) -> StoreError:
    """Return what `error` means to the owner."""
    cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    if isinstance(cause, StoreError):
        return cause
    if not isinstance(cause, psycopg.Error):
        return RowRejected(f"a row cannot be stored in {where}: {cause}")
    state = cause.sqlstate or ""
    if state == "53100":
        return StoreFull(f"no room left for {where}; nothing was written")
    if state == "23505" and cause.diag.table_name == "journal":
        return Fenced(f"another writer uses {where}: {cause.diag.message_detail}")
    if state.startswith(("22", "23")) or isinstance(cause, psycopg.DataError | psycopg.ProgrammingError):
        return RowRejected(f"a row cannot be stored in {where}: {cause}")
    if state.startswith("XX00") or state == "3D000":
        return StoreUnreadable(where, str(cause))
    return StoreGone(f"{where} does not answer: {cause}")
