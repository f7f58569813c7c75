"""Backtests that were asked of the Lab, and what they came to, in parts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create both tables."""
    op.create_table(
        "backtests",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("strategy", sa.Text, nullable=False),
        sa.Column("data", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("field", sa.Text),
        sa.Column("reason", sa.Text),
        sa.Column("request", sa.LargeBinary, nullable=False),
        sa.Column("figures", sa.LargeBinary),
        sa.Column("ts_created", sa.BigInteger, nullable=False),
        sa.Column("ts_started", sa.BigInteger),
        sa.Column("ts_ended", sa.BigInteger),
    )
    op.create_table(
        "backtest_parts",
        sa.Column("backtest_id", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("data", sa.LargeBinary, nullable=False),
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("backtest_parts")
    op.drop_table("backtests")
