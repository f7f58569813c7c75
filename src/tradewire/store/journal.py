"""The store: one writer, whole groups, and a journal from which everything else can be told again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import select

from tradewire.ports import Clock
from tradewire.store import migrate
from tradewire.store.chain import BEGINNING, CHANGED, ChainBreak, Head, JournalRow, breaks, follows
from tradewire.store.driver import Driver, connect, location
from tradewire.store.errors import Fenced, JournalBroken, StoreError
from tradewire.store.queries import Queries
from tradewire.store.statements import compiled_for
from tradewire.store.tables import journal, snapshots
from tradewire.store.transaction import Transaction

TO_MEND = "Stop the hub and put the last backup in its place with `tradewire restore BACKUP`"
_BATCH = 128
"""Rows read at once: enough to be fast, and small even where a row has 100 KB."""


class Store:
    """A database opened for writing by one thread; any thread may read through `queries`.

    The heads of all streams are read once, when the store is opened. Whoever writes to a stream after that fences this
    writer off it: fold what `read` returns, and a commit proves that nothing was missed.
    """

    def __init__(self, driver: Driver, clock: Clock) -> None:
        self._driver = driver
        self._clock = clock
        self._tables = compiled_for(driver.dialect)
        self._busy = False
        self.on_fenced: Callable[[], None] = lambda: None
        """Called when another writer turns out to have taken a place: nothing more will be written to that stream."""
        self.queries = Queries(driver)
        self._pos = self.queries.journal_end()
        self._heads = dict(self._stored_heads())

    @classmethod
    def open(cls, url: str | Path, *, clock: Clock, create: bool = True) -> Store:
        """Open the database at a path or URL, and bring its tables up to date.

        Without `create` nothing is made or changed: an absent database is unreadable, an older one mismatched.

        Raises:
            StoreUnreadable: absent, damaged, or not a database; the message names it and says how to restore.
            SchemaMismatch: written by a newer program.
            StoreGone: the server does not answer.
        """
        driver = connect(location(url), create=create)
        try:
            migrate.ensure_current(driver, allowed=create)
            return cls(driver, clock)
        except BaseException:
            driver.close()
            raise

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """Collect a group and commit it at the end; after an exception nothing of it was written.

        Raises:
            StoreFull, StoreGone, Fenced, RowRejected: as the tree in `errors` says. The store stays usable.
        """
        if self._busy:
            raise StoreError("a transaction is open already: one writer, one group at a time")
        self._busy = True
        try:
            group = Transaction(self._tables, self._heads, self._pos, self._clock.now())
            yield group
            if batches := group.batches():
                self._driver.write(batches)
                self._heads.update(group.heads)
                self._pos = group.pos
        except Fenced:
            self.on_fenced()
            raise
        finally:
            self._busy = False

    @property
    def pos(self) -> int:
        """The position of the last committed row over all streams; 0 in an empty journal."""
        return self._pos

    def head(self, stream: str) -> Head:
        """Return the last committed row of a stream as this writer knows it; `BEGINNING` if there is none."""
        return self._heads.get(stream, BEGINNING)

    def streams(self) -> list[str]:
        """Return the names of all streams, sorted."""
        return sorted(self._heads)

    def read(self, stream: str, after_seq: int = 0, limit: int | None = None) -> Iterator[JournalRow]:
        """Yield the rows of a stream behind `after_seq`, in order, a small batch in memory at a time."""
        while limit is None or limit > 0:
            size = _BATCH if limit is None else min(limit, _BATCH)
            statement = select(journal).where(journal.c.stream == stream, journal.c.seq > after_seq)
            with self._driver.reading() as connection:
                found = connection.execute(statement.order_by(journal.c.seq).limit(size)).all()
            for row in found:
                yield JournalRow(*row)
            if len(found) < size:
                return
            after_seq = found[-1].seq
            limit = None if limit is None else limit - size

    def proven(self, stream: str, after_seq: int = 0) -> Iterator[JournalRow]:
        """Yield the rows of a stream behind `after_seq`, each once its hash has been recomputed.

        Raises:
            JournalBroken: a row is missing or changed; the rows before it have been yielded.
        """
        head = BEGINNING
        if after_seq:
            before = self.queries.journal_row(stream, after_seq)
            if before is None:
                raise self._broken(ChainBreak(stream, after_seq, "the row is missing"))
            head = Head(before.seq, before.hash)
        for row in self.read(stream, after_seq):
            if not follows(head, row):
                lost = f"row {head.seq + 1} is missing" if row.seq != head.seq + 1 else CHANGED
                raise self._broken(ChainBreak(stream, row.seq, lost))
            yield row
            head = Head(row.seq, row.hash)

    def _broken(self, place: ChainBreak) -> JournalBroken:
        return JournalBroken(f"the journal in {self._driver.where} is broken at {place}. {TO_MEND}")

    def read_since(self, pos: int, limit: int) -> list[JournalRow]:
        """Return up to `limit` rows of all streams behind a position, in the order of positions."""
        return self.queries.journal_since(pos, limit)

    def verify_chain(self) -> list[ChainBreak]:
        """Recompute every hash and return each place where the journal is not what was written."""
        with self._driver.reading() as connection:  # before the rows: a hub may be writing meanwhile
            folded = [(row.stream, row.seq) for row in connection.execute(select(snapshots.c.stream, snapshots.c.seq))]
        heads = dict(self._stored_heads())
        found = [broken for stream in sorted(heads) for broken in breaks(self.read(stream))]
        for stream, seq in folded:
            last = heads.get(stream, BEGINNING).seq
            if last < seq:
                found.append(ChainBreak(stream, seq, f"the rows behind {last} are missing: a snapshot has them"))
        return found

    def snapshot(self, stream: str) -> tuple[int, bytes] | None:
        """Return (seq, state) of a stream's snapshot, or None if it has none."""
        statement = select(snapshots.c.seq, snapshots.c.data).where(snapshots.c.stream == stream)
        with self._driver.reading() as connection:
            row = connection.execute(statement).one_or_none()
        return None if row is None else (row.seq, row.data)

    def put_snapshot(self, stream: str, seq: int, data: bytes) -> None:
        """Keep a stream's folded state up to and with `seq`, in a transaction of its own."""
        with self.transaction() as group:
            group.upsert("snapshots", [(stream, seq, data)])

    def close(self) -> None:
        """Give the database back."""
        self._driver.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _stored_heads(self) -> Iterator[tuple[str, Head]]:
        """Yield every stream with its head, last name first: each step is one look at the end of an index."""
        last = select(journal.c.stream, journal.c.seq, journal.c.hash)
        last = last.order_by(journal.c.stream.desc(), journal.c.seq.desc()).limit(1)
        with self._driver.reading() as connection:
            row = connection.execute(last).one_or_none()
            while row is not None:
                yield row.stream, Head(row.seq, row.hash)
                row = connection.execute(last.where(journal.c.stream < row.stream)).one_or_none()
