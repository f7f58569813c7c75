"""What a worker process says to the hub: frames on its standard output, a line of JSON and then bytes."""

from __future__ import annotations

from typing import BinaryIO, Literal

import msgspec

Kind = Literal["progress", "part", "answer", "refused", "failed"]
LAST: frozenset[str] = frozenset({"answer", "refused", "failed"})
"""What ends the answer to a job."""


class Head(msgspec.Struct, frozen=True, omit_defaults=True):
    """The line before a frame's bytes. `name`: the part, the stage, or the field that is refused."""

    kind: Kind
    size: int = 0
    name: str = ""
    share: float = 0.0


class Frame(msgspec.Struct, frozen=True):
    """A frame as it was received; `data` is JSON of an answer, a sentence of a refusal, gzip of a part."""

    kind: Kind
    name: str = ""
    share: float = 0.0
    data: bytes = b""

    @property
    def sentence(self) -> str:
        """The data as text."""
        return self.data.decode("utf-8", "replace")


_HEADS = msgspec.json.Decoder(Head)


def head_of(line: bytes) -> Head:
    """Return the head that a line holds."""
    return _HEADS.decode(line)


def write(out: BinaryIO, frame: Frame) -> None:
    """Write a frame and let it go."""
    head = Head(frame.kind, len(frame.data), frame.name, frame.share)
    out.write(msgspec.json.encode(head) + b"\n" + frame.data)
    out.flush()
