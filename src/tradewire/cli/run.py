"""`run`: the whole hub in this process."""

from __future__ import annotations

import errno
import os
import signal
import socket
from contextlib import suppress
from threading import Thread
from typing import Annotated

import typer

from tradewire.cli.options import ConfigFile, Data, directory, fail

STDIN = 0

Host = Annotated[
    str | None, typer.Option("--host", metavar="ADDRESS", help="Address to listen on.", show_default="127.0.0.1")
]
Port = Annotated[
    int | None, typer.Option("--port", metavar="N", min=0, max=65535, help="Port; 0 = any.", show_default="8000")
]
Attended = Annotated[bool, typer.Option("--attended", hidden=True, help="End when the standard input does.")]
NoDemo = Annotated[bool, typer.Option("--no-demo", help="No made-up signals: nothing trades by itself.")]


def run(
    config: ConfigFile = None,
    data: Data = None,
    host: Host = None,
    port: Port = None,
    no_demo: NoDemo = False,
    attended: Attended = False,
) -> None:
    """Serve the hub and its dashboard. Without a configuration it trades on paper only and asks for nothing.

    Prints an address with a one-time token; Ctrl-C ends it cleanly.
    """
    from tradewire.cli.configured import loaded
    from tradewire.datadir import DataDirUnusable

    if attended:
        Thread(target=_end_with_input, name="attended", daemon=True).start()
    place = directory(data)
    settings = loaded(config, place).settings
    try:
        place.ensure_free()
    except DataDirUnusable as error:
        fail(str(error))
    address, number = host or settings.server.host, settings.server.port if port is None else port
    _ensure_free(address, number)

    from tradewire.serve import run as serve

    raise typer.Exit(serve(settings, data=place.root, host=address, port=number, demo=not no_demo))


def _end_with_input() -> None:
    """Wait until whoever started this process has closed its end of the pipe, or is dead, and end as SIGTERM would."""
    with suppress(OSError):
        while os.read(STDIN, 1024):
            pass
    os.kill(os.getpid(), signal.SIGTERM)


def _ensure_free(host: str, port: int) -> None:
    try:
        family, kind, protocol, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(where)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            fail(f"port {port} on {host} is in use by another program; choose another one with --port")
        fail(f"cannot listen on {host} port {port}: {error.strerror or error}")
