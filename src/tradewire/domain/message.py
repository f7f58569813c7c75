"""What arrived, verbatim."""

from __future__ import annotations

from msgspec import Struct


class Message(Struct, frozen=True, kw_only=True):
    """One revision of one message of one channel of one source.

    `account` is set where the entrance itself belongs to an account (a hook made with `--account`).
    Times are epoch nanoseconds: `ts_event` when it was sent (as its sender says), `ts_init` when we learnt of it.
    """

    id: str
    source: str
    channel: str
    text: str
    external_id: str | None = None
    revision: int = 0
    reply_to: str | None = None
    author: str | None = None
    account: str | None = None
    deleted: bool = False
    ts_event: int
    ts_init: int
