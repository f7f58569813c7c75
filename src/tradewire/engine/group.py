"""One group: everything that becomes durable together, and what is to be done once it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any, NamedTuple, Self

from tradewire.domain.message import Message
from tradewire.engine import facts as f
from tradewire.engine import projection, story
from tradewire.engine.contract import StreamItem
from tradewire.engine.inbox import ReadMessage, Underway, body_hash
from tradewire.engine.post import Post
from tradewire.engine.step import Command
from tradewire.store.journal import Store

INBOX = "inbox"
TOUCHED_AT_MOST = 100
"""Orders that wait for their rows to be written: far fewer than an account keeps at hand after their end."""


class Row(NamedTuple):
    """One row of the journal, as a group has written it."""

    stream: str
    pos: int
    event: f.Event
    facts: tuple[f.AnyFact, ...]
    now: int


class Group:
    """A context: leaving it commits, then calls `done`. An error leaves nothing written."""

    def __init__(self, store: Store, done: Callable[[Group], None], *, listened: bool) -> None:
        self._store = store
        self._done = done
        self._context = store.transaction()
        self._stored: dict[str, Message] = {}
        self.unread: dict[str, int] = {}
        """Messages that were stored and not read here: id → place in the journal's stream `inbox`."""
        self._listened = listened
        self._changed: dict[str, Post] = {}
        self._signals: dict[str, Underway] = {}
        self.commands: list[tuple[str, Command]] = []
        self.items: list[StreamItem] = []
        self.rows: list[Row] = []

    def __enter__(self) -> Self:
        self._tx = self._context.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._store_unread()
            self._write_changed()
        self._context.__exit__(kind, error, trace)
        if kind is None:
            self._done(self)

    def head(self, stream: str) -> int:
        """Return the number of the stream's last row, those of this group included."""
        head = self._tx.heads.get(stream)
        return self._store.head(stream).seq if head is None else head.seq

    def received(self, message: Message) -> None:
        """Store a new message; if it is read in this very group, both make one row."""
        self._stored[message.id] = message

    def _store_unread(self) -> None:
        for message in self._stored.values():
            self._append(INBOX, f.MessageReceived(message), (), message.ts_init)
            self.unread[message.id] = self._tx.heads[INBOX].seq
        if self.unread:
            self._tx.insert("unread", [(seq, message_id) for message_id, seq in self.unread.items()])

    def read(self, message: Message, read: ReadMessage, now: int, place: int | None = None) -> list[f.SignalRouted]:
        """Write what a message was read as; return the signals that go somewhere.

        `place` is where an earlier group has put the message; None if it is of this one.
        """
        event: f.Event = f.MessageReceived(message)
        if place is not None:
            event = f.MessageDue(message.id)
            self._tx.delete("unread", [(place,)])
        self._stored.pop(message.id, None)
        pos = self._append(INBOX, event, read.facts, now)
        self._tx.upsert("messages", [projection.message_row(message, read.status, read.reason, body_of(message))])
        routed = []
        for fact in read.facts:
            if isinstance(fact, f.SignalRouted):
                self._signal(fact, message, now, pos)
                if fact.refusal is None:
                    routed.append(fact)
        return routed

    def _signal(self, fact: f.SignalRouted, message: Message, now: int, pos: int) -> None:
        self._signals[fact.signal_id] = Underway(fact, now, len(fact.accounts))
        self._tx.insert("trace", story.rows(pos, story.of_signal(fact, message, now)))

    def delivered(self, underway: Underway) -> None:
        """All accounts of a signal have it; it is told again when one that held it decides."""
        self._signals[underway.routed.signal_id] = underway

    def hub(self, event: f.Event, facts: tuple[f.InboxFact, ...], now: int) -> None:
        """Write something that concerns the hub as a whole."""
        self._append(INBOX, event, facts, now)
        for fact in facts:
            if isinstance(fact, f.HookMade):
                self._tx.upsert("hooks", [projection.hook_row(fact, now)])

    def note(self, stream: str, event: f.Event, facts: tuple[f.AnyFact, ...], now: int) -> None:
        """Write a row of a stream that has no projections: a program's step, what happens by the clock."""
        self._append(stream, event, facts, now)

    def record(self, post: Post, event: f.Event, facts: Sequence[f.AccountFact], now: int) -> None:
        """Write a desk's step; the rows that it made stale are written with the group's end. The facts are folded."""
        record = f.Record(event, tuple(facts))
        pos = self._append(post.stream, event, record.facts, now)
        self._tx.insert("trace", story.rows(pos, story.of_record(post.state, record, now)))
        self._changed[post.id] = post
        if len(post.state.touched.orders) > TOUCHED_AT_MOST:
            self._write_changed()

    def _write_changed(self) -> None:
        """Write the rows of what changed: each once, however many steps changed it."""
        for post in self._changed.values():
            for table, rows in projection.account_rows(post.state).items():
                self._tx.upsert(table, rows)
        self._changed.clear()
        self._tx.upsert("signals", map(projection.signal_row, self._signals.values()))
        self._signals.clear()

    def _append(self, stream: str, event: f.Event, facts: tuple[Any, ...], now: int) -> int:
        kind, data = f.encode(f.Record(event, facts))
        row = self._tx.append(stream, kind, now, data)
        self.rows.append(Row(stream, row.pos, event, facts, now))
        if self._listened:
            self.items.append(StreamItem(id=row.pos, kind=kind, data=data))
        return row.pos


def body_of(message: Message) -> bytes | None:
    """Return the hash by which an equal body is told, for messages whose sender gave no id."""
    if message.external_id is not None:
        return None
    return body_hash(message.source, message.channel, message.revision, message.text)
