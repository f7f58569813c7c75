"""Every index costs each commit a page: SQLite lists by the order of arrival; by status, open rows alone are found."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

NEEDLESS_HERE = (
    ("ix_signals_message", "signals", "message_id"),
    ("ix_signals_ts", "signals", "ts"),
    ("ix_orders_created", "orders", "ts_created"),
    ("ix_fills_ts", "fills", "ts_init"),
    ("ix_trades_opened", "trades", "ts_opened"),
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
    """Drop what is not needed; index the open rows alone."""
    op.drop_index("ix_orders_account_status", "orders")
    op.drop_index("ix_trades_account_status", "trades")
    if op.get_bind().dialect.name == "sqlite":
        for name, table, _ in NEEDLESS_HERE:
            op.drop_index(name, table)
    for name, table, condition in OPEN:
        where = sa.text(condition)
        op.create_index(name, table, ["account"], sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    """Make the indexes of before."""
    for name, table, _ in OPEN:
        op.drop_index(name, table)
    if op.get_bind().dialect.name == "sqlite":
        for name, table, column in NEEDLESS_HERE:
            op.create_index(name, table, [column])
    op.create_index("ix_trades_account_status", "trades", ["account", "status"])
    op.create_index("ix_orders_account_status", "orders", ["account", "status"])
