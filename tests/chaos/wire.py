"""Just enough HTTP/1.1 for a fake exchange and for a sender: small, fast, every failure in the caller's hand."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import msgspec


class Request(msgspec.Struct, frozen=True):
    """What a client asked."""

    method: str
    path: str
    body: bytes


class Cut(Exception):
    """A handler's wish: drop the connection without a word."""


async def read_head(reader: asyncio.StreamReader) -> tuple[str, int]:
    """Return the first line and the length of the body (-1 where none is told)."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *fields = head.split("\r\n")
    for field in fields:
        name, _, value = field.partition(":")
        if name.lower() == "content-length":
            return first, int(value)
    return first, -1


async def read_request(reader: asyncio.StreamReader) -> Request:
    """Return the next request of a connection."""
    first, length = await read_head(reader)
    method, path, _ = first.split(" ", 2)
    return Request(method, path, await reader.readexactly(length) if length > 0 else b"")


def response(status: int, body: bytes) -> bytes:
    """Return an answer on the wire."""
    return b"HTTP/1.1 %d x\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % (status, len(body)) + body


async def serve_connection(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    handle: Callable[[Request, asyncio.StreamWriter], Awaitable[bytes]],
) -> None:
    """Answer a connection's requests one by one until either side ends it."""
    try:
        while True:
            writer.write(await handle(await read_request(reader), writer))
            await writer.drain()
    except (Cut, ConnectionError, asyncio.IncompleteReadError):
        pass
    finally:
        writer.close()


class Client:
    """Connections to one server, kept alive and used again; one that failed is thrown away."""

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port
        self._idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def ask(self, method: str, path: str, body: bytes = b"", token: str = "") -> tuple[int, bytes]:
        """Return status and body. Any exception means that nobody knows what happened at the other side."""
        reader, writer = self._idle.pop() if self._idle else await asyncio.open_connection(self._host, self._port)
        try:
            bearer = f"authorization: Bearer {token}\r\n" if token else ""
            head = f"{method} {path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n{bearer}"
            writer.write(f"{head}content-length: {len(body)}\r\n\r\n".encode() + body)
            first, length = await read_head(reader)
            answer = await reader.readexactly(length) if length > 0 else b""
        except BaseException:
            writer.close()
            raise
        self._idle.append((reader, writer))
        return int(first.split(" ", 2)[1]), answer

    async def lines(self, path: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Open an endless answer; its lines come from the reader."""
        reader, writer = await asyncio.open_connection(self._host, self._port)
        writer.write(f"GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n".encode())
        await read_head(reader)
        return reader, writer

    def close(self) -> None:
        """Drop what is open."""
        while self._idle:
            self._idle.pop()[1].close()
