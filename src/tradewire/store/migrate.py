"""Brings a database to the tables of this program, or refuses to touch it."""

from __future__ import annotations

from sqlalchemy import Connection, inspect, text

from tradewire.store.driver import Driver
from tradewire.store.errors import SchemaMismatch

REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006")
"""Every revision in `migrations/versions`, oldest first: known here so that an ordinary start need not load Alembic."""

HEAD = REVISIONS[-1]


def ensure_current(driver: Driver, *, allowed: bool) -> None:
    """Create or update the tables, in one transaction, if they are not this program's.

    Raises:
        SchemaMismatch: the database is newer, or another program's; or it is older, and changes are not `allowed`.
    """
    with driver.reading() as connection:
        if revision(connection) == HEAD:
            return
    if not allowed:
        raise SchemaMismatch(f"{driver.where} was written by another version of Tradewire; `tradewire run` updates it")
    with driver.migrating() as connection:
        found = revision(connection)  # again: another process may just have done it
        if found is None and set(inspect(connection).get_table_names()) - {"alembic_version"}:
            raise SchemaMismatch(f"{driver.where} belongs to another program; give the hub a database of its own")
        upgrade(connection, driver.where)


def revision(connection: Connection) -> str | None:
    """Return the revision that a database is at; None before the first."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found


def upgrade(connection: Connection, where: str) -> None:
    """Run every migration that `connection`'s database lacks.

    Raises:
        SchemaMismatch: it is at a revision that this program does not know.
    """
    # Alembic takes longer to load than the whole store: only a database that must change pays for it.
    from alembic import command

    from tradewire.store.migrations import configuration

    found = revision(connection)
    if found is not None and found not in REVISIONS:
        raise SchemaMismatch(
            f"{where} was written by a newer Tradewire (revision {found}, this program knows {HEAD}); "
            "update the program, or restore a backup made by this version"
        )
    command.upgrade(configuration(connection), "head")
