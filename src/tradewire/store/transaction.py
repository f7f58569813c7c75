"""A group of facts that becomes durable at once, or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tradewire.store.chain import BEGINNING, Head, JournalRow, link
from tradewire.store.statements import Row, TableSql


class Transaction:
    """Collects what a group writes. Nothing touches the database before the group is committed.

    `heads` are the streams' heads as committed, `pos` the last position given out, `now` the group's time.
    """

    def __init__(self, tables: Mapping[str, TableSql], heads: Mapping[str, Head], pos: int, now: int) -> None:
        self.pos = pos
        self.heads: dict[str, Head] = {}
        self._committed = heads
        self._now = now
        self._tables = tables
        self._journal: list[Row] = []
        self._inserts: dict[str, list[Row]] = {}
        self._upserts: dict[str, dict[Any, Row]] = {}
        self._deletes: dict[str, list[Row]] = {}

    def append(self, stream: str, kind: str, ts: int, data: bytes) -> JournalRow:
        """Add the next row of a stream (`ts` in epoch ns) and return it with its place and hash."""
        head = self.heads.get(stream) or self._committed.get(stream, BEGINNING)
        seq = head.seq + 1
        self.pos = pos = max(self.pos + 1, self._now)
        digest = link(head.hash, stream.encode(), seq, ts, kind.encode(), data)
        self.heads[stream] = Head(seq, digest)
        self._journal.append((stream, seq, pos, ts, kind, data, digest))
        return JournalRow(stream, seq, pos, ts, kind, data, digest)

    def upsert(self, table: str, rows: Iterable[Mapping[str, Any] | Row]) -> None:
        """Write rows, each whole: a mapping of every column, or a tuple in column order.

        A row takes the place of an earlier one with its primary key; of several in a group the last one counts.

        Raises:
            RowRejected: the row does not have the table's columns.
        """
        sql = self._tables[table]
        latest = self._upserts.setdefault(table, {})
        for values in rows:
            row = sql.row(values)
            latest[sql.key(row)] = row

    def insert(self, table: str, rows: Iterable[Mapping[str, Any] | Row]) -> None:
        """Write rows that are new: a primary key that exists already makes the commit fail with `RowRejected`.

        Inserts are written before upserts, whichever was called first.
        """
        sql = self._tables[table]
        self._inserts.setdefault(table, []).extend([sql.row(values) for values in rows])

    def delete(self, table: str, keys: Iterable[Row]) -> None:
        """Take rows of earlier groups away by primary key; one that does not exist is no error."""
        self._deletes.setdefault(table, []).extend(keys)

    def batches(self) -> Sequence[tuple[str, Sequence[Row]]]:
        """Return the statements with their rows; the journal comes first, so that the fence falls before all else."""
        batches: list[tuple[str, Sequence[Row]]] = []
        if self._journal:
            batches.append((self._tables["journal"].insert, self._journal))
        for name, new in self._inserts.items():
            if new:
                sql = self._tables[name]
                batches.append((sql.insert, sql.bound(new)))
        for name, latest in self._upserts.items():
            if latest:
                sql = self._tables[name]
                batches.append((sql.upsert, sql.bound(latest.values())))
        for name, keys in self._deletes.items():
            batches.append((self._tables[name].delete, keys))
        return batches
