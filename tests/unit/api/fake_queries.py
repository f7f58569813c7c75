"""The store's queries over rows in memory, ordered and paged as the store does it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from tradewire.api.deps import Row
from tradewire.store.queries import UnknownCursor
from unit.api.fake_hub import NOW, FakeHub

D = Decimal
SIGNAL = {
    "id": "sabc-0",
    "message_id": "mabc",
    "kind": "open",
    "symbol": "BTCUSDT",
    "side": "buy",
    "text": "buy btc 80",
    "data": b'{"type":"open","symbol":"BTCUSDT","side":"buy"}',
    "status": "routed",
    "code": None,
    "reason": None,
    "ts": NOW + 1_000_000,
}
MESSAGE = {
    "id": "mabc",
    "source": "hook",
    "channel": "tv",
    "external_id": None,
    "revision": 0,
    "reply_to": None,
    "author": None,
    "account": None,
    "text": "buy btc 80",
    "body_hash": b"\xff",
    "status": "read",
    "reason": None,
    "ts_event": NOW,
    "ts_init": NOW,
}
TRACE = [
    {"account": None, "stage": "received", "code": None, "text": "received", "ts": NOW},
    {"account": None, "stage": "read", "code": None, "text": "buy BTCUSDT", "ts": NOW + 500_000},
    {"account": "paper", "stage": "approved", "code": None, "text": "buy 0.001", "ts": NOW + 700_000},
    {"account": "second", "stage": "refused", "code": "no_size", "text": "no size", "ts": NOW + 900_000},
    {"account": "paper", "stage": "filled", "code": None, "text": "at 80000", "ts": NOW + 1_700_000},
]
POSITION = {
    "account": "paper",
    "symbol": "BTCUSDT",
    "mode": "paper",
    "quantity": D("-0.00000001"),
    "average_price": D("8E+4"),
    "realised": D("0.10"),
    "ts_updated": NOW,
}


def order(number: int, **changes: Any) -> Row:
    """Return the row of an order; three a moment, as a group commit makes them."""
    row = {
        "client_order_id": f"tw{number:020d}",
        "account": "paper",
        "mode": "paper",
        "signal_id": "sabc-0",
        "trade_id": "tabc",
        "leg": "entry",
        "symbol": "BTCUSDT",
        "side": "buy",
        "type": "market",
        "quantity": D("0.0010"),
        "limit_price": None,
        "stop_price": None,
        "tif": "gtc",
        "reduce_only": False,
        "status": "filled",
        "filled": D("0.001"),
        "average_price": D("80000.10"),
        "fees": D("0.08"),
        "venue_order_id": "9",
        "reason": None,
        "ts_created": NOW + number // 3,
        "ts_updated": NOW + number // 3,
    }
    return {**row, **changes}


def fill(number: int) -> Row:
    return {
        "account": "paper",
        "exec_id": f"e{number}",
        "mode": "paper",
        "client_order_id": f"tw{number:020d}",
        "symbol": "BTCUSDT",
        "side": "buy",
        "quantity": D("0.001"),
        "price": D("80000.10"),
        "fee": D("0.08"),
        "fee_currency": "USDT",
        "ts_event": NOW,
        "ts_init": NOW,
    }


def trade(number: int, **changes: Any) -> Row:
    row = {
        "id": f"t{number}",
        "account": "paper",
        "mode": "paper",
        "signal_id": "sabc-0",
        "symbol": "BTCUSDT",
        "side": "buy",
        "status": "open",
        "quantity": D("0.001"),
        "open_quantity": D("0.001"),
        "entry_price": D(80000),
        "exit_price": None,
        "initial_stop": D(77760),
        "exits": b'{"stop":"77760"}',
        "exit_reason": None,
        "managed_by": "hub",
        "pnl": D(0),
        "fees": D(0),
        "currency": "USDT",
        "ts_opened": NOW + number,
        "ts_closed": None,
    }
    return {**row, **changes}


class FakeQueries:
    """Ten orders with a fill each, three trades, one signal with its message."""

    def __init__(self, hub: FakeHub) -> None:
        self._hub = hub
        self._orders = [order(number) for number in range(10)]
        self._fills = [fill(number) for number in range(10)]
        self._trades = [trade(0, status="closed", exits=b"null", ts_closed=NOW + 9), trade(1), trade(2)]

    def messages(self, *, limit: int, before: Any, **columns: str | None) -> Sequence[Row]:
        return _page([MESSAGE, *self._hub.rows.values()], columns, "ts_init", ("id",), limit, before)

    def message(self, message_id: str) -> Row | None:
        return MESSAGE if message_id == "mabc" else self._hub.rows.get(message_id)

    def signals(self, *, limit: int, before: Any, **columns: str | None) -> Sequence[Row]:
        return _page([SIGNAL], columns, "ts", ("id",), limit, before)

    def signal(self, signal_id: str) -> Row | None:
        return SIGNAL if signal_id == "sabc-0" else None

    def trace(self, signal_id: str) -> Sequence[Row]:
        return TRACE

    def orders(self, *, limit: int, before: Any, **columns: str | None) -> Sequence[Row]:
        return _page(self._orders, columns, "ts_created", ("client_order_id",), limit, before)

    def order(self, client_order_id: str) -> Row | None:
        found = _one(self._orders, "client_order_id", client_order_id)
        fills = [fill for fill in self._fills if fill["client_order_id"] == client_order_id]
        return None if found is None else {**found, "fills": fills}

    def fills(self, *, limit: int, before: Any, **columns: str | None) -> Sequence[Row]:
        return _page(self._fills, columns, "ts_init", ("client_order_id", "exec_id"), limit, before)

    def positions(self, **columns: str | None) -> Sequence[Row]:
        return _matching([POSITION], columns)

    def trades(self, *, limit: int, before: Any, **columns: str | None) -> Sequence[Row]:
        return _page(self._trades, columns, "ts_opened", ("id",), limit, before)

    def trade(self, trade_id: str) -> Row | None:
        return _one(self._trades, "id", trade_id)

    def hooks(self) -> Sequence[Row]:
        return [
            {"name": name, "token_hash": b"", "account": account, "ts_created": NOW}
            for name, account in self._hub.hooks.values()
        ]


def _matching(rows: Sequence[Row], columns: Mapping[str, str | None]) -> list[Row]:
    return [row for row in rows if all(value is None or row[name] == value for name, value in columns.items())]


def _one(rows: Sequence[Row], column: str, value: str) -> Row | None:
    return next((row for row in rows if row[column] == value), None)


def _page(
    rows: Sequence[Row],
    columns: Mapping[str, str | None],
    moment: str,
    keys: tuple[str, ...],
    limit: int,
    before: str | tuple[str, str] | None,
) -> list[Row]:
    def key(row: Row) -> tuple[str, ...]:
        return tuple(row[name] for name in keys)

    def place(row: Row) -> tuple[Any, ...]:
        return row[moment], key(row)

    newest_first = sorted(_matching(rows, columns), key=place, reverse=True)
    if before is None:
        return newest_first[:limit]
    last = (before,) if isinstance(before, str) else before
    behind = next((place(row) for row in rows if key(row) == last), None)
    if behind is None:
        raise UnknownCursor(f"no row {last}")
    return [row for row in newest_first if place(row) < behind][:limit]
