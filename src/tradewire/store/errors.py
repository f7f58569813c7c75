"""How the store fails. The exceptions form one tree; each says who acts::

    StoreError
    ├── StoreUnreadable   the owner restores a backup
    ├── JournalBroken     the owner restores a backup: rows were lost or changed
    ├── SchemaMismatch    the owner updates the program (or starts the hub once, which updates the database)
    ├── StoreFull         the owner makes room; the same write then works again
    ├── StoreGone         nobody: the hub tries again
    ├── Fenced            the writer stops and recovers: another one has written to its stream
    ├── RowRejected       the caller corrects the row: the database cannot hold it
    └── BackupRefused     the owner reads the reason

Whatever was raised inside or at the end of a transaction, nothing of that transaction was acknowledged. Only after a
`StoreGone` may it have been written all the same; then the next write to the same stream is `Fenced`.
"""

from __future__ import annotations


class StoreError(Exception):
    """The store could not do what it was asked to."""


class StoreUnreadable(StoreError):
    """The database is absent, damaged, or not a database."""

    def __init__(self, where: str, reason: str) -> None:
        super().__init__(
            f"the database {where} cannot be read: {reason}. "
            "Stop the hub and put the last backup in its place with `tradewire restore BACKUP`"
        )
        self.where = where


class JournalBroken(StoreError):
    """A row that is needed is missing, or is not the one that was written."""


class SchemaMismatch(StoreError):
    """The database was written by another version of the program."""


class StoreFull(StoreError):
    """There is no room left; nothing was written."""


class StoreGone(StoreError):
    """The database does not answer, or another process holds its lock."""


class Fenced(StoreError):
    """Another writer has taken the next place in a stream: what this one believes is out of date."""


class RowRejected(StoreError):
    """A row that exists already, lacks a value, or holds one that the database cannot keep (such as NUL in a text)."""


class BackupRefused(StoreError):
    """A backup or restore was not begun, or what it made is not sound; the database in use is untouched."""
