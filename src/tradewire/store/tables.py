"""The database: a journal that is the truth, and projections of it that the screens read.

Money is `Exact` (text): SQLite's numbers would lose digits. Times are epoch nanoseconds in a BIGINT. The column names
are the keys of the API. Every projection row that belongs to an account carries the account's `mode`.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    TypeDecorator,
    text,
)
from sqlalchemy.engine import Dialect

from tradewire.domain.numbers import plain

metadata = MetaData()
ON_POSTGRES = {"dialect": "postgresql"}
"""Marks an index that SQLite does without: it keeps rows in the order of their arrival, and compares ids by bytes."""
ORDER_OPEN = text("status <> 'filled' AND status <> 'cancelled' AND status <> 'rejected' AND status <> 'expired'")
TRADE_OPEN = text("status <> 'closed'")
"""The conditions of the indexes of open rows; a query uses such an index if it carries the very same words."""
FIXED = {"fixed": True}
"""Marks an indexed column that never changes: rows are written anew without touching its index."""


class Exact(TypeDecorator[Decimal]):
    """A decimal kept to its last digit, as text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:
        return None if value is None else plain(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value)


journal = Table(
    "journal",
    metadata,
    Column("stream", Text, primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("pos", BigInteger, nullable=False),
    Column("ts", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("data", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Index("ix_journal_pos", "pos", info=ON_POSTGRES),
)
"""One row a step. `pos` grows over all streams (epoch ns of the commit, made unique): the id of the event stream."""

snapshots = Table(
    "snapshots",
    metadata,
    Column("stream", Text, primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("data", LargeBinary, nullable=False),
)
"""A stream's folded state up to and with `seq`, so that start-up need not fold from the first row."""

unread = Table(
    "unread",
    metadata,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("message_id", Text, nullable=False),
)
"""Messages that are stored and wait to be read: where each stands in the journal's stream `inbox`."""

messages = Table(
    "messages",
    metadata,
    Column("id", Text, primary_key=True),
    Column("source", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("external_id", Text),
    Column("revision", Integer, nullable=False),
    Column("reply_to", Text),
    Column("author", Text),
    Column("account", Text),
    Column("text", Text, nullable=False),
    Column("body_hash", LargeBinary),
    Column("status", Text, nullable=False),  # read | none | unclear
    Column("reason", Text),
    Column("ts_event", BigInteger, nullable=False),
    Column("ts_init", BigInteger, nullable=False, info=FIXED),
    Index("ix_messages_ts_init", "ts_init", info=ON_POSTGRES),
)

signals = Table(
    "signals",
    metadata,
    Column("id", Text, primary_key=True),
    Column("message_id", Text, nullable=False, info=FIXED),
    Column("kind", Text, nullable=False),  # open | close | adjust | cancel | move | adopt | control
    Column("symbol", Text),
    Column("side", Text),
    Column("text", Text, nullable=False),
    Column("data", LargeBinary, nullable=False),
    Column("status", Text, nullable=False),  # routing | held | routed | refused
    Column("code", Text),
    Column("reason", Text),
    Column("ts", BigInteger, nullable=False, info=FIXED),
    Index("ix_signals_ts", "ts", info=ON_POSTGRES),
    Index("ix_signals_message", "message_id", info=ON_POSTGRES),
)

trace = Table(
    "trace",
    metadata,
    Column("signal_id", Text, primary_key=True),
    Column("pos", BigInteger, primary_key=True, autoincrement=False),
    Column("steps", LargeBinary, nullable=False),  # as `steps.pack` writes them
)
"""The story of a signal, a row a journal row that adds to it: received, read, routed, approved, submitting, filled …"""

orders = Table(
    "orders",
    metadata,
    Column("client_order_id", Text, primary_key=True),
    Column("account", Text, nullable=False),
    Column("mode", Text, nullable=False),
    Column("signal_id", Text, nullable=False, info=FIXED),
    Column("trade_id", Text, nullable=False),
    Column("leg", Text, nullable=False),
    Column("symbol", Text, nullable=False),
    Column("side", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("quantity", Exact, nullable=False),
    Column("limit_price", Exact),
    Column("stop_price", Exact),
    Column("tif", Text, nullable=False),
    Column("reduce_only", Boolean, nullable=False),
    Column("status", Text, nullable=False),
    Column("filled", Exact, nullable=False),
    Column("average_price", Exact),
    Column("fees", Exact, nullable=False),
    Column("venue_order_id", Text),
    Column("reason", Text),
    Column("ts_created", BigInteger, nullable=False),  # changes when an order is sent again
    Column("ts_updated", BigInteger, nullable=False),
    Index("ix_orders_created", "ts_created", info=ON_POSTGRES),
    Index("ix_orders_open", "account", sqlite_where=ORDER_OPEN, postgresql_where=ORDER_OPEN),
    Index("ix_orders_signal", "signal_id"),
)

fills = Table(
    "fills",
    metadata,
    Column("account", Text, nullable=False),
    Column("exec_id", Text, nullable=False),
    Column("mode", Text, nullable=False),
    Column("client_order_id", Text, nullable=False),
    Column("symbol", Text, nullable=False),
    Column("side", Text, nullable=False),
    Column("quantity", Exact, nullable=False),
    Column("price", Exact, nullable=False),
    Column("fee", Exact, nullable=False),
    Column("fee_currency", Text, nullable=False),
    Column("ts_event", BigInteger, nullable=False),
    Column("ts_init", BigInteger, nullable=False, info=FIXED),
    PrimaryKeyConstraint("client_order_id", "exec_id"),
    Index("ix_fills_ts", "ts_init", info=ON_POSTGRES),
)

positions = Table(
    "positions",
    metadata,
    Column("account", Text, primary_key=True),
    Column("symbol", Text, primary_key=True),
    Column("mode", Text, nullable=False),
    Column("quantity", Exact, nullable=False),
    Column("average_price", Exact, nullable=False),
    Column("realised", Exact, nullable=False),
    Column("ts_updated", BigInteger, nullable=False),
)
"""What our fills add up to, net a symbol; a closed position stays with quantity 0."""

trades = Table(
    "trades",
    metadata,
    Column("id", Text, primary_key=True),
    Column("account", Text, nullable=False),
    Column("mode", Text, nullable=False),
    Column("signal_id", Text, nullable=False, info=FIXED),
    Column("symbol", Text, nullable=False),
    Column("side", Text, nullable=False),
    Column("status", Text, nullable=False),  # open | closing | closed
    Column("quantity", Exact, nullable=False),
    Column("open_quantity", Exact, nullable=False),
    Column("entry_price", Exact, nullable=False),
    Column("exit_price", Exact),
    Column("initial_stop", Exact),
    Column("exits", LargeBinary, nullable=False),  # the resolved exits, as JSON
    Column("exit_reason", Text),
    Column("managed_by", Text, nullable=False),  # hub | venue: who watches the stop
    Column("pnl", Exact, nullable=False),
    Column("fees", Exact, nullable=False),
    Column("currency", Text, nullable=False),
    Column("ts_opened", BigInteger, nullable=False, info=FIXED),
    Column("ts_closed", BigInteger),
    Index("ix_trades_opened", "ts_opened", info=ON_POSTGRES),
    Index("ix_trades_open", "account", sqlite_where=TRADE_OPEN, postgresql_where=TRADE_OPEN),
    Index("ix_trades_signal", "signal_id", info=ON_POSTGRES),
)

exit_marks = Table(
    "exit_marks",
    metadata,
    Column("account", Text, primary_key=True),
    Column("symbol", Text, primary_key=True),
    Column("seq", BigInteger, nullable=False),
)
"""Where in an account's stream the last move of a symbol's stops stands: a batch of 10,000 costs one small row."""

accounts = Table(
    "accounts",
    metadata,
    Column("id", Text, primary_key=True),
    Column("venue", Text, nullable=False),
    Column("mode", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("netting", Text, nullable=False),
    Column("halted", Boolean, nullable=False),
    Column("balance", Exact, nullable=False),
    Column("peak_balance", Exact, nullable=False),
    Column("ts_born", BigInteger, nullable=False),
    Column("ts_updated", BigInteger, nullable=False),
)

hooks = Table(
    "hooks",
    metadata,
    Column("name", Text, primary_key=True),
    Column("token_hash", LargeBinary, nullable=False, unique=True),
    Column("account", Text),
    Column("ts_created", BigInteger, nullable=False),
)

sweeps = Table(
    "sweeps",
    metadata,
    Column("id", Text, primary_key=True),
    Column("strategy", Text, nullable=False),
    Column("data", Text, nullable=False),
    Column("status", Text, nullable=False),  # running | interrupted | done
    Column("spec", LargeBinary, nullable=False),  # what was asked, as JSON
    Column("fingerprint", Text, nullable=False),
    Column("total", BigInteger, nullable=False),
    Column("result", LargeBinary),  # what it came to, as packed JSON
    Column("ts_created", BigInteger, nullable=False, info=FIXED),
    Column("ts_updated", BigInteger, nullable=False),
)
"""Searches of parameters; `fingerprint` is that of the bars and of the strategy's code."""

sweep_chunks = Table(
    "sweep_chunks",
    metadata,
    Column("sweep_id", Text, primary_key=True),
    Column("chunk", BigInteger, primary_key=True, autoincrement=False),
    Column("count", BigInteger, nullable=False),
    Column("data", LargeBinary, nullable=False),
)
"""The figures of combinations that were run, many in one row: a sweep goes on behind the rows that are there."""

backtests = Table(
    "backtests",
    metadata,
    Column("id", Text, primary_key=True),
    Column("strategy", Text, nullable=False),
    Column("data", Text, nullable=False),
    Column("state", Text, nullable=False),  # queued | running | done | failed | cancelled | interrupted
    Column("field", Text),  # of the request: what the reason is about
    Column("reason", Text),
    Column("request", LargeBinary, nullable=False),  # what was asked, as JSON
    Column("figures", LargeBinary),  # the few figures that lists show, as JSON
    Column("ts_created", BigInteger, nullable=False, info=FIXED),
    Column("ts_started", BigInteger),
    Column("ts_ended", BigInteger),
)
"""Backtests that the Lab was asked for."""

backtest_parts = Table(
    "backtest_parts",
    metadata,
    Column("backtest_id", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("data", LargeBinary, nullable=False),
)
"""What a backtest came to, as gzip: each part is small enough to be written between two orders."""
