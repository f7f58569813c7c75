"""One console session: reads lines, does what they say, and shows above them what happens meanwhile."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from contextlib import suppress
from threading import Event, Lock, Thread

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
REMEMBERED = 1_000
"""Lines typed here whose answers were shown; the stream tells of them within a moment."""
HELP = """\
A line is a command: buy btc 80 -tsl 2.8, close btc 50%, sl btc 60000, halt, resume, flatten …
preview LINE shows what a line would do; Tab completes.
status, messages, signals, orders, trades, positions show what there is; quit ends."""

TABLES = {
    "status": ("/accounts", lists.ACCOUNTS),
    "messages": ("/messages", lists.MESSAGES),
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
        self._asking = Lock()
        self._answered: deque[str] = deque(maxlen=REMEMBERED)

    def run(self) -> None:
        """Read lines until `quit` or the end of the input; Ctrl-C clears the line."""
        self._prompt.completer = CommandCompleter(self._names("/instruments", "symbol"), self._names("/accounts", "id"))
        listener = Thread(target=self.listen, name="happenings", daemon=True)
        with patch_stdout(raw=True):
            listener.start()
            try:
                while self._read():
                    pass
            finally:
                self.end()

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
            with self._asking:
                story = self._hub.post("/commands", {"text": line})
                self._answered.append(story["message_id"])
            print_story(story)

    def _was_answered(self, message_id: str) -> bool:
        """Tell whether a message was typed here; waits for the answer to a line that is under way."""
        with self._asking:
            return message_id in self._answered

    def _names(self, path: str, key: str) -> Callable[[], list[str]]:
        known: list[str] = []

        def names() -> list[str]:
            if not known:
                with suppress(HubError):
                    known.extend(str(row[key]) for row in self._hub.get(path))
            return known

        return names

    def end(self) -> None:
        """Stop listening after the event that is being told."""
        self._over.set()

    def listen(self) -> None:
        """Tell what happens at the hub until the session ends; a stream that breaks is taken up again."""
        last: str | None = None
        while not self._over.is_set():
            try:
                for event in server_events(self._hub.lines("/stream", last)):
                    last = event.id or last
                    if self._over.is_set():
                        return
                    for sentence in happenings(event, self._was_answered):
                        typer.echo(sentence)
            except HubError:
                pass
            self._over.wait(RECONNECT_S)
