"""One console session: reads lines, does what they say, and shows above them what happens meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from threading import Event, Thread

import typer
from prompt_toolkit import PromptSession
from prompt_toolkit.patch_stdout import patch_stdout

from tradewire.cli import lists
from tradewire.cli.client import HubClient, HubError
from tradewire.cli.console.completion import CommandCompleter
from tradewire.cli.console.happenings import happenings, server_events
from tradewire.cli.output import print_preview, print_story, print_table

PROMPT = "tradewire> "
RECONNECT_S = 1.0
HELP = """\
A line is a command: buy btc 80 -tsl 2.8, close btc 50%, sl btc 60000, halt, resume, flatten …
preview LINE shows what a line would do; Tab completes.
status, signals, orders, trades, positions show what there is; quit ends."""

TABLES = {
    "status": ("/accounts", lists.ACCOUNTS),
    "signals": ("/signals", lists.SIGNALS),
    "orders": ("/orders", lists.ORDERS),
    "trades": ("/trades/open", lists.OPEN_TRADES),
    "positions": ("/positions", lists.POSITIONS),
}


class Session:
    """Reads and answers until the person quits."""

    def __init__(self, hub: HubClient, prompt: PromptSession[str]) -> None:
        self._hub = hub
        self._prompt = prompt
        self._over = Event()

    def run(self) -> None:
        """Read lines until `quit` or the end of the input; Ctrl-C clears the line."""
        self._prompt.completer = CommandCompleter(self._names("/instruments", "symbol"), self._names("/accounts", "id"))
        listener = Thread(target=self._listen, name="happenings", daemon=True)
        with patch_stdout(raw=True):
            listener.start()
            try:
                while self._read():
                    pass
            finally:
                self._over.set()

    def _read(self) -> bool:
        try:
            line = self._prompt.prompt(PROMPT).strip()
        except KeyboardInterrupt:
            return True
        except EOFError:
            return False
        if line in ("quit", "exit"):
            return False
        if line:
            try:
                self.do(line)
            except HubError as error:
                typer.secho(str(error), fg=typer.colors.RED)
        return True

    def do(self, line: str) -> None:
        """Do what one line says.

        Raises:
            HubError: the hub said no, or nothing.
        """
        if line == "help":
            typer.echo(HELP)
        elif line in TABLES:
            path, columns = TABLES[line]
            print_table(self._hub.get(path), columns, "nothing yet")
        elif line.startswith("preview "):
            print_preview(self._hub.post("/preview", {"text": line.removeprefix("preview ")}))
        else:
            print_story(self._hub.post("/commands", {"text": line}))

    def _names(self, path: str, key: str) -> Callable[[], list[str]]:
        known: list[str] = []

        def names() -> list[str]:
            if not known:
                with suppress(HubError):
                    known.extend(str(row[key]) for row in self._hub.get(path))
            return known

        return names

    def _listen(self) -> None:
        last: str | None = None
        while not self._over.is_set():
            try:
                for event in server_events(self._hub.lines("/stream", last)):
                    last = event.id or last
                    if self._over.is_set():
                        return
                    for sentence in happenings(event):
                        typer.echo(sentence)
            except HubError:
                pass
            self._over.wait(RECONNECT_S)
