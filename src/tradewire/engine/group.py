"""One group: everything that becomes durable together, and what is to be done once it is."""

from __future__ import annotations

from collections.abc import Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from tradewire.domain.message import Message
from tradewire.engine import facts as f
from tradewire.engine import projection
from tradewire.engine.contract import StreamItem
from tradewire.engine.inbox import ReadMessage, body_hash
from tradewire.engine.step import Command

if TYPE_CHECKING:
    from tradewire.engine.engine import Engine
    from tradewire.engine.post import Post

INBOX = "inbox"


class Group:
    """A context: leaving it commits, then lets the engine act. An error leaves nothing written."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._context = engine.store.transaction()
        self._stored: dict[str, tuple[Message, bytes | None]] = {}
        self._listened = bool(engine.stream)
        self._traces = 0
        self.commands: list[tuple[str, Command]] = []
        self.items: list[StreamItem] = []
        self.due_snapshots: list[Post] = []

    def __enter__(self) -> Self:
        self._tx = self._context.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._store_unread()
        self._context.__exit__(kind, error, trace)
        if kind is None:
            self._engine.committed(self)

    def head(self, stream: str) -> int:
        """Return the number of the stream's last row, those of this group included."""
        head = self._tx.heads.get(stream)
        return self._engine.store.head(stream).seq if head is None else head.seq

    # ── the inbox ───────────────────────────────────────────────────────────────────────────────────────────────────

    def received(self, message: Message, body: bytes | None) -> None:
        """Store a new message; if it is read in this very group, both make one row."""
        self._stored[message.id] = (message, body)

    def _store_unread(self) -> None:
        for message, body in self._stored.values():
            self._append(INBOX, f.MessageReceived(message), (), message.ts_init)
            self._tx.upsert("messages", [projection.message_row(message, "received", None, body)])

    def read(self, message: Message, read: ReadMessage, now: int) -> list[f.SignalRouted]:
        """Write what a message was read as; return the signals that go somewhere."""
        fresh = self._stored.pop(message.id, None)
        event = f.MessageDue(message.id) if fresh is None else f.MessageReceived(message)
        pos = self._append(INBOX, event, read.facts, now)
        body = body_of(message) if fresh is None else fresh[1]
        self._tx.upsert("messages", [projection.message_row(message, read.status, read.reason, body)])
        routed = []
        for fact in read.facts:
            if isinstance(fact, f.SignalRouted):
                self._signal(fact, message, now, pos)
                if fact.refusal is None:
                    routed.append(fact)
        return routed

    def _signal(self, fact: f.SignalRouted, message: Message, now: int, pos: int) -> None:
        status = "refused" if fact.refusal is not None else "routing"
        self._tx.upsert("signals", [projection.signal_row(fact, now, status)])
        source = f"{message.source}/{message.channel}" if message.channel else message.source
        self._trace(fact.signal_id, pos, None, "received", None, f"from {source}", message.ts_init)
        self._trace(fact.signal_id, pos, None, "read", None, fact.text, now)
        if fact.refusal is not None:
            self._trace(fact.signal_id, pos, None, "refused", fact.refusal.code, fact.refusal.sentence, now)

    def delivered(self, routed: f.SignalRouted, now: int) -> None:
        """All accounts of a signal have it: nothing of it need be taken up again after a crash."""
        self._tx.upsert("signals", [projection.signal_row(routed, now, "routed")])

    def hub(self, event: f.Event, facts: tuple[f.InboxFact, ...], now: int) -> None:
        """Write something that concerns the hub as a whole."""
        self._append(INBOX, event, facts, now)
        for fact in facts:
            if isinstance(fact, f.HookMade):
                self._tx.upsert("hooks", [projection.hook_row(fact, now)])

    # ── the accounts ────────────────────────────────────────────────────────────────────────────────────────────────

    def record(self, post: Post, event: f.Event, facts: Sequence[f.AccountFact], now: int) -> None:
        """Write a desk's step and the rows that it made stale. The facts are folded already."""
        pos = self._append(post.stream, event, tuple(facts), now)
        if isinstance(event, f.SignalArrived):
            self._trace(event.signal_id, pos, post.id, "routed", None, f"to {post.id}", now)
        for fact in facts:
            told = projection.story(fact, post.state)
            if told is not None:
                self._trace(told[0], pos, post.id, told[1], told[2], told[3], now)
        for table, rows in projection.account_rows(post.state).items():
            self._tx.upsert(table, rows)

    def _append(self, stream: str, event: f.Event, facts: tuple[Any, ...], now: int) -> int:
        kind, data = f.encode(f.Record(event, facts))
        row = self._tx.append(stream, kind, now, data)
        self._traces = 0
        if self._listened:
            self.items.append(StreamItem(id=row.pos, kind=kind, data=data))
        return row.pos

    def _trace(
        self, signal_id: str, pos: int, account: str | None, stage: str, code: str | None, text: str, ts: int
    ) -> None:
        if not signal_id:
            return
        self._tx.insert("trace", [(signal_id, pos, self._traces, account, stage, code, text, ts)])
        self._traces += 1


def body_of(message: Message) -> bytes | None:
    """Return the hash by which an equal body is told, for messages whose sender gave no id."""
    if message.external_id is not None:
        return None
    return body_hash(message.source, message.channel, message.revision, message.text)
