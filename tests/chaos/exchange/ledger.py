"""The exchange's own truth: an append-only file, a line an event, written before anybody is answered."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import msgspec

What = Literal["accepted", "executed", "cancelled", "refused", "expired", "dropped"]


class Line(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that happened. `tag` is the client's id, kept for the auditor even where the exchange ignores it."""

    what: What
    tag: str
    order: int = 0
    symbol: str = ""
    quantity: str = "0"
    """Signed: bought > 0."""
    price: str = "0"
    execution: str = ""
    reason: str = ""
    ts: int


class Ledger:
    """Written by one exchange account."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("ab", buffering=0)

    def write(self, line: Line) -> None:
        """Append a line; it is in the operating system's hands on return."""
        self._file.write(msgspec.json.encode(line) + b"\n")

    def close(self) -> None:
        self._file.close()


def read_ledger(path: Path) -> list[Line]:
    """Return all lines of a ledger."""
    decoder = msgspec.json.Decoder(Line)
    return [decoder.decode(line) for line in path.read_bytes().splitlines()] if path.exists() else []
