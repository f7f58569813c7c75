"""Messages that wait to be read stand in a small table of their own, by their place in the journal."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table, and move to it what waited as a row of `messages`."""
    op.create_table(
        "unread",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=False),
        sa.Column("message_id", sa.Text, nullable=False),
    )
    connection = op.get_bind()
    waiting = connection.execute(sa.text("SELECT id FROM messages WHERE status = 'received'")).scalars().all()
    if not waiting:
        return
    rows = connection.execute(
        sa.text("SELECT seq, data FROM journal WHERE stream = 'inbox' AND kind = 'message_received' ORDER BY seq")
    )
    places = {message_id: seq for seq, data in rows for message_id in waiting if message_id.encode() in bytes(data)}
    for message_id, seq in places.items():
        connection.execute(sa.text("INSERT INTO unread VALUES (:seq, :id)"), {"seq": seq, "id": message_id})
        connection.execute(sa.text("DELETE FROM messages WHERE id = :id"), {"id": message_id})


def downgrade() -> None:
    """Drop the table. What waits in it is still in the journal, but no older program looks for it there."""
    op.drop_table("unread")
