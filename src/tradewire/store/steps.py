"""The steps of a signal's story as the column `trace.steps` keeps them: a JSON list a journal row."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from msgspec import Struct


class StoredStep(Struct, frozen=True, array_like=True, gc=False):
    """One step: the account it happened on, its stage, a code, a sentence, and when (epoch ns)."""

    account: str | None
    stage: str
    code: str | None
    text: str
    ts: int


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(list[StoredStep])


def pack(steps: Sequence[StoredStep]) -> bytes:
    """Return the steps as the column keeps them."""
    return _encoder.encode(steps)


def unpack(steps: bytes) -> list[StoredStep]:
    """Return what `pack` was given.

    Raises:
        msgspec.DecodeError: the column was changed by another program.
    """
    return _decoder.decode(steps)
