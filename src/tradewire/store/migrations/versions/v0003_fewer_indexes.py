"""Every index costs each commit a page: what rows, ids or their order tell by themselves needs none."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

NEEDLESS_ON_SQLITE = (
    ("ix_journal_pos", "journal", "pos"),
    ("ix_messages_ts_init", "messages", "ts_init"),
    ("ix_signals_message", "signals", "message_id"),
    ("ix_signals_ts", "signals", "ts"),
    ("ix_orders_created", "orders", "ts_created"),
    ("ix_fills_ts", "fills", "ts_init"),
    ("ix_trades_opened", "trades", "ts_opened"),
    ("ix_trades_signal", "trades", "signal_id"),
)
OPEN = (
    (
        "ix_orders_open",
        "orders",
        "status <> 'filled' AND status <> 'cancelled' AND status <> 'rejected' AND status <> 'expired'",
    ),
    ("ix_trades_open", "trades", "status <> 'closed'"),
)


def upgrade() -> None:
    """Drop what is not needed, index the open rows alone, and find a fill by its order."""
    op.drop_index("ix_orders_account_status", "orders")
    op.drop_index("ix_trades_account_status", "trades")
    op.drop_index("ix_fills_order", "fills")
    if _on_sqlite():
        for name, table, _ in NEEDLESS_ON_SQLITE:
            op.drop_index(name, table)
    for name, table, condition in OPEN:
        where = sa.text(condition)
        op.create_index(name, table, ["account"], sqlite_where=where, postgresql_where=where)
    _key_fills("client_order_id", "exec_id")


def downgrade() -> None:
    """Make keys and indexes as they were."""
    _key_fills("account", "exec_id")
    for name, table, _ in OPEN:
        op.drop_index(name, table)
    if _on_sqlite():
        for name, table, column in NEEDLESS_ON_SQLITE:
            op.create_index(name, table, [column])
    op.create_index("ix_fills_order", "fills", ["client_order_id"])
    op.create_index("ix_trades_account_status", "trades", ["account", "status"])
    op.create_index("ix_orders_account_status", "orders", ["account", "status"])


def _on_sqlite() -> bool:
    return bool(op.get_bind().dialect.name == "sqlite")


def _key_fills(*columns: str) -> None:
    if not _on_sqlite():
        op.drop_constraint("fills_pkey", "fills", type_="primary")
        op.create_primary_key("fills_pkey", "fills", list(columns))
        return
    # SQLite cannot change a key: the rows move to a new table, in their order.
    op.rename_table("fills", "fills_before")
    op.create_table(
        "fills",
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("exec_id", sa.Text, nullable=False),
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
        sa.PrimaryKeyConstraint(*columns),
    )
    op.execute("INSERT INTO fills SELECT * FROM fills_before ORDER BY rowid")
    op.drop_table("fills_before")
