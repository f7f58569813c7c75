"""The Lab's rows in the hub's database. Written on the hub's thread, in commits as small as a message's."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import msgspec

from tradewire.api.lab import NoBacktest, Row
from tradewire.store.journal import Store

ENDED = frozenset({"done", "failed", "cancelled", "interrupted"})
_JSON = ("request", "figures")


class Book:
    """Backtests by id."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, id: str, request: Mapping[str, Any], ts: int) -> None:
        """Write a backtest that waits."""
        row = {
            "id": id,
            "strategy": request["strategy"],
            "data": request["data"],
            "state": "queued",
            "field": None,
            "reason": None,
            "request": request,
            "figures": None,
            "ts_created": ts,
            "ts_started": None,
            "ts_ended": None,
        }
        self._write(row)

    def change(self, id: str, **changes: Any) -> Row:
        """Write what became of a backtest and return its row.

        Raises:
            NoBacktest: there is none.
        """
        row = {**self.row(id), **changes}
        self._write(row)
        return row

    async def keep(self, id: str, parts: Mapping[str, bytes]) -> None:
        """Write what a backtest came to, a part at a time: what else is to be done goes in between."""
        for name, data in parts.items():
            with self._store.transaction() as group:
                group.upsert("backtest_parts", [(id, name, data)])
            await asyncio.sleep(0)

    async def forget(self, id: str) -> None:
        """Remove a backtest and its parts."""
        with self._store.transaction() as group:
            group.delete("backtests", [(id,)])
        await self.drop_parts(id)

    async def drop_parts(self, id: str) -> None:
        """Remove what a backtest came to."""
        for name in self._store.queries.backtest_parts(id):
            with self._store.transaction() as group:
                group.delete("backtest_parts", [(id, name)])
            await asyncio.sleep(0)

    def row(self, id: str) -> Row:
        """Return a backtest.

        Raises:
            NoBacktest: there is none.
        """
        row = self._store.queries.backtest(id)
        if row is None:
            raise NoBacktest(f"there is no backtest {id!r}")
        return _read(row)

    def listed(self, state: str | None, limit: int | None, before: str | None) -> list[Row]:
        """Return backtests, newest first."""
        return [_read(row) for row in self._store.queries.backtests(state=state, limit=limit, before=before)]

    def part(self, id: str, name: str) -> bytes | None:
        """Return a part as it was kept."""
        return self._store.queries.backtest_part(id, name)

    def _write(self, row: Row) -> None:
        packed = {name: msgspec.json.encode(row[name]) if row[name] is not None else None for name in _JSON}
        with self._store.transaction() as group:
            group.upsert("backtests", [{**row, **packed}])


def _read(row: Mapping[str, Any]) -> Row:
    return {**row, **{name: msgspec.json.decode(row[name]) if row[name] is not None else None for name in _JSON}}
