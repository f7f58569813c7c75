"""Serves a wired hub over HTTP until it is told to end."""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path

import uvicorn
from pydantic import SecretStr

from tradewire import logs
from tradewire.api.access import OwnerAccess
from tradewire.api.app import build as build_api
from tradewire.api.config import ApiSettings
from tradewire.api.hooks import HookRules
from tradewire.api.wire import speaking
from tradewire.app import Application, CannotStart
from tradewire.datadir import DataDir, DataDirUnusable, RunningHub
from tradewire.engine.contract import StreamItem
from tradewire.garbage import keep_pauses_short
from tradewire.lab.process import ProcessWorker
from tradewire.lab.service import BacktestLab
from tradewire.settings.model import Settings
from tradewire.store.errors import StoreError
from tradewire.strategies.shipped import SHIPPED


class HadToEnd(Exception):
    """The hub ended itself; the sentence says why and what to do."""


async def serve(settings: Settings, data: DataDir, host: str, port: int, say: Callable[[str], None]) -> int:
    """Run a hub and its HTTP side until SIGINT or SIGTERM.

    Raises:
        CannotStart, DataDirUnusable, StoreError: it cannot begin.
        HadToEnd: another program writes to its journal.
    """
    async with Application(settings, data) as application, AsyncExitStack() as running:
        key = access_key(data)
        api = ApiSettings(
            owner_token=SecretStr(key),
            host=host,
            allowed_hosts=frozenset(settings.server.allowed_hosts),
            public_url=settings.server.public_url,
        )
        access = OwnerAccess(key, application.clock, session_s=api.session_s)
        closing = asyncio.Event()
        lab = await running.enter_async_context(laboratory(application, data))
        app = build_api(
            application.hub,
            application.store.queries,
            api,
            access=access,
            lab=lab,
            metrics=application.metrics,
            closing=closing,
        )
        listener = bound(host, port)
        config = uvicorn.Config(
            app,
            http=speaking(HookRules(application.hub, application.metrics)),
            log_level="warning",
            access_log=False,
            lifespan="off",
            ws="none",
            timeout_graceful_shutdown=5,
        )
        server = uvicorn.Server(config)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, end, server, closing)
        url = f"http://{'127.0.0.1' if host in ('0.0.0.0', 'localhost') else host}:{listener.getsockname()[1]}"
        data.announce(RunningHub(url=url, token=key, pid=os.getpid()))
        say(f"{url}/?token={access.invite()}" if api.loopback else url)
        collecting = loop.create_task(keep_pauses_short(lambda: not application.engine.backlog))
        watching = loop.create_task(end_when_fenced(application.fenced, server, closing))
        try:
            await server._serve([listener])
        finally:
            collecting.cancel()
            watching.cancel()
            data.withdraw(os.getpid())
        if application.fenced.is_set():
            raise HadToEnd(
                f"another program has written to the journal in {data.database}: what this hub knew was out of date, "
                "so it has ended and touched nothing more; find the other one, then start this one again"
            )
    return 0


def laboratory(application: Application, data: DataDir) -> BacktestLab:
    """Return the hub's Lab: its rows in the hub's database, its news in the hub's event stream."""
    stream = application.engine.stream
    return BacktestLab(
        application.store,
        application.clock,
        data.root,
        runnable(application.settings),
        worker=lambda: ProcessWorker(data.root),
        tell=lambda news: stream.publish(StreamItem(id=None, kind="backtest", data=news)),
    )


def runnable(settings: Settings) -> dict[str, str]:
    """Return what the Lab may run, id → what to look up: shipped strategies, and the configured ones by their names."""
    own = {name: one.strategy for name, one in settings.strategies.items() if one.strategy not in SHIPPED}
    return {name: name for name in SHIPPED} | own


async def end_when_fenced(fenced: asyncio.Event, server: uvicorn.Server, closing: asyncio.Event) -> None:
    """A hub that may write no more is of no use, and in the way of the one that may."""
    await fenced.wait()
    end(server, closing)


def end(server: uvicorn.Server, closing: asyncio.Event) -> None:
    """End the event streams first: a listener that stays would keep the server waiting."""
    closing.set()
    server.should_exit = True


def bound(host: str, port: int) -> socket.socket:
    """Return a socket that listens, so that the address is known and ours before anything is announced.

    Raises:
        CannotStart: it is in use, or not an address of this machine.
    """
    try:
        return socket.create_server((host, port), backlog=2048)
    except OSError as error:
        raise CannotStart(f"cannot listen on {host} port {port}: {error.strerror or error}; try --port") from error


def access_key(data: DataDir) -> str:
    """Return the owner's access key, made at the first start and kept in the data directory for its owner alone.

    An empty file, as a loss of power may leave it, counts as none.

    Raises:
        CannotStart: it cannot be read or made.
    """
    file = data.access_key
    try:
        key = file.read_text("utf-8").strip() if file.exists() else ""
        if not key:
            key = secrets.token_urlsafe(32)
            partial = file.with_suffix(".partial")
            partial.unlink(missing_ok=True)
            descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w") as handle:
                handle.write(key)
                handle.flush()
                os.fsync(descriptor)
            partial.replace(file)
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise CannotStart(
            f"the access key {file} cannot be read: {reason}; remove it, and a new one is made"
        ) from error
    return key


def run(settings: Settings, *, data: Path, host: str, port: int, demo: bool) -> int:
    """Serve the hub until it is told to end; return the exit code."""
    logs.set_up()
    chosen = settings if demo else settings.without_demo()

    def say(url: str) -> None:
        print(f"Tradewire is ready: {url}", flush=True)

    place = DataDir(data)
    try:
        with place.held(), asyncio.Runner(loop_factory=_loop) as runner:
            return runner.run(serve(chosen, place, host, port, say))
    except (CannotStart, DataDirUnusable, HadToEnd, StoreError) as error:
        print(f"tradewire: {error}", file=sys.stderr)
        return 1


def _loop() -> asyncio.AbstractEventLoop:
    try:
        import uvloop
    except ImportError:
        return asyncio.new_event_loop()
    return uvloop.new_event_loop()
