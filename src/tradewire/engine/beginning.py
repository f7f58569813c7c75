"""What a start has to tell its owner although it can begin: a broken journal, trades that nobody watches."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from tradewire.domain.order import OrderStatus
from tradewire.engine.trade import TradeStatus
from tradewire.store.journal import TO_MEND, Store
from tradewire.store.queries import Queries

NAMED = 5
"""Trades and orders that are told by name; more are only counted."""
OPEN_TRADES = [TradeStatus.OPEN.value, TradeStatus.CLOSING.value]
OPEN_ORDERS = [status.value for status in OrderStatus if not status.is_final]


def broken_rows(store: Store) -> Iterator[str]:
    """Yield a sentence where the journal is broken at rows that the start did not need."""
    breaks = store.verify_chain()
    if breaks:
        more = f" (and {len(breaks) - 1} more)" if len(breaks) > 1 else ""
        yield f"the journal is broken at {breaks[0]}{more}; `tradewire verify` names all. {TO_MEND}"


def unmanaged(queries: Queries, managed: Collection[str]) -> dict[str, str]:
    """Return the accounts besides the `managed` ones that have open trades or working orders, and which."""
    found = {}
    for account in queries.accounts():
        if account["id"] in managed:
            continue
        trades = [
            f"{row['id']} {row['symbol']}"
            for row in queries.trades(account=account["id"], status=OPEN_TRADES, limit=None)
        ]
        orders = [
            f"{row['client_order_id']} {row['symbol']}"
            for row in queries.orders(account=account["id"], status=OPEN_ORDERS, limit=None)
        ]
        parts = [_told(names, what) for names, what in ((trades, "open trade"), (orders, "working order")) if names]
        if parts:
            found[account["id"]] = (
                f"not managed, nobody watches its stops: {' and '.join(parts)}; put the account back into the "
                "configuration, or close them at its venue"
            )
    return found


def _told(names: list[str], what: str) -> str:
    listed = ", ".join(names[:NAMED]) + (", …" if len(names) > NAMED else "")
    return f"{len(names)} {what}{'s' if len(names) > 1 else ''} ({listed})"
