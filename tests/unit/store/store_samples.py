"""Whole rows to write, so that a test states only what it is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from tradewire.store import Store


def message(id: str, **changes: Any) -> dict[str, Any]:
    row = {
        "id": id,
        "source": "hook",
        "channel": "tv",
        "external_id": None,
        "revision": 0,
        "reply_to": None,
        "author": None,
        "account": None,
        "text": "buy btc 80",
        "body_hash": None,
        "status": "received",
        "reason": None,
        "ts_event": 10,
        "ts_init": 11,
    }
    return row | changes


def signal(id: str, **changes: Any) -> dict[str, Any]:
    row = {
        "id": id,
        "message_id": "m1",
        "kind": "open",
        "symbol": "BTCUSDT",
        "side": "buy",
        "text": "buy btc 80",
        "data": b"{}",
        "status": "routed",
        "code": None,
        "reason": None,
        "ts": 12,
    }
    return row | changes


def order(client_order_id: str, **changes: Any) -> dict[str, Any]:
    row = {
        "client_order_id": client_order_id,
        "account": "a",
        "mode": "paper",
        "signal_id": "s1",
        "trade_id": "t1",
        "leg": "entry",
        "symbol": "BTCUSDT",
        "side": "buy",
        "type": "limit",
        "quantity": Decimal("0.00123"),
        "limit_price": Decimal("64000.5"),
        "stop_price": None,
        "tif": "gtc",
        "reduce_only": False,
        "status": "submitting",
        "filled": Decimal(0),
        "average_price": None,
        "fees": Decimal(0),
        "venue_order_id": None,
        "reason": None,
        "ts_created": 20,
        "ts_updated": 20,
    }
    return row | changes


def fill(exec_id: str, **changes: Any) -> dict[str, Any]:
    row = {
        "account": "a",
        "exec_id": exec_id,
        "mode": "paper",
        "client_order_id": "o1",
        "symbol": "BTCUSDT",
        "side": "buy",
        "quantity": Decimal("0.001"),
        "price": Decimal("64000.5"),
        "fee": Decimal("0.05"),
        "fee_currency": "USDT",
        "ts_event": 30,
        "ts_init": 31,
    }
    return row | changes


def position(symbol: str, quantity: Decimal, **changes: Any) -> dict[str, Any]:
    row = {
        "account": "a",
        "symbol": symbol,
        "mode": "paper",
        "quantity": quantity,
        "average_price": Decimal("64000.5"),
        "realised": Decimal("-1.25"),
        "ts_updated": 32,
    }
    return row | changes


def trade(id: str, **changes: Any) -> dict[str, Any]:
    row = {
        "id": id,
        "account": "a",
        "mode": "paper",
        "signal_id": "s1",
        "symbol": "BTCUSDT",
        "side": "buy",
        "status": "open",
        "quantity": Decimal("0.001"),
        "open_quantity": Decimal("0.001"),
        "entry_price": Decimal("64000.5"),
        "exit_price": None,
        "initial_stop": None,
        "exits": b"{}",
        "exit_reason": None,
        "managed_by": "hub",
        "pnl": Decimal(0),
        "fees": Decimal("0.05"),
        "currency": "USDT",
        "ts_opened": 33,
        "ts_closed": None,
    }
    return row | changes


def commit(store: Store, *streams: str, **rows: Sequence[Mapping[str, Any]]) -> None:
    """Append a row to each of `streams` and upsert rows by table; fills are inserted."""
    with store.transaction() as group:
        for stream in streams:
            group.append(stream, "step", 1, b"{}")
        for table, new in rows.items():
            (group.insert if table == "fills" else group.upsert)(table, new)
