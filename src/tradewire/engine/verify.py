"""Folds the journal again and compares what follows from it with what the projections show."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from hashlib import blake2b
from pathlib import Path
from sys import maxsize
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import Table

from tradewire.domain.message import Message
from tradewire.domain.numbers import plain
from tradewire.engine import facts as f
from tradewire.engine import memory, projection, story
from tradewire.engine.group import INBOX, body_of
from tradewire.engine.inbox import Underway, released
from tradewire.engine.post import ACCOUNT
from tradewire.engine.programs.checked import CheckedPrograms
from tradewire.engine.programs.journaled import PREFIX
from tradewire.engine.state import AccountState
from tradewire.programs.base import SOURCE
from tradewire.store.chain import JournalRow
from tradewire.store.journal import Store
from tradewire.store.steps import StoredStep
from tradewire.store.tables import metadata

SHOWN = 20
"""Differences that are told one by one; more are only counted."""
PROJECTED = (
    "unread",
    "messages",
    "signals",
    "trace",
    "orders",
    "fills",
    "positions",
    "trades",
    "exit_marks",
    "accounts",
    "hooks",
)


class Verdict(Struct, frozen=True):
    """What was found: nothing, where `differences` is empty."""

    rows: int
    streams: int
    differences: tuple[str, ...]
    sound: bool = True
    """The journal itself is what was written; where it is not, only a backup helps."""


class _Epoch:
    """A clock for a store that is only read."""

    def now(self) -> int:
        return 0


def verify(database: Path | str) -> Verdict:
    """Check chain and projections of a database; it may be in use meanwhile.

    Raises:
        StoreError: it cannot be read.
    """
    with Store.open(database, clock=_Epoch(), create=False) as store:
        broken = [str(place) for place in store.verify_chain()]
        folded = Folded()
        for _ in range(5):
            before = store.queries.journal_end()
            folded.catch_up(store)
            differences = list(folded.stumbled.values()) or list(folded.compare(store))
            if not differences or store.queries.journal_end() == before:
                break  # Nothing differs, or nobody wrote meanwhile: what differs does differ.
        sound = not broken and not folded.stumbled
        return Verdict(folded.rows, len(store.streams()), tuple(broken + differences), sound)


class Folded:
    """Every projection row as the journal tells it, kept as a short hash by primary key."""

    def __init__(self) -> None:
        self.rows = 0
        self.stumbled: dict[str, str] = {}
        """Streams that cannot be folded further, with the row and the reason."""
        self._read: dict[str, int] = {}
        self._expected: dict[str, dict[tuple[Any, ...], bytes]] = {name: {} for name in PROJECTED}
        self._messages: dict[str, Message] = {}
        self._places: dict[str, int] = {}
        self._states: dict[str, AccountState] = {}
        self._underway: dict[str, Underway] = {}
        self._programs = CheckedPrograms()
        self._of_programs: dict[str, Message] = {}
        """Messages in which programs spoke, read or not."""

    def catch_up(self, store: Store) -> None:
        """Fold the rows that came since the last call."""
        streams, end = store.queries.journal_streams(), store.queries.journal_end()
        for stream in sorted(streams, key=lambda name: name != INBOX):
            fold = self._fold_of(stream)
            for row in store.read(stream, self._read.get(stream, 0)):
                if row.pos > end:
                    break  # Of a group that came meanwhile: the next pass takes it whole.
                self.rows += 1
                if stream not in self.stumbled:
                    try:
                        fold(row)
                    except Exception as error:  # Whatever a broken journal leads to is a finding, not a failure.
                        why = f"{type(error).__name__}: {error}"
                        self.stumbled[stream] = f"{stream} row {row.seq} cannot be folded: {why}"
                self._read[stream] = row.seq
        if self.stumbled:
            return
        for signal_id, underway in list(self._underway.items()):
            self._expect("signals", projection.signal_row(underway))
            if underway.is_decided:
                del self._underway[signal_id]

    def _fold_of(self, stream: str) -> Callable[[JournalRow], None]:
        if stream == INBOX:
            return self._inbox
        if stream.startswith(PREFIX):
            return self._programs.fold
        return self._account if stream.startswith(ACCOUNT) else _plain_row

    def _inbox(self, row: JournalRow) -> None:
        record = f.decode(row.data)
        message: Message | None = None
        if isinstance(record.event, f.MessageReceived):
            message = record.event.message
            if message.source == SOURCE:
                self._of_programs[message.id] = message
            if not record.facts:
                self._messages[message.id] = message
                self._expect("unread", {"seq": row.seq, "message_id": message.id})
                self._places[message.id] = row.seq
        elif isinstance(record.event, f.MessageDue):
            message = self._messages.pop(record.event.message_id)
            del self._expected["unread"][(self._places.pop(message.id),)]
        for fact in record.facts:
            if isinstance(fact, f.HookMade):
                self._expect("hooks", projection.hook_row(fact, row.ts))
            elif message is not None and isinstance(fact, f.MessageRead):
                self._expect("messages", projection.message_row(message, fact.status, fact.reason, body_of(message)))
            elif message is not None and isinstance(fact, f.SignalRouted):
                self._underway[fact.signal_id] = Underway(fact, row.ts, len(fact.accounts))
                self._trace(row, story.of_signal(fact, message, row.ts))

    def _account(self, row: JournalRow) -> None:
        state = self._states.get(row.stream)
        state = self._states[row.stream] = memory.fold(state, row)
        state.kept = maxsize
        record = f.decode(row.data)
        if isinstance(record.event, f.SignalArrived):
            self._underway[record.event.signal_id].arrived(state.account.id, record.facts)  # type: ignore[arg-type]
        for signal_id in released(record.facts):
            self._underway[signal_id].heard(state.account.id, record.facts)  # type: ignore[arg-type]
        self._trace(row, story.of_record(state, record, row.ts))
        for table, rows in projection.account_rows(state).items():
            for expected in rows:
                self._expect(table, expected)

    def _trace(self, row: JournalRow, told: Iterable[tuple[str, StoredStep]]) -> None:
        names = metadata.tables["trace"].columns.keys()
        for expected in story.rows(row.pos, told):
            self._expect("trace", dict(zip(names, expected, strict=True)))

    def _expect(self, table: str, row: Mapping[str, Any]) -> None:
        key, value = _hashed(metadata.tables[table], row)
        self._expected[table][key] = value

    def compare(self, store: Store) -> Iterator[str]:
        """Yield a sentence for each row that differs."""
        yield from self._programs.compare(self._of_programs)
        for name, expected in self._expected.items():
            table = metadata.tables[name]
            wrong: list[str] = []
            seen: set[tuple[Any, ...]] = set()
            for row in store.queries.scan(table):
                key, value = _hashed(table, row)
                seen.add(key)
                if key not in expected:
                    wrong.append(f"{name} {_named(key)} does not follow from the journal")
                elif expected[key] != value:
                    wrong.append(f"{name} {_named(key)} differs from what the journal says")
            wrong += [f"{name} {_named(key)} is missing" for key in expected if key not in seen]
            yield from wrong[:SHOWN]
            if len(wrong) > SHOWN:
                yield f"{name}: {len(wrong) - SHOWN} more differences"


def _plain_row(row: JournalRow) -> None:
    """Read a row of a stream that has no projections."""
    f.decode(row.data)


def _named(key: tuple[Any, ...]) -> str:
    return "/".join(str(part) for part in key)


def _hashed(table: Table, row: Mapping[str, Any]) -> tuple[tuple[Any, ...], bytes]:
    values = [_plain(row[name]) for name in list(table.columns.keys())]
    key = tuple(row[column.name] for column in table.primary_key.columns)
    return key, blake2b(msgspec.json.encode(values), digest_size=16).digest()


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return plain(value)
    return str(value) if isinstance(value, str) else value
