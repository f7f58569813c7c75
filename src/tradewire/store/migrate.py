"""Brings a database to the tables of this program, or refuses to touch it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from tradewire.store.driver import Driver
from tradewire.store.errors import SchemaMismatch, StoreUnreadable

if TYPE_CHECKING:
    from alembic.config import Config

REVISIONS = ("0001",)
"""Every revision in `migrations/versions`, oldest first: known here so that an ordinary start need not load Alembic."""

HEAD = REVISIONS[-1]


def ensure_current(driver: Driver, *, allowed: bool) -> None:
    """Create or update the tables, in one transaction, if they are not this program's.

    Raises:
        SchemaMismatch: the database is newer; or it is older, and changes are not `allowed`.
        StoreUnreadable: the database has tables, but not ours.
    """
    with driver.reading() as connection:
        if revision(connection) == HEAD:
            return
    if not allowed:
        raise SchemaMismatch(f"{driver.where} was written by another version of Tradewire; `tradewire run` updates it")
    with driver.migrating() as connection:
        found = revision(connection)  # again: another process may just have done it
        if found is None and inspect(connection).get_table_names():
            raise StoreUnreadable(driver.where, "it belongs to another program")
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
    from alembic import command

    found = revision(connection)
    if found is not None and found not in REVISIONS:
        raise SchemaMismatch(
            f"{where} was written by a newer Tradewire (revision {found}, this program knows {HEAD}); "
            "update the program, or restore a backup made by this version"
        )
    command.upgrade(configuration(connection), "head")


def configuration(connection: Connection) -> Config:
    """Return Alembic's settings for the migrations inside this package, run on `connection`."""
    from alembic.config import Config

    settings = Config()
    folder = Path(__file__).parent / "migrations"
    settings.set_main_option("script_location", str(folder).replace("%", "%%"))
    settings.attributes["connection"] = connection
    return settings
