"""Sweeps in the database: what was asked, the figures of the combinations that were run, and what they came to.

One row a chunk of combinations: what is there is done, what is not is still to do, whoever does it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from msgspec import Struct, structs
from sqlalchemy import func, select

from tradewire.store import migrate
from tradewire.store.driver import Driver, connect, location
from tradewire.store.statements import TableSql
from tradewire.store.tables import sweep_chunks, sweeps

RUNNING, INTERRUPTED, DONE = "running", "interrupted", "done"


class NoSweep(LookupError):
    """There is no such sweep."""


class SweepRow(Struct, frozen=True):
    """One sweep. `spec` and `result` are JSON (`result` None until it is done); `total` combinations are to be run."""

    id: str
    strategy: str
    data: str
    status: str
    spec: bytes
    fingerprint: str
    total: int
    result: bytes | None
    ts_created: int
    ts_updated: int


class SweepStore:
    """The sweeps of one database. Any process may write chunks; a chunk that is written twice is there once."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        self._sweeps = TableSql(sweeps, driver.dialect)
        self._chunks = TableSql(sweep_chunks, driver.dialect)

    @classmethod
    def open(cls, url: str | Path, *, create: bool = True) -> SweepStore:
        """Open the database at a path or URL, and bring its tables up to date; without `create` nothing is changed.

        Raises:
            StoreError: as the tree in `errors` says.
        """
        driver = connect(location(url), create=create)
        try:
            migrate.ensure_current(driver, allowed=create)
            return cls(driver)
        except BaseException:
            driver.close()
            raise

    @property
    def where(self) -> str:
        """The database in a person's words."""
        return self._driver.where

    def put(self, row: SweepRow) -> None:
        """Write a sweep, or write it anew."""
        self._driver.write([(self._sweeps.upsert, [structs.astuple(row)])])

    def put_chunk(self, sweep_id: str, chunk: int, count: int, data: bytes) -> None:
        """Write the figures of a chunk of `count` combinations, durably."""
        self._driver.write([(self._chunks.upsert, [(sweep_id, chunk, count, data)])])

    def get(self, sweep_id: str) -> SweepRow:
        """Return a sweep.

        Raises:
            NoSweep: there is none of this id; the message names the newest one.
        """
        with self._driver.reading() as connection:
            row = connection.execute(select(sweeps).where(sweeps.c.id == sweep_id)).one_or_none()
        if row is None:
            newest = next(iter(self.listed(1)), None)
            raise NoSweep(f"there is no sweep {sweep_id}" + (f"; the newest is {newest.id}" if newest else ""))
        return _row(row)

    def listed(self, limit: int = 50) -> list[SweepRow]:
        """Return the newest sweeps, newest first."""
        newest = select(sweeps).order_by(sweeps.c.ts_created.desc(), sweeps.c.id).limit(limit)
        with self._driver.reading() as connection:
            return [_row(row) for row in connection.execute(newest)]

    def chunks_done(self, sweep_id: str) -> dict[int, int]:
        """Return the chunks that are there, each with its number of combinations."""
        found = select(sweep_chunks.c.chunk, sweep_chunks.c.count).where(sweep_chunks.c.sweep_id == sweep_id)
        with self._driver.reading() as connection:
            return {row[0]: row[1] for row in connection.execute(found)}

    def count_done(self, sweep_id: str) -> int:
        """Return how many combinations were run."""
        found = select(func.sum(sweep_chunks.c.count)).where(sweep_chunks.c.sweep_id == sweep_id)
        with self._driver.reading() as connection:
            return int(connection.execute(found).scalar() or 0)

    def chunks(self, sweep_id: str) -> Iterator[tuple[int, bytes]]:
        """Yield the chunks in order, one in memory at a time."""
        last = -1
        while True:
            found = (
                select(sweep_chunks.c.chunk, sweep_chunks.c.data)
                .where(sweep_chunks.c.sweep_id == sweep_id, sweep_chunks.c.chunk > last)
                .order_by(sweep_chunks.c.chunk)
                .limit(1)
            )
            with self._driver.reading() as connection:
                row = connection.execute(found).one_or_none()
            if row is None:
                return
            last = row[0]
            yield last, bytes(row[1])

    def close(self) -> None:
        """Give the database back."""
        self._driver.close()

    def __enter__(self) -> SweepStore:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _row(row: Any) -> SweepRow:
    values = row._asdict()
    for name in ("spec", "result"):
        values[name] = None if values[name] is None else bytes(values[name])
    return SweepRow(**values)
