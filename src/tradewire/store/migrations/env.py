"""Runs the migrations on the connection that `tradewire.store.migrate` hands over, inside its transaction."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context

from tradewire.store.tables import Exact, metadata


def render_item(kind: str, item: Any, _context: object) -> str | Literal[False]:
    """Write `Exact` as plain text into new revisions: a migration must not change when the program does."""
    return "sa.Text()" if kind == "type" and isinstance(item, Exact) else False


connection = context.config.attributes.get("connection")
if connection is None:
    raise RuntimeError("run migrations through tradewire.store.migrate, which brings a connection")

context.configure(
    connection=connection,
    target_metadata=metadata,
    render_item=render_item,
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
