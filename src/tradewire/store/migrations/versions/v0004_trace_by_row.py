"""One row of the trace holds all that a journal row adds to a signal's story."""

from __future__ import annotations

from itertools import groupby
from typing import Any

import msgspec
import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

AT_ONCE = 1_000


def upgrade() -> None:
    """Pack the steps."""
    op.rename_table("trace", "trace_before")
    op.create_table(
        "trace",
        sa.Column("signal_id", sa.Text, primary_key=True),
        sa.Column("pos", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("steps", sa.LargeBinary, nullable=False),
    )
    found = op.get_bind().execute(
        sa.text("SELECT signal_id, pos, account, stage, code, text, ts FROM trace_before ORDER BY signal_id, pos, n")
    )
    _fill(
        "INSERT INTO trace VALUES (:signal_id, :pos, :steps)",
        (
            {"signal_id": signal_id, "pos": pos, "steps": msgspec.json.encode([tuple(row[2:]) for row in rows])}
            for (signal_id, pos), rows in groupby(found, lambda row: (row.signal_id, row.pos))
        ),
    )
    op.drop_table("trace_before")


def downgrade() -> None:
    """Unpack them."""
    op.rename_table("trace", "trace_packed")
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
    found = op.get_bind().execute(sa.text("SELECT signal_id, pos, steps FROM trace_packed"))
    names = ("account", "stage", "code", "text", "ts")
    _fill(
        "INSERT INTO trace VALUES (:signal_id, :pos, :n, :account, :stage, :code, :text, :ts)",
        (
            {"signal_id": signal_id, "pos": pos, "n": n, **dict(zip(names, step, strict=True))}
            for signal_id, pos, steps in found
            for n, step in enumerate(msgspec.json.decode(bytes(steps)), 1)
        ),
    )
    op.drop_table("trace_packed")


def _fill(statement: str, rows: Any) -> None:
    batch: list[dict[str, Any]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == AT_ONCE:
            op.get_bind().execute(sa.text(statement), batch)
            batch = []
    if batch:
        op.get_bind().execute(sa.text(statement), batch)
