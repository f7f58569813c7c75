"""`console`: the keyboard service."""

from __future__ import annotations

import typer

from tradewire.cli.options import ConfigFile, Data, directory, fail
from tradewire.datadir import DataDir, RunningHub


def console(config: ConfigFile = None, data: Data = None) -> None:
    """Open a line to the hub, with history and completion, and live events above it.

    Attaches to the hub that runs on the data directory and leaves it running. Where none does, it starts one, and
    `quit` ends every service of it, as does the loss of the terminal.
    """
    from tradewire.cli.console.hub import DidNotStart, OwnHub, leaving_on_signals

    place = directory(data)
    running = place.running()
    if running is not None:
        _attend(running, place)
        return
    typer.echo("no hub is running: starting one")
    own = OwnHub(place, config)
    with leaving_on_signals():
        try:
            _attend(own.start(), place)
        except DidNotStart as error:
            fail(str(error).removeprefix("tradewire: "))
        finally:
            code = own.stop()
    raise typer.Exit(code)


def _attend(hub: RunningHub, place: DataDir) -> None:
    from prompt_toolkit import PromptSession
    from prompt_toolkit.history import FileHistory

    from tradewire.cli.client import HubClient
    from tradewire.cli.console.session import Session

    typer.echo(f"connected to {hub.url}; help says what can be typed")
    with HubClient(hub) as client:
        Session(client, PromptSession(history=FileHistory(str(place.history)))).run()
