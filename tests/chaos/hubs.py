"""Starts, kills and ends processes: the exchange, the nursery, and what trades against the exchange."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from contextlib import suppress
from pathlib import Path
from random import randrange
from typing import Protocol, Self

import msgspec

from chaos.exchange.knobs import Knobs
from chaos.nursery import Birth
from chaos.wire import Client

TESTS = Path(__file__).parents[1]
ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join([str(TESTS.parent / "src"), str(TESTS)])}
PATIENCE_S = 60.0
HOOK = "alerts"

CONFIG = """\
accounts:
  fake:
    venue: {venue}
    netting: {netting}
    risk: open
    config: {{port: {port}, account: {account}, client_ids: {client_ids}, hedging: {hedging}, native_stops: {native}}}
feeds:
  still: {{type: "chaos.feed:StillQuotes"}}
sources: {{}}
notifiers: {{}}
risk:
  open: {{opposite: allow, max_signal_age: null, max_clock_skew: null, max_quote_age: null, max_spread: null,
         max_leverage: null}}
engine: {{snapshot_every: 500}}
"""
"""A hub that turns every signal into an order: nothing limits, nothing reverses."""


class Helper:
    """A Python process of this package that says a first line when it can be used."""

    def __init__(self, *command: str) -> None:
        self._command = command
        self.first = ""

    async def __aenter__(self) -> Self:
        pipe = asyncio.subprocess.PIPE
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", *self._command, stdin=pipe, stdout=pipe, env=ENVIRONMENT
        )
        self.first = await self.line()
        return self

    async def __aexit__(self, *_: object) -> None:
        with suppress(ProcessLookupError):
            self.process.kill()
        await self.process.wait()

    async def line(self) -> str:
        """Return the next line that it says."""
        if self.process.stdout is None:
            raise RuntimeError("not started")
        async with asyncio.timeout(PATIENCE_S):
            said = await self.process.stdout.readline()
        if not said:
            raise RuntimeError(f"{self._command[0]} ended")
        return said.decode().strip()


class ExchangeProcess(Helper):
    """The fake exchange, with all its ledgers in one directory."""

    def __init__(self, directory: Path) -> None:
        super().__init__("chaos.exchange", str(directory))
        self.directory = directory

    @property
    def port(self) -> int:
        return int(self.first)

    async def set(self, account: str, knobs: Knobs) -> None:
        """Open an account, or change its knobs."""
        await Client("127.0.0.1", self.port).ask("PUT", f"/{account}/knobs", msgspec.json.encode(knobs))

    async def injected(self, account: str) -> dict[str, int]:
        """Return how often each fault was dealt."""
        _, body = await Client("127.0.0.1", self.port).ask("GET", f"/{account}/injected")
        return msgspec.json.decode(body, type=dict[str, int])

    def ledger(self, account: str) -> Path:
        return self.directory / f"{account}.jsonl"


class Nursery(Helper):
    """Forks hubs; see `chaos.nursery`."""

    def __init__(self) -> None:
        super().__init__("chaos.nursery")
        self._busy = asyncio.Lock()

    async def bear(self, birth: Birth) -> int:
        """Start a hub and return its process id."""
        async with self._busy:
            if self.process.stdin is None:
                raise RuntimeError("not started")
            self.process.stdin.write(msgspec.json.encode(birth) + b"\n")
            return int(await self.line())


class Trader(Protocol):
    """What the harness kills: a hub, or a model of a bad one."""

    port: int
    path: str
    """Where signals are posted."""

    async def start(self) -> int:
        """Start it and return its process id."""


class Hub:
    """A hub of its own directory and port, born in the nursery."""

    def __init__(self, nursery: Nursery, config: Path, data: Path) -> None:
        self.port = free_port()
        self.path = ""
        self.config, self.data = config, data
        self._nursery = nursery
        self.strike_at: int | None = None

    @property
    def database(self) -> Path:
        return self.data / "tradewire.db"

    async def start(self) -> int:
        birth = Birth(config=str(self.config), data=str(self.data), port=self.port, strike_at=self.strike_at)
        return await self._nursery.bear(birth)

    async def make_hook(self) -> None:
        """Ask the running hub for a webhook, as its owner would."""
        key = (self.data / "access.key").read_text().strip()
        status, body = await Client("127.0.0.1", self.port).ask(
            "POST", "/api/v1/hooks", msgspec.json.encode({"name": HOOK, "account": "fake"}), key
        )
        if status not in (200, 201):
            raise RuntimeError(f"no hook: {status} {body.decode()}")
        self.path = "/hooks/" + msgspec.json.decode(body)["url"].rsplit("/", 1)[1]


async def until_ready(port: int, pid: int) -> bool:
    """Wait until a process accepts connections; False if it ends before."""
    async with asyncio.timeout(PATIENCE_S):
        while alive(pid):
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.005)
                continue
            writer.close()
            return True
    return False


async def end(pid: int, *, gently: bool = False) -> None:
    """End a process (SIGKILL, or SIGTERM where `gently`), and wait until it is gone."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM if gently else signal.SIGKILL)
    async with asyncio.timeout(PATIENCE_S):
        while alive(pid):  # noqa: ASYNC110 - it is no child of ours: there is nothing to wait on
            await asyncio.sleep(0.002)


def alive(pid: int) -> bool:
    """Tell whether anything of a process is left; its sockets may outlive its main thread by a moment."""
    return Path(f"/proc/{pid}").exists()


def free_port() -> int:
    """Return a port that nobody uses now, below those that outgoing connections are given."""
    for port in iter(lambda: randrange(20_000, 32_000), 0):
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise RuntimeError("no free port")
