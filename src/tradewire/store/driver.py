"""What the store needs from a database, and the choice between the two it knows."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import URL, Connection, make_url
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import ArgumentError

from tradewire.store.errors import StoreError
from tradewire.store.statements import Row


class Driver(Protocol):
    """One database. Every error that leaves it is a `StoreError`."""

    @property
    def where(self) -> str:
        """The database in a person's words, without its password."""

    @property
    def dialect(self) -> Dialect:
        """The dialect whose statements `write` takes: positional parameters in column order."""

    def write(self, batches: Sequence[tuple[str, Sequence[Row]]]) -> None:
        """Run each statement for each of its rows, in one transaction that is durable on return; all or nothing."""

    def fetch(self, statement: str, values: Sequence[Any]) -> Sequence[Row]:
        """Return what a compiled statement finds; for the writer's thread only, and cheaper there than `reading`."""

    def reading(self) -> AbstractContextManager[Connection]:
        """Lend a connection that sees every committed row; any thread may ask."""

    def migrating(self) -> AbstractContextManager[Connection]:
        """Lend a connection inside a transaction that no second migration can share; it commits at the end."""

    def close(self) -> None:
        """Give all connections back."""


def location(url: str | Path) -> URL:
    """Return the URL of a database: a path, or a string without a scheme, is a SQLite file.

    Raises:
        StoreError: neither SQLite nor PostgreSQL, or SQLite without a file.
    """
    if isinstance(url, Path) or "://" not in url:
        return URL.create("sqlite", database=str(url))
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise StoreError("the database URL cannot be read; write sqlite:///FILE or postgresql://…") from None
    backend = parsed.get_backend_name()
    if backend == "sqlite":
        if parsed.database in (None, "", ":memory:"):
            raise StoreError("the store needs a file: a database in memory would lose everything")
        return parsed.set(drivername="sqlite")
    if backend in ("postgresql", "postgres"):
        return parsed.set(drivername="postgresql+psycopg")
    raise StoreError(f"{backend} is not supported; write sqlite:///FILE or postgresql://…")


def connect(url: URL, *, create: bool) -> Driver:
    """Return the driver for `url`; a SQLite file that is absent is made only if `create`.

    Raises:
        StoreUnreadable: there is nothing, or nothing readable.
        StoreGone: the server does not answer.
    """
    if url.get_backend_name() == "sqlite":
        from tradewire.store.sqlite import SqliteDriver

        return SqliteDriver(Path(str(url.database)), create=create)
    from tradewire.store.postgres import PostgresDriver

    return PostgresDriver(url)
