"""Speaks ASGI by hand, for what an HTTP client cannot do: stop sending, stop reading, hang up."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx
from starlette.types import ASGIApp

from tradewire.api.access import OwnerAccess
from tradewire.api.app import build
from tradewire.api.config import ApiSettings
from tradewire.metrics import Metrics
from unit.api.fake_hub import FakeClock, FakeHub
from unit.api.fake_lab import FakeLab
from unit.api.fake_queries import FakeQueries

KEY = "the-access-key-of-the-owner"
BEARER = {"Authorization": f"Bearer {KEY}"}
ORIGIN = "http://127.0.0.1:8000"


@dataclass
class Served:
    """An API over a fake hub."""

    hub: FakeHub
    app: ASGIApp
    access: OwnerAccess
    metrics: Metrics
    clock: FakeClock
    closing: asyncio.Event
    lab: FakeLab = field(default_factory=FakeLab)
    port: int | None = None
    """Where a server listens for it; None: clients call the app itself."""

    def client(self, *, login: bool = True, base: str = ORIGIN) -> httpx.AsyncClient:
        headers = BEARER if login else {}
        if self.port is not None:
            return httpx.AsyncClient(base_url=f"http://127.0.0.1:{self.port}", headers=headers, trust_env=False)
        transport = httpx.ASGITransport(app=self.app)
        return httpx.AsyncClient(transport=transport, base_url=base, headers=headers)


def serve(hub: FakeHub | None = None, **settings: Any) -> Served:
    """Return the API of a hub, on loopback unless `host` says otherwise."""
    hub, lab, clock, metrics = hub or FakeHub(), FakeLab(), FakeClock(), Metrics()
    wanted = ApiSettings(owner_token=KEY, **settings)
    access = OwnerAccess(KEY, clock, session_s=wanted.session_s)
    closing = asyncio.Event()
    app = build(hub, FakeQueries(hub), wanted, access=access, lab=lab, metrics=metrics, closing=closing)
    return Served(hub, app, access, metrics, clock, closing, lab)


@dataclass
class Call:
    """One request under way: its body comes in `pieces`, and what is sent waits while `reading` is not set."""

    app: ASGIApp
    method: str
    path: str
    headers: Sequence[tuple[str, str]] = ()
    pieces: Sequence[bytes | None] = (b"",)
    """None: the sender hangs up."""
    query: str = ""
    sent: list[dict[str, Any]] = field(default_factory=list)
    reading: asyncio.Event = field(default_factory=asyncio.Event)
    gone: asyncio.Event = field(default_factory=asyncio.Event)
    taken: int = 0
    progress: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def run(self) -> None:
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": self.method,
            "scheme": "http",
            "path": self.path,
            "raw_path": self.path.encode(),
            "query_string": self.query.encode(),
            "root_path": "",
            "headers": [(b"host", b"127.0.0.1:8000")]
            + [(name.lower().encode(), value.encode()) for name, value in self.headers],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 8000),
        }
        await self.app(scope, self._receive, self._send)

    async def _receive(self) -> dict[str, Any]:
        if self.taken >= len(self.pieces):
            await self.gone.wait()
            return {"type": "http.disconnect"}
        piece = self.pieces[self.taken]
        self.taken += 1
        if piece is None:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": piece, "more_body": self.taken < len(self.pieces)}

    async def _send(self, message: dict[str, Any]) -> None:
        await self.reading.wait()
        async with self.progress:
            self.sent.append(message)
            self.progress.notify_all()

    @property
    def status(self) -> int:
        status: int = self.sent[0]["status"]
        return status

    @property
    def body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.sent)

    async def until(self, text: bytes) -> None:
        """Wait until the body holds `text`."""
        async with self.progress:
            await asyncio.wait_for(self.progress.wait_for(lambda: text in self.body), 10)
