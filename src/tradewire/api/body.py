"""Bodies of limited size, counted while they come in."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.types import Message, Receive, Scope

LIMIT = 64 * 1024


class TooLarge(Exception):
    """The body is larger than the hub takes."""


class Gone(Exception):
    """The sender hung up before its body was complete."""


async def read_body(scope: Scope, receive: Receive, limit: int = LIMIT) -> bytes:
    """Return the whole body, reading no more than `limit` bytes.

    Raises:
        TooLarge: it says so, or turns out to be.
        Gone: nobody waits for an answer.
    """
    if declared_length(scope) > limit:
        raise TooLarge
    body: bytes = b""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Gone
        body += message.get("body", b"")
        if len(body) > limit:
            raise TooLarge
        if not message.get("more_body", False):
            return body


def limited(receive: Receive, limit: int = LIMIT) -> Receive:
    """Return `receive`, answering 413 as soon as more than `limit` bytes have come through it."""
    size = 0

    async def counting() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > limit:
            raise HTTPException(413, f"a body may have {limit} bytes at most")
        return message

    return counting


def declared_length(scope: Scope) -> int:
    """Return the Content-Length; 0 where none is given or it is no number (the body is counted anyway)."""
    for name, value in scope["headers"]:
        if name == b"content-length":
            return int(value) if value.isdigit() and len(value) < 20 else 0
    return 0
