"""Commands that need no hub, and what the others say when there is none."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., "subprocess.CompletedProcess[str]"]

COMMANDS = [
    *(("run",), ("console",), ("send",), ("preview",), ("parse",), ("verify",), ("status",), ("orders",), ("trades",)),
    *(("positions",), ("signals",), ("flatten",), ("halt",), ("resume",), ("backup",), ("restore",), ("hooks", "add")),
    *(("data", "import"), ("data", "list"), ("data", "check"), ("data", "resample"), ("data", "fetch")),
    *(("hooks", "list"), ("config", "check"), ("config", "show"), ("config", "schema"), ("plugins", "list")),
    *(("strategy", "list"), ("strategy", "show"), ("strategy", "check"), ("new", "strategy")),
]


@pytest.mark.parametrize("name", COMMANDS, ids=" ".join)
def test_every_command_has_help(command: Run, name: tuple[str, ...]) -> None:
    done = command(*name, "--help")
    assert done.returncode == 0
    assert done.stdout.startswith(f"Usage: tradewire {' '.join(name)}")


def test_help_imports_nothing_heavy(command: Run) -> None:
    code = (
        "import sys\nfrom tradewire.cli.commands import app\n"
        "try: app(['--help'], prog_name='tradewire')\nexcept SystemExit: pass\n"
        "heavy = 'fastapi httpx lark numba numpy polars prompt_toolkit pydantic rich sqlalchemy uvicorn'.split()\n"
        "print([name for name in heavy if name in sys.modules])"
    )
    source = Path(__file__).parents[3] / "src"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(source)}
    )
    assert done.stdout.strip().splitlines()[-1] == "[]", done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("orders", "--limit", "0"),
        ("buy", "btc"),
        ("send",),
        ("run", "--port", "x"),
        ("run", "--port", "70000"),
        ("config", "nix"),
        ("parse", "/nowhere/at/all"),
        ("flatten", "--acount", "paper"),
    ],
)
def test_wrong_usage_ends_with_2(command: Run, arguments: tuple[str, ...]) -> None:
    done = command(*arguments)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("arguments", [("status",), ("send", "buy btc 80"), ("flatten",), ("hooks", "add", "x")])
def test_without_a_hub_a_command_says_how_to_start_one(
    command: Run, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    done = command(*arguments, "--data", str(tmp_path))
    assert done.returncode == 1
    assert "tradewire run" in done.stderr


def test_what_a_killed_hub_left_behind_does_not_count(command: Run, tmp_path: Path) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    (tmp_path / "hub.json").write_text(json.dumps({"url": "http://127.0.0.1:1", "token": "x", "pid": dead.pid}))
    assert "no hub is running" in command("status", "--data", str(tmp_path)).stderr
    (tmp_path / "hub.json").write_text("half a fi")
    assert "no hub is running" in command("status", "--data", str(tmp_path)).stderr


def test_a_hub_that_does_not_answer_is_named(command: Run) -> None:
    done = command("send", "buy btc 80", "--url", "http://127.0.0.1:1")
    assert done.returncode == 1
    assert "no hub answers at http://127.0.0.1:1" in done.stderr


def test_parse_reads_lines_and_answers_line_by_line(command: Run, tmp_path: Path) -> None:
    lines = '{"id": "a", "text": "buy btc 80 -tsl 2.8"}\n\n{"id": 2, "text": "good morning", "context": null}\n'
    done = command("parse", stdin=lines)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0
    assert [(answer["id"], answer["pred"]["action"]) for answer in answers] == [("a", "open"), (2, "none")]
    (tmp_path / "in.jsonl").write_text(lines)
    assert command("parse", str(tmp_path / "in.jsonl")).stdout == done.stdout
    assert command("parse", "-", stdin=lines).stdout == done.stdout


@pytest.mark.parametrize(
    ("line", "answered"),
    [
        (b"not json", []),
        (b"[]", []),
        (b"1", []),
        (b"[" * 100_000, []),
        (b'{"text": "x"}', []),
        (b'{"id": 1, "text": "\xff"}', []),
        (b'{"id": 1}', [1]),
        (b'{"id": 1, "text": 5}', [1]),
        (b'{"id": 1, "text": "x", "context": 5}', [1]),
        (b'{"id": "\\ud800", "text": 5}', ["\ud800"]),
    ],
)
def test_parse_names_the_line_that_it_cannot_read_and_goes_on(
    command: Run, tmp_path: Path, line: bytes, answered: list[int | str]
) -> None:
    file = tmp_path / "in.jsonl"
    file.write_bytes(b'{"id": 0, "text": "x"}\n' + line + b'\n{"id": 2, "text": "close btc"}')
    done = command("parse", str(file))
    answers = {answer["id"]: answer["pred"] for answer in map(json.loads, done.stdout.splitlines())}
    assert done.returncode == 1
    assert done.stderr.startswith("tradewire: line 2 ")
    assert len(done.stderr.splitlines()) == 1
    assert list(answers) == [0, *answered, 2]
    assert all(answers[known]["action"] == "unclear" and answers[known]["reason"] for known in answered)
    assert answers[2]["action"] == "close"


def test_config_check_names_file_line_and_nearest_key(command: Run, tmp_path: Path) -> None:
    file = tmp_path / "hub.yaml"
    file.write_text("server:\n  prt: 1\n")
    done = command("config", "check", "--config", str(file))
    assert done.returncode == 1
    assert done.stderr.strip() == f'{file}:2: server.prt: unknown key; did you mean "port"?'
    found = json.loads(command("config", "check", "--config", str(file), "--json").stdout)
    assert [(error["line"], error["path"]) for error in found["errors"]] == [(2, "server.prt")]


def test_config_check_lets_the_plugins_try_their_settings(command: Run, tmp_path: Path) -> None:
    file = tmp_path / "hub.yaml"
    file.write_text(
        'accounts: {main: {}}\nnotifiers:\n  phone: {type: webhook, config: {url: "http://127.0.0.1:1/T0K3N"}}\n'
    )
    done = command("config", "check", "--config", str(file))
    assert done.returncode == 1
    assert f"{file}:3: notifiers.phone: reachable: nobody answers there: start the other side" in done.stderr
    assert "accounts.main" in done.stdout
    assert "1 of 3 plug-ins would not work" in done.stdout
    found = json.loads(command("config", "check", "--config", str(file), "--json").stdout)
    assert (found["errors"], found["warnings"]) == ([], [])
    assert {check["path"]: check["ok"] for check in found["checks"]} == {
        "accounts.main": True,
        "feeds.simulated": True,
        "notifiers.phone": False,
    }
    assert "T0K3N" not in done.stdout + done.stderr + json.dumps(found)
    for arguments in ((), ("--json",)):
        offline = command("config", "check", "--offline", "--config", str(file), *arguments)
        assert offline.returncode == 0
    assert json.loads(offline.stdout)["checks"] == []


def test_config_check_of_the_defaults_is_in_order(command: Run, tmp_path: Path) -> None:
    done = command("config", "check", "--data", str(tmp_path))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("defaults: in order, 1 account(s)\n")


def test_a_broken_plugin_is_named_by_check_and_list(command: Run, tmp_path: Path) -> None:
    file = tmp_path / "hub.yaml"
    file.write_text("plugins: {venues: {acme: 'nomod:Acme'}}\naccounts: {main: {venue: acme}, spare: {}}\n")
    done = command("config", "check", "--config", str(file))
    assert done.returncode == 0
    assert "the venue plug-in 'acme' is broken: ModuleNotFoundError" in done.stderr
    rows = json.loads(command("plugins", "list", "--config", str(file), "--json").stdout)
    (row,) = [row for row in rows if row["id"] == "acme"]
    assert (row["title"], row["origin"]) == ("Acme", "yours")
    assert "No module named 'nomod'" in row["broken"]
    assert "No module named 'nomod'" in command("plugins", "list", "--config", str(file)).stdout


def test_plugins_are_listed_with_what_they_need(command: Run, tmp_path: Path) -> None:
    rows = json.loads(command("plugins", "list", "--data", str(tmp_path), "--json").stdout)
    assert {(row["kind"], row["id"]) for row in rows} >= {
        ("venue", "paper"),
        ("feed", "replay"),
        ("notifier", "webhook"),
    }
    (webhook,) = [row for row in rows if row["id"] == "webhook"]
    assert webhook == {
        "kind": "notifier",
        "id": "webhook",
        "title": "Webhook",
        "origin": "built-in",
        "summary": "Posts each notice as JSON to an address of yours.",
        "needs": ["network", "secrets"],
        "docs": "plugins.md#webhook",
        "broken": None,
    }
    assert "network, secrets" in command("plugins", "list", "--data", str(tmp_path)).stdout


def test_config_is_taken_from_the_data_directory(command: Run, tmp_path: Path) -> None:
    (tmp_path / "tradewire.yaml").write_text("server: {port: 9123}")
    shown = json.loads(command("config", "show", "--json", "--data", str(tmp_path)).stdout)
    assert shown["server"]["port"] == 9123
    assert "port: 9123" in command("config", "show", "--data", str(tmp_path)).stdout


def test_config_schema_is_json(command: Run) -> None:
    assert json.loads(command("config", "schema").stdout)["additionalProperties"] is False


def test_run_does_not_start_on_a_broken_configuration(process: Run, tmp_path: Path) -> None:
    (tmp_path / "tradewire.yaml").write_text("nonsense: 1")
    done = process("run", "--data", str(tmp_path), "--port", "0")
    assert done.returncode == 1
    assert "tradewire.yaml:1: nonsense: unknown key" in done.stderr
    assert not (tmp_path / "tradewire.db").exists()


def test_a_port_in_use_is_said_clearly(process: Run, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = process("run", "--data", str(tmp_path), "--port", port)
    assert done.returncode == 1
    assert f"port {port} on 127.0.0.1 is in use" in done.stderr
    assert "--port" in done.stderr


def test_verify_and_backup_without_a_database_say_so(command: Run, tmp_path: Path) -> None:
    for arguments in (("verify",), ("backup", str(tmp_path / "b"))):
        done = command(*arguments, "--data", str(tmp_path / "empty"))
        assert done.returncode == 1
        assert str(tmp_path / "empty") in done.stderr
        assert "Traceback" not in done.stderr


def test_an_unreadable_database_is_named_with_the_way_out(process: Run, tmp_path: Path) -> None:
    (tmp_path / "tradewire.db").write_bytes(b"this is not a database" * 500)
    for arguments in (("verify",), ("run", "--port", "0")):
        done = process(*arguments, "--data", str(tmp_path))
        assert done.returncode == 1
        assert done.stderr.startswith("tradewire: "), "a sentence for a person, not a record of the log"
        assert str(tmp_path / "tradewire.db") in done.stderr
        assert "restore" in done.stderr
        assert "Traceback" not in done.stderr
