"""The server's side of a connection: on loopback, or with a transport in the test's hand. With and without the wire."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.auto import AutoHTTPProtocol
from uvicorn.server import ServerState

from tradewire.api.access import OwnerAccess
from tradewire.api.hooks import PREFIX, HookEndpoint, HookRules
from tradewire.api.wire import PATIENCE, speaking
from tradewire.metrics import Metrics
from unit.api.asgi import KEY, Served
from unit.api.fake_hub import FakeClock, FakeHub


def lightly() -> Served:
    """Return a hub behind its hook endpoint, with next to nothing beside it: made in no time."""
    hub, clock, metrics = FakeHub(), FakeClock(), Metrics()
    endpoint = HookEndpoint(hub, metrics)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"].startswith(PREFIX):
            await endpoint(scope, receive, send)
        else:
            await PlainTextResponse("well")(scope, receive, send)

    return Served(hub, app, OwnerAccess(KEY, clock, session_s=60), metrics, clock, asyncio.Event())


DATE = (b"date", b"Mon, 05 Jan 2026 08:00:00 GMT")
SERVER = (b"server", b"uvicorn")


class HandLoop(asyncio.AbstractEventLoop):
    """A clock with timers that the test moves; everything else is the running loop's."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.timers: list[asyncio.TimerHandle] = []

    def time(self) -> float:
        return self.now

    def get_debug(self) -> bool:
        return False

    def call_at(self, when: float, callback: Callable[..., Any], *args: Any, **_: Any) -> asyncio.TimerHandle:
        self.timers.append(asyncio.TimerHandle(when, callback, args, self))
        return self.timers[-1]

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        self.timers.remove(handle)

    async def go(self, seconds: float) -> None:
        """Let time pass, ring what is due, and see what comes of it."""
        end = self.now + seconds
        while due := [timer for timer in self.timers if timer.when() <= end]:
            first = min(due, key=asyncio.TimerHandle.when)
            self.timers.remove(first)
            self.now = max(self.now, first.when())
            first._run()
        self.now = end
        await settle()


@dataclass
class Line:
    """Makes the protocols of one server. `framework`: the paths that came as far as the ASGI app."""

    served: Served
    wire: bool
    keep_alive: float = 5
    patience: float = PATIENCE
    loop: HandLoop | None = None
    state: ServerState = field(default_factory=ServerState)
    framework: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        rules = HookRules(self.served.hub, self.served.metrics)
        http: Any = speaking(rules, self.patience) if self.wire else AutoHTTPProtocol
        plain: dict[str, Any] = {"access_log": False, "log_level": "critical", "lifespan": "off", "ws": "none"}
        self.config = uvicorn.Config(self._app, http=http, interface="asgi3", proxy_headers=False, **plain)
        self.config.timeout_keep_alive = self.keep_alive  # type: ignore[assignment]  # uvicorn adds it to the time
        self.config.load()
        self.state.default_headers = [DATE, SERVER]

    async def _app(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.framework.append(scope["path"])
        await self.served.app(scope, receive, send)

    def protocol(self) -> asyncio.Protocol:
        make: Any = self.config.http_protocol_class
        made: asyncio.Protocol = make(config=self.config, server_state=self.state, app_state={}, _loop=self.loop)
        return made


class HandTransport(asyncio.Transport):
    """Keeps what is written; the test brings what is read, and says when the line is slow or gone."""

    def __init__(self, protocol: asyncio.Protocol) -> None:
        super().__init__()
        self.protocol = protocol
        self.written = b""
        self.writes = 0
        self.reading = True
        self.closed = False
        protocol.connection_made(self)

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return {"peername": ("127.0.0.1", 1), "sockname": ("127.0.0.1", 8000)}.get(name, default)

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        assert isinstance(protocol, asyncio.Protocol)
        self.protocol = protocol

    def get_protocol(self) -> asyncio.Protocol:
        return self.protocol

    def write(self, data: bytes | bytearray | memoryview) -> None:
        if not self.closed:
            self.written += data
            self.writes += 1

    def pause_reading(self) -> None:
        self.reading = False

    def resume_reading(self) -> None:
        self.reading = True

    def is_closing(self) -> bool:
        return self.closed

    def close(self) -> None:
        if not self.closed:
            self.closed = True
            asyncio.get_running_loop().call_soon(self.lose)

    def lose(self) -> None:
        """The connection is gone."""
        self.closed = True
        self.protocol.connection_lost(None)

    async def feed(self, *pieces: bytes) -> None:
        """Bring each piece in by a read of its own, and let everything that can happen after it happen."""
        for piece in pieces:
            for _ in range(1000):
                if self.reading or self.closed:
                    break
                await asyncio.sleep(0)
            if self.closed:
                return
            self.protocol.data_received(piece)
            await settle()

    @property
    def statuses(self) -> list[int]:
        return [answer.status for answer in answers(self.written)]


@dataclass
class Reply:
    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes


def answers(written: bytes) -> list[Reply]:
    """Take apart what a server wrote; every answer of the hub but a stream has its length."""
    found = []
    while written:
        head, separator, written = written.partition(b"\r\n\r\n")
        assert separator, head
        status, *lines = head.split(b"\r\n")
        assert status.startswith(b"HTTP/1.1 ")
        headers = [(name, value) for name, _, value in (line.partition(b": ") for line in lines)]
        if status == b"HTTP/1.1 100 Continue":
            continue
        length = int(dict(headers)[b"content-length"])
        assert len(written) >= length
        found.append(Reply(int(status[9:12]), headers, written[:length]))
        written = written[length:]
    return found


async def settle() -> None:
    """Give every callback and task that is ready its turn."""
    for _ in range(30):
        await asyncio.sleep(0)


def request(
    body: bytes = b"buy btc 80",
    *headers: tuple[str, str],
    path: str = "/hooks/good-token",
    method: str = "POST",
    version: str = "1.1",
    length: str | None = "",
) -> bytes:
    """Return a request as bytes; `length` "" = that of the body, None = no Content-Length."""
    lines = [f"{method} {path} HTTP/{version}", "Host: 127.0.0.1:8000"]
    if length is not None:
        lines.append(f"Content-Length: {length or len(body)}")
    lines += [f"{name}: {value}" for name, value in headers]
    return "\r\n".join([*lines, "", ""]).encode() + body


HEALTH = request(b"", path="/healthz", method="GET", length=None)


def a_line(*, wire: bool = True, **kwargs: Any) -> Line:
    return Line(lightly(), wire=wire, **kwargs)


def texts(line: Line) -> list[str]:
    return [message.text for message in line.served.hub.received]


async def told(line: Line, *pieces: bytes) -> HandTransport:
    transport = HandTransport(line.protocol())
    await transport.feed(*pieces)
    return transport


@asynccontextmanager
async def listening(line: Line) -> AsyncIterator[int]:
    """Listen on a free port of loopback."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(line.protocol, "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[1]
    server.close()
    for connection in list(line.state.connections):
        connection.shutdown()
    await server.wait_closed()


async def say(port: int, pieces: Sequence[bytes], until: int) -> list[Reply]:
    """Send `pieces` over a socket and return `until` answers."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    heard = b""
    try:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
        while heard.count(b"HTTP/1.1 ") < until or not _whole(heard):
            read = await asyncio.wait_for(reader.read(65536), 10)
            if not read:
                break
            heard += read
    finally:
        writer.close()
    return answers(heard)


def _whole(heard: bytes) -> bool:
    try:
        return bool(answers(heard))
    except (AssertionError, KeyError):
        return False
