"""The first tables: journal, snapshots and the projections."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create every table."""
    op.create_table(
        "journal",
        sa.Column("stream", sa.Text, primary_key=True),
        sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("pos", sa.BigInteger, nullable=False),
        sa.Column("ts", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
    )
    op.create_index("ix_journal_pos", "journal", ["pos"])
    op.create_table(
        "snapshots",
        sa.Column("stream", sa.Text, primary_key=True),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "messages",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("external_id", sa.Text),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("reply_to", sa.Text),
        sa.Column("author", sa.Text),
        sa.Column("account", sa.Text),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("body_hash", sa.LargeBinary),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("ts_event", sa.BigInteger, nullable=False),
        sa.Column("ts_init", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_messages_ts_init", "messages", ["ts_init"])
    op.create_table(
        "signals",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("message_id", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("symbol", sa.Text),
        sa.Column("side", sa.Text),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("code", sa.Text),
        sa.Column("reason", sa.Text),
        sa.Column("ts", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_signals_message", "signals", ["message_id"])
    op.create_index("ix_signals_ts", "signals", ["ts"])
    op.create_table(
        "trace",
        sa.Column("signal_id", sa.Text, primary_key=True),
        sa.Column("pos", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("n", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("account", sa.Text),
        sa.Column("stage", sa.Text, nullable=False),
        sa.Column("code", sa.Text),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("ts", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "orders",
        sa.Column("client_order_id", sa.Text, primary_key=True),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("mode", sa.Text, nullable=False),
        sa.Column("signal_id", sa.Text, nullable=False),
        sa.Column("trade_id", sa.Text, nullable=False),
        sa.Column("leg", sa.Text, nullable=False),
        sa.Column("symbol", sa.Text, nullable=False),
        sa.Column("side", sa.Text, nullable=False),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("quantity", sa.Text, nullable=False),
        sa.Column("limit_price", sa.Text),
        sa.Column("stop_price", sa.Text),
        sa.Column("tif", sa.Text, nullable=False),
        sa.Column("reduce_only", sa.Boolean, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("filled", sa.Text, nullable=False),
        sa.Column("average_price", sa.Text),
        sa.Column("fees", sa.Text, nullable=False),
        sa.Column("venue_order_id", sa.Text),
        sa.Column("reason", sa.Text),
        sa.Column("ts_created", sa.BigInteger, nullable=False),
        sa.Column("ts_updated", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_orders_account_status", "orders", ["account", "status"])
    op.create_index("ix_orders_created", "orders", ["ts_created"])
    op.create_index("ix_orders_signal", "orders", ["signal_id"])
    op.create_table(
        "fills",
        sa.Column("account", sa.Text, primary_key=True),
        sa.Column("exec_id", sa.Text, primary_key=True),
        sa.Column("mode", sa.Text, nullable=False),
        sa.Column("client_order_id", sa.Text, nullable=False),
        sa.Column("symbol", sa.Text, nullable=False),
        sa.Column("side", sa.Text, nullable=False),
        sa.Column("quantity", sa.Text, nullable=False),
        sa.Column("price", sa.Text, nullable=False),
        sa.Column("fee", sa.Text, nullable=False),
        sa.Column("fee_currency", sa.Text, nullable=False),
        sa.Column("ts_event", sa.BigInteger, nullable=False),
        sa.Column("ts_init", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_fills_order", "fills", ["client_order_id"])
    op.create_index("ix_fills_ts", "fills", ["ts_init"])
    op.create_table(
        "positions",
        sa.Column("account", sa.Text, primary_key=True),
        sa.Column("symbol", sa.Text, primary_key=True),
        sa.Column("mode", sa.Text, nullable=False),
        sa.Column("quantity", sa.Text, nullable=False),
        sa.Column("average_price", sa.Text, nullable=False),
        sa.Column("realised", sa.Text, nullable=False),
        sa.Column("ts_updated", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "trades",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("mode", sa.Text, nullable=False),
        sa.Column("signal_id", sa.Text, nullable=False),
        sa.Column("symbol", sa.Text, nullable=False),
        sa.Column("side", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("quantity", sa.Text, nullable=False),
        sa.Column("open_quantity", sa.Text, nullable=False),
        sa.Column("entry_price", sa.Text, nullable=False),
        sa.Column("exit_price", sa.Text),
        sa.Column("initial_stop", sa.Text),
        sa.Column("exits", sa.LargeBinary, nullable=False),
        sa.Column("exit_reason", sa.Text),
        sa.Column("managed_by", sa.Text, nullable=False),
        sa.Column("pnl", sa.Text, nullable=False),
        sa.Column("fees", sa.Text, nullable=False),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("ts_opened", sa.BigInteger, nullable=False),
        sa.Column("ts_closed", sa.BigInteger),
    )
    op.create_index("ix_trades_account_status", "trades", ["account", "status"])
    op.create_index("ix_trades_opened", "trades", ["ts_opened"])
    op.create_index("ix_trades_signal", "trades", ["signal_id"])
    op.create_table(
        "exit_marks",
        sa.Column("account", sa.Text, primary_key=True),
        sa.Column("symbol", sa.Text, primary_key=True),
        sa.Column("seq", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "accounts",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("venue", sa.Text, nullable=False),
        sa.Column("mode", sa.Text, nullable=False),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("netting", sa.Text, nullable=False),
        sa.Column("halted", sa.Boolean, nullable=False),
        sa.Column("balance", sa.Text, nullable=False),
        sa.Column("peak_balance", sa.Text, nullable=False),
        sa.Column("ts_born", sa.BigInteger, nullable=False),
        sa.Column("ts_updated", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "hooks",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("token_hash", sa.LargeBinary, nullable=False, unique=True),
        sa.Column("account", sa.Text),
        sa.Column("ts_created", sa.BigInteger, nullable=False),
    )


def downgrade() -> None:
    """Drop every table, and with it everything that the hub has ever known."""
    for table in (
        "hooks",
        "accounts",
        "exit_marks",
        "trades",
        "positions",
        "fills",
        "orders",
        "trace",
        "signals",
        "messages",
        "snapshots",
        "journal",
    ):
        op.drop_table(table)
