"""What is committed, seen from outside: a reader of its own on the hub's database file, which costs the hub nothing.

SQLite shows a reader a group only after its commit is on the disk (WAL, synchronous=FULL), so the moment at which a
row is seen here is never before the moment at which it was safe.
"""

from __future__ import annotations

import sqlite3
import time
from mmap import ACCESS_READ, mmap
from pathlib import Path
from types import TracebackType
from typing import Any, Self


class Committed:
    """Reads a hub's database."""

    def __init__(self, database: Path) -> None:
        self._connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True, isolation_level=None)
        self._connection.execute("SELECT count(*) FROM sqlite_master").fetchone()  # makes the log's index
        with Path(f"{database}-shm").open("rb") as index:
            self._index = mmap(index.fileno(), 0, access=ACCESS_READ)
        self._commits = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._index.close()
        self._connection.close()

    def changed(self) -> bool:
        """Tell whether anything was committed since the last call.

        It looks at the counter of commits in the index of SQLite's log (wal-index header, bytes 8 to 11): a statement
        would take locks that the hub must wait for.
        """
        commits = self._index[8:12]
        changed = commits != self._commits
        self._commits = commits
        return changed

    def rows(self, statement: str, *values: Any) -> list[Any]:
        return self._connection.execute(statement, values).fetchall()

    def count(self, table: str, condition: str = "1") -> int:
        return int(self.rows(f"SELECT count(*) FROM {table} WHERE {condition}")[0][0])

    def last_fill(self) -> int:
        return int(self.rows("SELECT coalesce(max(rowid), 0) FROM fills")[0][0])

    def fills_after(self, row: int) -> list[tuple[int, str]]:
        """Return (row, client_order_id) of the fills behind a row."""
        return self.rows("SELECT rowid, client_order_id FROM fills WHERE rowid > ? ORDER BY rowid", row)

    def new_fills(self, row: int) -> tuple[int, list[tuple[int, str]]]:
        """Return when a new commit was seen (epoch ns), and the fills behind a row; (0, []) if nothing was committed.

        The moment is before the look at the rows, which takes its time; another commit during that look makes it later.
        """
        seen, fills = 0, list[tuple[int, str]]()
        while self.changed():
            seen = time.time_ns()
            fills = self.fills_after(row)
        return seen, fills

    @property
    def waiting(self) -> int:
        """Count messages that are stored and not yet read, and signals that are still on their way."""
        return self.count("unread") + self.count("signals", "status = 'routing'")
