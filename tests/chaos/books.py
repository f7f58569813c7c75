"""What a trader says of itself, read from its database in the words that the auditor compares."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import msgspec

IN_DOUBT = frozenset({"submitting", "unknown"})
SETTLED_SQL = """
    SELECT (SELECT count(*) FROM unread)
         + (SELECT count(*) FROM signals WHERE status = 'routing')
         + (SELECT count(*) FROM orders WHERE status IN ('submitting', 'unknown')
                OR (type = 'market' AND status IN ('working', 'partially_filled')))
         + (SELECT count(*) FROM trades WHERE status = 'closing')
         + (SELECT count(*) FROM signals s WHERE s.kind = 'open' AND s.status IN ('held', 'routed')
                AND NOT EXISTS (SELECT 1 FROM orders o WHERE o.signal_id = s.id))
"""


class Booked(msgspec.Struct, frozen=True):
    """An order in the trader's books; `filled` is signed (bought > 0).

    `withdrawable`: it may be cancelled before it was ever taken: a resting entry, which the sender cancels, or an order
    that closes what may be closed by another one.
    """

    tag: str
    symbol: str
    status: str
    filled: Decimal
    entry: bool
    withdrawable: bool = False


class Handled(msgspec.Struct, frozen=True):
    """What the books say became of a signal: its entry orders, or `ended` in words, or neither (pending)."""

    entries: tuple[str, ...] = ()
    ended: str | None = None


class Books(msgspec.Struct, frozen=True):
    """Everything that the trader knows, by the sender's ids and by client order ids."""

    signals: dict[str, Handled]
    orders: dict[str, Booked]
    positions: dict[str, Decimal]


def unsettled(database: Path) -> int:
    """Count what a hub has not finished."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        count: int = connection.execute(SETTLED_SQL).fetchone()[0]
        return count


def hub_books(database: Path) -> Books:
    """Read a hub's books from its projections, which `verify` compares with its journal."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        orders: dict[str, Booked] = {}
        entries: dict[str, list[str]] = {}
        for tag, signal, symbol, side, status, filled, leg, kind in connection.execute(
            "SELECT client_order_id, signal_id, symbol, side, status, filled, leg, type FROM orders"
        ):
            amount = Decimal(filled) * (1 if side == "buy" else -1)
            orders[tag] = Booked(tag, symbol, status, amount, leg == "entry", leg != "entry" or kind == "limit")
            if leg == "entry":
                entries.setdefault(signal, []).append(tag)
        signals: dict[str, Handled] = {}
        for external, kind, signal, status, code in connection.execute(
            "SELECT m.external_id, s.kind, s.id, s.status, s.code FROM messages m JOIN signals s ON s.message_id = m.id"
        ):
            ended = code if status == "refused" else None
            if kind != "open" and status == "routed":
                ended = "done"
            signals[external] = Handled(tuple(entries.get(signal, ())), ended)
        for external, status in connection.execute(
            "SELECT external_id, status FROM messages WHERE status IN ('none', 'unclear')"
        ):
            signals[external] = Handled(ended=status)
        positions = {s: Decimal(q) for s, q in connection.execute("SELECT symbol, quantity FROM positions")}
    return Books(signals, orders, {symbol: quantity for symbol, quantity in positions.items() if quantity})
