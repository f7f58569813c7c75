"""The keyboard service: what it completes, what it tells, and how it ends."""

from __future__ import annotations

import json
import os
import pty
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from queue import Queue
from threading import Event, Thread
from typing import Any

import pytest
from prompt_toolkit import PromptSession
from prompt_toolkit.application import create_app_session
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document
from prompt_toolkit.history import InMemoryHistory
from prompt_toolkit.input import PipeInput, create_pipe_input
from prompt_toolkit.output import DummyOutput
from prompt_toolkit.output.plain_text import PlainTextOutput

from tradewire.cli.client import HubClient
from tradewire.cli.console.completion import CommandCompleter
from tradewire.cli.console.happenings import ServerEvent, happenings, server_events
from tradewire.cli.console.hub import DidNotStart, OwnHub
from tradewire.cli.console.session import Session
from tradewire.datadir import DataDir, RunningHub

Run = Callable[..., "subprocess.CompletedProcess[str]"]


def complete(text: str) -> list[str]:
    completer = CommandCompleter(lambda: ["BTCUSDT", "ETHUSDT"], lambda: ["main", "paper"])
    offers = completer.get_completions(Document(text), CompleteEvent(completion_requested=True))
    return [text[: len(text) + offer.start_position] + offer.text for offer in offers]


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        ("bu", "buy"),
        ("qu", "quit"),
        ("fla", "flatten"),
        ("buy b", "buy BTCUSDT"),
        ("preview sell et", "preview sell ETHUSDT"),
        ("buy btc 80 -ts", "buy btc 80 -tsl"),
        ("buy btc 80 --tr", "buy btc 80 --trailing-stop"),
        ("buy btc 80 -tsl 2.8 -e p", "buy btc 80 -tsl 2.8 -e paper"),
        ("buy btc 80 -e paper,m", "buy btc 80 -e paper,main"),
        ("buy btc 80 -tif g", "buy btc 80 -tif gtc"),
    ],
)
def test_completion_knows_what_may_come_next(text: str, offered: str) -> None:
    assert offered in complete(text)


@pytest.mark.parametrize("text", ["buy btc 80 -e x -e ", "nonsense here ", "buy btc 80 -sl "])
def test_completion_offers_nothing_where_nothing_fits(text: str) -> None:
    assert not [offer for offer in complete(text) if offer.endswith(("buy", "quit", "BTCUSDT"))]


def test_server_sent_events_are_read_as_the_standard_says() -> None:
    lines = [": beat", "", "id: 7", "event: price_crossed", "data: {", "data: }", ""]
    lines += ["data:x", "", "event: no-data", ""]
    assert list(server_events(lines)) == [
        ServerEvent("price_crossed", "{\n}", "7"),
        ServerEvent("message", "x"),
    ]


@pytest.mark.parametrize(
    ("fact", "told"),
    [
        ({"type": "signal_routed", "text": "buy", "accounts": ["a", "b"], "refusal": None}, "» buy → a, b"),
        (
            {"type": "signal_routed", "text": "buy", "accounts": [], "refusal": {"code": "c", "sentence": "no."}},
            "✗ buy: no. [c]",
        ),
        ({"type": "plan_refused", "refusal": {"code": "halted", "sentence": "no."}}, "✗ refused: no. [halted]"),
        ({"type": "message_read", "status": "unclear", "reason": "what?"}, "? not understood: what?"),
        ({"type": "trade_closed", "trade_id": "t1", "reason": "stop", "pnl": "-3"}, "○ closed t1 by stop: -3"),
        (
            {"type": "trade_closed", "trade_id": "t1", "reason": "signal", "pnl": "-0.2244379973529518547490090072"},
            "○ closed t1 by signal: -0.224438",
        ),
        ({"type": "account_halted", "halted": True}, "■ halted"),
    ],
)
def test_what_happens_is_told_in_a_line(fact: dict[str, Any], told: str) -> None:
    assert list(happenings(ServerEvent("x", json.dumps({"facts": [fact]})))) == [told]


@pytest.mark.parametrize(
    "fact",
    [
        {"type": "message_read", "message_id": "m1", "status": "unclear", "reason": "what?"},
        {
            "type": "signal_routed",
            "message_id": "m1",
            "text": "buy",
            "accounts": [],
            "refusal": {"code": "c", "sentence": "no."},
        },
    ],
)
def test_what_is_wrong_with_a_line_is_said_once(fact: dict[str, Any]) -> None:
    event = ServerEvent("x", json.dumps({"facts": [fact]}))
    assert list(happenings(event, {"m1"}.__contains__)) == []
    assert len(list(happenings(event, {"m2"}.__contains__))) == 1


class SlowHub(HubClient):
    """A hub that tells its stream of a line before the line is answered."""

    def __init__(self) -> None:
        super().__init__(RunningHub(url="http://127.0.0.1:1", token="", pid=0))
        self.streamed: Queue[str] = Queue()
        self.heard = Event()

    def get(self, path: str, query: object = None) -> Any:
        return []

    def post(self, path: str, body: object) -> Any:
        for message in ("mine", "another"):
            fact = {"type": "message_read", "message_id": message, "status": "unclear", "reason": f"{message} what?"}
            self.streamed.put("data: " + json.dumps({"facts": [fact]}))
            self.streamed.put("")
        return {"message_id": "mine", "status": "unclear", "reason": "mine what?", "signals": [], "settled": True}

    def lines(self, path: str, last_event_id: str | None) -> Iterator[str]:
        for _ in range(4):
            yield self.streamed.get()
        self.heard.set()


def test_a_misread_line_is_told_once_though_the_stream_is_faster(
    keyboard: PipeInput, capsys: pytest.CaptureFixture[str]
) -> None:
    hub = SlowHub()
    prompt: PromptSession[str] = PromptSession(history=InMemoryHistory(), input=keyboard, output=DummyOutput())
    session = Session(hub, prompt)
    listener = Thread(target=session.listen, daemon=True)
    listener.start()
    session.do("bux")
    assert hub.heard.wait(10)
    session.end()
    listener.join(10)
    shown = capsys.readouterr().out
    assert shown.count("mine what?") == 1
    assert shown.count("another what?") == 1


@pytest.mark.parametrize("data", ["", "[]", "{", '{"facts": null}', '{"facts": [{"type": "stops_moved"}]}', "3"])
def test_what_is_of_no_interest_or_unreadable_is_left_out(data: str) -> None:
    assert list(happenings(ServerEvent("quotes", data))) == []


@pytest.fixture
def keyboard() -> Iterator[PipeInput]:
    with create_pipe_input() as pipe:
        yield pipe


def typed(keyboard: PipeInput, hub: Path, lines: Iterable[str]) -> None:
    """Type the lines at a session on the running hub, until it ends."""
    running = DataDir(hub).running()
    assert running is not None
    prompt: PromptSession[str] = PromptSession(history=InMemoryHistory(), input=keyboard, output=DummyOutput())
    keyboard.send_text("".join(f"{line}\n" for line in lines))
    # What is printed meanwhile goes to the output of the application session, which lives as long as the process.
    with create_app_session(output=PlainTextOutput(sys.stdout)), HubClient(running) as client:
        Session(client, prompt).run()


def test_a_session_does_what_is_typed_until_quit(
    keyboard: PipeInput, hub: Path, at_hub: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    typed(keyboard, hub, ["help", "", "bux btc", "preview buy btc 80", "buy btc 80 -id typed-here", "status", "quit"])
    shown = capsys.readouterr().out
    assert "did you mean 'buy'" in shown
    assert " filled " in shown
    assert "equity" in shown
    assert at_hub("status").returncode == 0, "quit at an attached console leaves the hub running"


def test_the_end_of_the_input_ends_the_session(keyboard: PipeInput, hub: Path) -> None:
    typed(keyboard, hub, ["\x04"])


def test_a_console_of_its_own_hub_ends_it_cleanly(tmp_path: Path) -> None:
    place = DataDir(tmp_path)
    (tmp_path / "tradewire.yaml").write_text("server: {port: 0}\nsources: {}")
    own = OwnHub(place, None)
    running = own.start()
    assert place.running() == running
    assert own.stop() == 0
    assert place.running() is None


def test_a_hub_that_cannot_start_says_why(tmp_path: Path) -> None:
    (tmp_path / "tradewire.yaml").write_text("nonsense: 1")
    with pytest.raises(DidNotStart, match="nonsense: unknown key"):
        OwnHub(DataDir(tmp_path), None).start()


def test_why_the_consoles_hub_cannot_start_is_said_once_in_the_programs_name(command: Run, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        (tmp_path / "tradewire.yaml").write_text(f"server: {{port: {port}}}\nsources: {{}}")
        done = command("console", "--data", str(tmp_path))
    assert done.returncode == 1
    assert done.stderr.startswith(f"tradewire: port {port} on 127.0.0.1 is in use")


def console_in_a_terminal(data: Path) -> tuple[subprocess.Popen[bytes], int, RunningHub]:
    """Start a console with a terminal of its own; return it, our end of the terminal, and the hub that it started."""
    (data / "tradewire.yaml").write_text("server: {port: 0}\nsources: {}")
    ours, theirs = pty.openpty()
    code = "import fcntl, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); from tradewire.cli import main; main()"
    console = subprocess.Popen(
        [sys.executable, "-c", code, "console", "--data", str(data)],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3] / "src"), "TERM": "xterm"},
    )
    os.close(theirs)
    shown = b""
    while b"connected to" not in shown:
        shown += os.read(ours, 4096)
    hub = DataDir(data).running()
    assert hub is not None
    return console, ours, hub


@pytest.mark.parametrize("how", ["the terminal is closed", "SIGTERM", "SIGKILL"])
def test_however_a_console_ends_so_does_its_own_hub(tmp_path: Path, how: str) -> None:
    console, terminal, hub = console_in_a_terminal(tmp_path)
    alive = os.pidfd_open(hub.pid)
    if how == "the terminal is closed":
        os.close(terminal)
    else:
        console.send_signal(signal.Signals[how])
    assert console.wait(30) != 0
    assert select.select([alive], [], [], 30)[0], "the hub is gone"
    assert DataDir(tmp_path).running() is None
    assert not (tmp_path / "hub.json").exists(), "the hub ended in order"
