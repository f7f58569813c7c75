"""Backup and restore of a SQLite database: a copy is proven sound before it counts, and a replaced file is kept."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing, suppress
from itertools import count
from pathlib import Path

from msgspec import Struct

from tradewire.store import migrate
from tradewire.store.chain import JournalRow, breaks
from tradewire.store.driver import location
from tradewire.store.errors import BackupRefused

_USE_PG_DUMP = "this database is PostgreSQL: back it up with `pg_dump` and restore it with `pg_restore`"
_ROWS = "SELECT stream, seq, pos, ts, kind, data, hash FROM journal ORDER BY stream, seq"
_LOG_FILES = ("-wal", "-shm", "-journal")


class Restored(Struct, frozen=True):
    """What a restore did: the file now in use, its journal rows, and where the file that it replaced is kept."""

    path: Path
    rows: int
    kept: Path | None


def backup(url: str | Path, target: Path) -> int:
    """Copy the database, which may be in use, to one new file; return the number of its journal rows.

    Raises:
        BackupRefused: PostgreSQL, no database, `target` exists or has no directory, no room, or the copy is not sound.
    """
    source = _file(url)
    if not source.is_file():
        raise BackupRefused(f"there is no database at {source}")
    if target.exists():
        raise BackupRefused(f"{target} exists already; a backup never replaces a file")
    if not target.parent.is_dir():
        raise BackupRefused(f"there is no directory {target.parent}; make it first, or name another file")
    partial = target.with_name(target.name + ".partial")
    try:
        _copy(source, partial)
        rows = _proven(partial)
        os.replace(partial, target)
        _sync(target.parent)
    except (OSError, sqlite3.Error) as error:
        raise BackupRefused(f"{source} could not be copied to {target}: {error}") from error
    finally:
        partial.unlink(missing_ok=True)
    return rows


def restore(url: str | Path, backup_file: Path) -> Restored:
    """Put a backup in the place of the database, which nobody may be using; the replaced file stays beside it.

    The copy is made and proven before anything is replaced, and replaces the old file in one step.

    Raises:
        BackupRefused: PostgreSQL, no such backup, not sound, from a newer program, or the database is in use.
    """
    target = _file(url)
    if not backup_file.is_file():
        raise BackupRefused(f"there is no backup at {backup_file}")
    arriving = target.with_name(target.name + ".arriving")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _copy(backup_file, arriving)
        rows = _proven(arriving)
        kept = _set_aside(target) if target.exists() else None
        os.replace(arriving, target)
        _sync(target.parent)
    except (OSError, sqlite3.Error) as error:
        raise BackupRefused(f"{backup_file} could not be restored to {target}: {error}") from error
    finally:
        arriving.unlink(missing_ok=True)
    return Restored(target, rows, kept)


def _file(url: str | Path) -> Path:
    place = location(url)
    if place.get_backend_name() != "sqlite":
        raise BackupRefused(_USE_PG_DUMP)
    return Path(str(place.database))


def _copy(source: Path, target: Path) -> None:
    """Copy a consistent state of `source`, with what its write-ahead log holds, to a single file."""
    target.unlink(missing_ok=True)
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    with closing(_opened(source)) as origin, closing(_opened(target)) as copy:
        origin.backup(copy)
        # In WAL mode a reader would leave files beside the copy.
        copy.execute("PRAGMA journal_mode = DELETE")
    with target.open("rb+") as written:
        os.fsync(written.fileno())


def _proven(path: Path) -> int:
    """Return the number of journal rows of a sound copy, having recomputed every hash of its chain."""
    with closing(_opened(path)) as connection:
        if (found := connection.execute("PRAGMA integrity_check(1)").fetchone()[0]) != "ok":
            raise BackupRefused(f"the copy is damaged: {found}")
        try:
            revision = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        except sqlite3.OperationalError:
            revision = None
        if revision is None:
            raise BackupRefused("it is not a database of Tradewire")
        if revision[0] not in migrate.REVISIONS:
            raise BackupRefused(
                f"it was written by a newer Tradewire (revision {revision[0]}); update the program first"
            )
        broken = next(breaks(JournalRow(*row) for row in connection.execute(_ROWS)), None)
        if broken is not None:
            raise BackupRefused(f"the chain is broken at {broken.stream} {broken.seq}: {broken.reason}")
        rows: int = connection.execute("SELECT count(*) FROM journal").fetchone()[0]
        return rows


def _set_aside(target: Path) -> Path:
    """Give the database a second name and return it, once nobody uses it; it stays in place until it is replaced."""
    _ensure_unused(target)
    kept = next(name for n in count(1) if not (name := target.with_name(f"{target.name}.replaced-{n}")).exists())
    for suffix in _LOG_FILES:  # only a database that could not be opened still has them
        with suppress(FileNotFoundError):
            os.replace(f"{target}{suffix}", f"{kept}{suffix}")
    try:
        os.link(target, kept)
    except OSError:  # a file system without links
        shutil.copy2(target, kept)
    return kept


def _ensure_unused(target: Path) -> None:
    """Leave WAL mode, which only the sole user of a database can, and which folds the log into the file."""
    try:
        with closing(_opened(target)) as connection:
            connection.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise BackupRefused(f"{target} is in use: stop the hub first") from error
        # Damaged beyond opening: that is why it is being replaced.


def _opened(path: Path) -> sqlite3.Connection:
    # "rw" never makes a file; and a log can only be read by who may write.
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=rw", uri=True, timeout=1.0, isolation_level=None)


def _sync(folder: Path) -> None:
    """Make a renaming durable; only POSIX lets a folder be synced."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
