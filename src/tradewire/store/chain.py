"""The journal's rows and the hash chain that makes a changed, lost or inserted row visible."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import sha256
from struct import Struct as Layout
from struct import error as StructError

from msgspec import Struct


class JournalRow(Struct, frozen=True, gc=False):
    """One step of one stream, in the column order of the table. `ts` and `pos` are epoch nanoseconds."""

    stream: str
    seq: int
    pos: int
    ts: int
    kind: str
    data: bytes
    hash: bytes


class Head(Struct, frozen=True, gc=False):
    """The last row of a stream: its number (the first is 1) and its hash."""

    seq: int
    hash: bytes


class ChainBreak(Struct, frozen=True):
    """A place where the journal is not what was written."""

    stream: str
    seq: int
    reason: str

    def __str__(self) -> str:
        return f"{self.stream} row {self.seq}: {self.reason}"


BEGINNING = Head(0, bytes(32))
"""The head of a stream that has no rows."""

CHANGED = "the row is not the one that was written"
_FRAME = Layout(">qqII")


def link(previous: bytes, stream: bytes, seq: int, ts: int, kind: bytes, data: bytes) -> bytes:
    """Return the hash of a row: SHA-256 over the previous hash and the row's framed fields.

    Layout: previous (32 bytes) · seq, ts (int64) · lengths of stream and kind (uint32) · stream · kind · data, numbers
    big-endian. Every length is fixed or told, so no two rows share one layout.
    """
    return sha256(
        b"".join((previous, _FRAME.pack(seq, ts, len(stream), len(kind)), stream, kind, data)), usedforsecurity=True
    ).digest()


def follows(head: Head, row: JournalRow) -> bool:
    """Tell whether a row is the one that was written behind `head`."""
    try:
        expected = link(head.hash, row.stream.encode(), row.seq, row.ts, row.kind.encode(), row.data)
    except (TypeError, AttributeError, StructError):
        return False  # SQLite lets another program store text where bytes belong, or anything where a number does.
    return row.seq == head.seq + 1 and expected == row.hash


def breaks(rows: Iterable[JournalRow]) -> Iterator[ChainBreak]:
    """Yield what is wrong with `rows`, which come ordered by stream and seq from each stream's first row on.

    After a break the chain is followed from the stored hash, so that one damaged row is told once.
    """
    stream, head, pos = None, BEGINNING, 0
    for row in rows:
        if row.stream != stream:
            stream, head, pos = row.stream, BEGINNING, 0
        if row.seq != head.seq + 1:
            yield ChainBreak(row.stream, row.seq, f"row {head.seq + 1} is missing")
        elif not follows(head, row):
            yield ChainBreak(row.stream, row.seq, CHANGED)
        if row.pos <= pos:
            yield ChainBreak(row.stream, row.seq, "the row stands before its predecessor in the event stream")
        head, pos = Head(row.seq, row.hash), row.pos
