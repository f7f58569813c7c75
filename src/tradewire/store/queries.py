"""What screens, tools and recovery ask of the projections: every answer is plain dicts keyed by column name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from msgspec.structs import asdict
from sqlalchemy import ColumnElement, Integer, Select, Table, func, literal_column, select, tuple_

from tradewire.domain import ids
from tradewire.store import tables as t
from tradewire.store.chain import JournalRow
from tradewire.store.driver import Driver
from tradewire.store.statements import Members
from tradewire.store.steps import unpack

Item = dict[str, Any]
Wanted = str | Sequence[str] | None
"""One value, any of several, or all."""

ENTRY = "entry"
_BATCH = 500
_LONGEST_UNREAD = 3_600_000_000_000
"""A message is read within an hour (ns) of its arrival: rows of messages stand in the order of their reading."""
_rowid: ColumnElement[int] = literal_column("rowid", Integer)
"""SQLite's own number of a row: rows keep the order in which they came."""
_OPEN = {
    "orders": (frozenset({"filled", "cancelled", "rejected", "expired"}), t.ORDER_OPEN),
    "trades": (frozenset({"closed"}), t.TRADE_OPEN),
}
"""The final statuses of a table, and the words of the index that holds its other rows."""


class UnknownCursor(LookupError):
    """The row behind which a page was asked for does not exist."""


class Queries:
    """Reads of committed rows, safe in any thread (but for `known_messages`).

    Lists come newest first, `limit` rows at most (None: all); `before` is the primary key of the last row of the page
    before (`(client_order_id, exec_id)` for a fill). A filter that is None does not filter.
    """

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        self._by_arrival = driver.dialect.name == "sqlite"
        self._known = Members(t.messages.c.id, driver.dialect)

    def messages(
        self,
        *,
        source: str | None = None,
        channel: str | None = None,
        account: str | None = None,
        status: Wanted = None,
        limit: int | None = 100,
        before: str | None = None,
    ) -> list[Item]:
        """Return messages by the time they were received."""
        wanted = {"source": source, "channel": channel, "account": account, "status": status}
        return self._page(t.messages, t.messages.c.ts_init, wanted, limit, before)

    def signals(
        self,
        *,
        message_id: str | None = None,
        symbol: str | None = None,
        status: Wanted = None,
        limit: int | None = 100,
        before: str | None = None,
    ) -> list[Item]:
        """Return signals by the time they were read."""
        wanted = {"message_id": message_id, "symbol": symbol, "status": status}
        near = () if message_id is None or not self._by_arrival else _ids_from(ids.signal_id(message_id, 0))
        return self._page(t.signals, t.signals.c.ts, wanted, limit, before, near)

    def orders(
        self,
        *,
        account: str | None = None,
        status: Wanted = None,
        symbol: str | None = None,
        signal_id: str | None = None,
        trade_id: str | None = None,
        limit: int | None = 100,
        before: str | None = None,
    ) -> list[Item]:
        """Return orders by the time they were made."""
        wanted = {
            "account": account,
            "status": status,
            "symbol": symbol,
            "signal_id": signal_id,
            "trade_id": trade_id,
        }
        return self._page(t.orders, t.orders.c.ts_created, wanted, limit, before)

    def fills(
        self,
        *,
        account: str | None = None,
        symbol: str | None = None,
        client_order_id: str | None = None,
        limit: int | None = 100,
        before: tuple[str, str] | None = None,
    ) -> list[Item]:
        """Return fills by the time the hub learnt of them."""
        wanted = {"account": account, "symbol": symbol, "client_order_id": client_order_id}
        return self._page(t.fills, t.fills.c.ts_init, wanted, limit, before)

    def trades(
        self,
        *,
        account: str | None = None,
        status: Wanted = None,
        symbol: str | None = None,
        signal_id: str | None = None,
        limit: int | None = 100,
        before: str | None = None,
    ) -> list[Item]:
        """Return trades by the time they were opened."""
        wanted = {"account": account, "status": status, "symbol": symbol, "signal_id": signal_id}
        near = () if signal_id is None or not self._by_arrival else [t.trades.c.id.in_(self._trades_of(signal_id))]
        return self._page(t.trades, t.trades.c.ts_opened, wanted, limit, before, near)

    def _trades_of(self, signal: str) -> list[str]:
        """Return the ids that a signal's trades have, one for each account."""
        return [ids.trade_id(ids.client_order_id(signal, account["id"], ENTRY)) for account in self.accounts()]

    def positions(
        self, *, account: str | None = None, symbol: str | None = None, open_only: bool = False
    ) -> list[Item]:
        """Return positions by account and symbol; `open_only` leaves out those that came back to zero."""
        statement = _filtered(t.positions, {"account": account, "symbol": symbol})
        found = self._all(statement.order_by(*t.positions.primary_key.columns))
        return [item for item in found if item["quantity"]] if open_only else found

    def accounts(self) -> list[Item]:
        """Return all accounts by id."""
        return self._all(select(t.accounts).order_by(t.accounts.c.id))

    def hooks(self) -> list[Item]:
        """Return all webhooks by name."""
        return self._all(select(t.hooks).order_by(t.hooks.c.name))

    def backtests(self, *, state: Wanted = None, limit: int | None = 100, before: str | None = None) -> list[Item]:
        """Return the Lab's backtests by the time they were asked for."""
        return self._page(t.backtests, t.backtests.c.ts_created, {"state": state}, limit, before)

    def exit_marks(self, *, account: str | None = None) -> list[Item]:
        """Return where in each account's stream the last move of a symbol's stops stands."""
        return self._all(_filtered(t.exit_marks, {"account": account}).order_by(*t.exit_marks.primary_key.columns))

    def trace(self, signal_id: str) -> list[Item]:
        """Return the story of a signal, oldest step first, each with the journal's `pos` that it stems from."""
        statement = _filtered(t.trace, {"signal_id": signal_id}).order_by(t.trace.c.pos)
        return [
            {"signal_id": signal_id, "pos": row["pos"], **asdict(step)}
            for row in self._all(statement)
            for step in unpack(row["steps"])
        ]

    def message(self, id: str) -> Item | None:
        """Return one message, or None."""
        return self._one(t.messages, (id,))

    def signal(self, id: str) -> Item | None:
        """Return one signal, or None."""
        return self._one(t.signals, (id,))

    def trade(self, id: str) -> Item | None:
        """Return one trade, or None."""
        return self._one(t.trades, (id,))

    def backtest(self, id: str) -> Item | None:
        """Return one backtest, or None."""
        return self._one(t.backtests, (id,))

    def backtest_part(self, id: str, name: str) -> bytes | None:
        """Return a part of what a backtest came to (gzip), or None."""
        found = self._one(t.backtest_parts, (id, name))
        return None if found is None else found["data"]

    def backtest_parts(self, id: str) -> list[str]:
        """Return the names of the parts that there are."""
        parts = t.backtest_parts
        named = select(parts.c.name).where(parts.c.backtest_id == id).order_by(parts.c.name)
        return [item["name"] for item in self._all(named)]

    def account(self, id: str) -> Item | None:
        """Return one account, or None."""
        return self._one(t.accounts, (id,))

    def position(self, account: str, symbol: str) -> Item | None:
        """Return one position, or None."""
        return self._one(t.positions, (account, symbol))

    def order(self, client_order_id: str) -> Item | None:
        """Return one order with all that was filled of it, oldest first, under the key "fills"; or None."""
        found = self._one(t.orders, (client_order_id,))
        if found is not None:
            statement = _filtered(t.fills, {"client_order_id": client_order_id, "account": found["account"]})
            found["fills"] = self._all(statement.order_by(t.fills.c.ts_init, t.fills.c.exec_id))
        return found

    def known_messages(self, ids: Sequence[str]) -> set[str]:
        """Return those of `ids` that are stored already.

        Every arriving message asks this, so it takes the writer's connection: only the writer's thread may call it.
        """
        return {row[0] for statement, values in self._known.split(ids) for row in self._driver.fetch(statement, values)}

    def unread(self) -> dict[str, int]:
        """Return the messages that wait to be read, oldest first: id → place in the journal's stream `inbox`."""
        statement = select(t.unread.c.message_id, t.unread.c.seq).order_by(t.unread.c.seq)
        return {item["message_id"]: item["seq"] for item in self._all(statement)}

    def recent_bodies(self, since: int) -> list[Item]:
        """Return id, source, channel, body_hash and ts_init of hashed messages received at or after `since`."""
        columns = t.messages.c["id", "source", "channel", "body_hash", "ts_init"]
        wanted = [t.messages.c.ts_init >= since, t.messages.c.body_hash.is_not(None)]
        if self._by_arrival:
            wanted.append(self._rowid_at(t.messages, t.messages.c.ts_init, since - _LONGEST_UNREAD) <= _rowid)
        return self._all(select(*columns).where(*wanted).order_by(t.messages.c.ts_init, t.messages.c.id))

    def journal_row(self, stream: str, seq: int) -> JournalRow | None:
        """Return one row of the journal, or None."""
        found = self._one(t.journal, (stream, seq))
        return None if found is None else JournalRow(**found)

    def journal_end(self) -> int:
        """Return the position of the last committed row, whoever wrote it; 0 in an empty journal."""
        last = select(func.max(t.journal.c.pos))
        if self._by_arrival:
            last = select(t.journal.c.pos).order_by(_rowid.desc()).limit(1)
        with self._driver.reading() as connection:
            pos: int | None = connection.execute(last).scalar()
        return pos or 0

    def journal_since(self, pos: int, limit: int) -> list[JournalRow]:
        """Return up to `limit` rows of all streams behind a position, in the order of positions."""
        statement = select(t.journal).where(t.journal.c.pos > pos).order_by(t.journal.c.pos).limit(limit)
        if self._by_arrival:
            start = self._rowid_at(t.journal, t.journal.c.pos, pos)
            statement = select(t.journal).where(_rowid >= start, t.journal.c.pos > pos).order_by(_rowid).limit(limit)
        with self._driver.reading() as connection:
            return [JournalRow(*row) for row in connection.execute(statement)]

    def journal_streams(self) -> list[str]:
        """Return the names of all streams that have rows, sorted."""
        statement = select(t.journal.c.stream).distinct().order_by(t.journal.c.stream)
        return [item["stream"] for item in self._all(statement)]

    def scan(self, table: Table) -> Iterator[Item]:
        """Yield every row of a projection by primary key, a batch in memory at a time."""
        keys = list(table.primary_key.columns)
        batch = statement = select(table).order_by(*keys).limit(_BATCH)
        while found := self._all(batch):
            yield from found
            batch = statement.where(tuple_(*keys) > tuple(found[-1][key.name] for key in keys))

    def _page(
        self,
        table: Table,
        time: ColumnElement[int],
        wanted: Mapping[str, Wanted],
        limit: int | None,
        before: str | tuple[str, ...] | None,
        near: Iterable[ColumnElement[bool]] = (),
    ) -> list[Item]:
        """Return a page, newest first: by arrival where the database numbers rows, else by time and primary key.

        `near` says where in the primary key's index the rows stand, if that is known.

        Raises:
            UnknownCursor: there is no row `before`.
        """
        keys = list(table.primary_key.columns)
        order = [_rowid] if self._by_arrival else [time, *keys]
        statement = _filtered(table, wanted).where(*near).order_by(*(column.desc() for column in order)).limit(limit)
        if before is not None:
            last = (before,) if isinstance(before, str) else before
            place = self._all(select(*order).select_from(table).where(*_is(keys, last)))
            if not place:
                raise UnknownCursor(f"{table.name} has no row {'/'.join(last)}")
            at = tuple(place[0].values())
            statement = statement.where(order[0] <= at[0], tuple_(*order) < at)
        return self._all(statement)

    def _rowid_at(self, table: Table, column: ColumnElement[int], value: int) -> int:
        """Return where the rows begin whose `column`, which grows with arrival, is `value` or more: by halving."""
        with self._driver.reading() as connection:
            ends = select(func.coalesce(func.min(_rowid), 0), func.coalesce(func.max(_rowid) + 1, 0))
            low, high = connection.execute(ends.select_from(table)).one()
            while low < high:
                middle = (low + high) // 2
                at = select(column).where(_rowid >= middle).order_by(_rowid).limit(1)
                if connection.execute(at).scalar_one() < value:
                    low = middle + 1
                else:
                    high = middle
        return low

    def _one(self, table: Table, key: tuple[Any, ...]) -> Item | None:
        found = self._all(select(table).where(*_is(table.primary_key.columns, key)))
        return found[0] if found else None

    def _all(self, statement: Select[Any]) -> list[Item]:
        with self._driver.reading() as connection:
            found = connection.execute(statement)
            names = tuple(map(str, found.keys()))  # The database library's names are strings of its own kind.
            return [dict(zip(names, row, strict=True)) for row in found]


def _ids_from(first: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Return where the signals of one message stand among all: their ids differ only in what follows the dash."""
    stem = first[: first.rindex("-")]
    return t.signals.c.id > f"{stem}-", t.signals.c.id < f"{stem}."  # "." comes right after "-"


def _is(columns: Iterable[ColumnElement[Any]], values: Sequence[Any]) -> list[ColumnElement[bool]]:
    return [column == value for column, value in zip(columns, values, strict=True)]


def _filtered(table: Table, wanted: Mapping[str, Wanted]) -> Select[Any]:
    statement = select(table)
    closed, is_open = _OPEN.get(table.name, (frozenset(), None))
    status = wanted.get("status")
    if is_open is not None and status and closed.isdisjoint([status] if isinstance(status, str) else status):
        statement = statement.where(is_open)
    for name, value in wanted.items():
        if isinstance(value, str):
            statement = statement.where(table.c[name] == value)
        elif value is not None:
            statement = statement.where(table.c[name].in_(value))
    return statement
