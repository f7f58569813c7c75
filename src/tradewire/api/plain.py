"""Tells the plain kind of hook request from every other: what is recognised here means one thing only."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from tradewire.api.body import LIMIT

HEAD_LIMIT = 8 * 1024
"""Bytes that the head of a plain request may have."""

_HEAD = re.compile(
    rb"POST (/hooks/[A-Za-z0-9_-]*+) HTTP/1\.1\r\n"
    rb"((?:[A-Za-z0-9!#$%&'*+.^_`|~-]++:[\t\x20-\x7e\x80-\xff]*+\r\n)*+)\r\n"
)
_LENGTH = re.compile(rb"[0-9]{1,5}")
_ODD = frozenset({b"transfer-encoding", b"expect", b"upgrade", b"proxy-connection"})
_ONCE = frozenset({b"content-length", b"content-type", b"connection"})


class Plain(NamedTuple):
    """A request whose head is complete. Its body is `data[start:end]`, as far as it has come in."""

    path: str
    content_type: bytes
    start: int
    end: int


def read(data: bytes) -> Plain | None:
    """Return the plain hook request that `data` begins with; None: it does not, or the head is not complete.

    Plain is `POST /hooks/TOKEN HTTP/1.1` with a token as the hub makes them, one Content-Length of 64 KiB at most, no
    other framing, nothing to negotiate, and a connection that stays. Whatever a parser might read in two ways is not
    plain: it is left to one that knows all of HTTP.
    """
    end = data.find(b"\r\n\r\n", 0, HEAD_LIMIT)
    return None if end < 0 else _read_head(data[: end + 4])


@lru_cache(maxsize=256)
def _read_head(data: bytes) -> Plain | None:
    """Read a whole head. A sender's heads are nearly all the same: most are found in the cache."""
    head = _HEAD.fullmatch(data)
    if head is None:
        return None
    found: dict[bytes, bytes] = {}
    for line in head[2].split(b"\r\n"):
        name, _, value = line.partition(b":")
        name = name.lower()
        if name in _ODD or name in found:
            return None
        if name in _ONCE:
            found[name] = value.strip(b" \t")
    length = found.get(b"content-length", b"")
    if _LENGTH.fullmatch(length) is None or found.get(b"connection", b"keep-alive").lower() != b"keep-alive":
        return None
    size = int(length)
    if size > LIMIT:
        return None
    return Plain(head[1].decode(), found.get(b"content-type", b""), len(data), len(data) + size)
