"""How a hub begins, and when it may not: sentences, never a traceback, and never two hubs on one journal."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from tradewire.datadir import DataDir, RunningHub
from tradewire.engine import facts as f
from tradewire.store import Store

Run = Callable[..., "subprocess.CompletedProcess[str]"]
Start = Callable[..., "subprocess.Popen[str]"]


class Epoch:
    def now(self) -> int:
        return 0


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts hubs on a data directory and returns once each serves; ends them at last."""
    begun: list[subprocess.Popen[str]] = []

    def one(*arguments: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "tradewire", "run", "--data", str(tmp_path), "--port", "0", "--no-demo"]
        process = subprocess.Popen([*command, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        begun.append(process)
        assert process.stdout is not None
        line = process.stdout.readline()
        while "Tradewire is ready" not in line:
            assert line, process.communicate(timeout=30)[1]
            line = process.stdout.readline()
        return process

    yield one
    for process in begun:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)


def test_a_killed_hub_holds_nothing_even_where_its_number_is_in_use(tmp_path: Path, start: Start, process: Run) -> None:
    killed = start()
    killed.kill()
    killed.wait()
    left = json.loads((tmp_path / "hub.json").read_text())
    (tmp_path / "hub.json").write_text(json.dumps({**left, "pid": 1}))
    again = start()
    told = DataDir(tmp_path).running()
    assert told is not None
    assert told.pid == again.pid


def test_a_second_hub_says_which_one_runs_also_where_its_word_is_lost(
    tmp_path: Path, start: Start, process: Run
) -> None:
    first = start()
    told = json.loads((tmp_path / "hub.json").read_text())
    second = process("run", "--data", str(tmp_path), "--port", "0")
    assert (second.returncode, second.stdout) == (1, "")
    assert second.stderr == f"tradewire: a hub runs on {tmp_path} already: {told['url']}, process {first.pid}\n"
    (tmp_path / "hub.json").unlink()
    second = process("run", "--data", str(tmp_path), "--port", "0")
    assert (second.returncode, second.stderr) == (
        1,
        f"tradewire: a hub runs on {tmp_path} already, process {first.pid}\n",
    )
    restoring = process("restore", "--data", str(tmp_path), str(tmp_path / "x"))
    assert restoring.returncode == 1
    assert f"process {first.pid}: stop it first" in restoring.stderr


def test_a_hub_that_another_writer_has_fenced_ends_itself(tmp_path: Path, start: Start) -> None:
    hub = start()
    running = DataDir(tmp_path).running()
    assert isinstance(running, RunningHub)
    with Store.open(tmp_path / "tradewire.db", clock=Epoch()) as other, other.transaction() as group:
        kind, data = f.encode(f.Record(f.HookAsked("x")))
        group.append("inbox", kind, 1, data)
    answer = httpx.post(
        f"{running.url}/api/v1/commands",
        json={"text": "buy btc 80"},
        headers={"Authorization": f"Bearer {running.token}"},
        trust_env=False,
    )
    assert answer.status_code == 503
    assert hub.wait(30) == 1
    assert hub.stderr is not None
    said = hub.stderr.read()
    assert f"tradewire: another program has written to the journal in {tmp_path / 'tradewire.db'}" in said
    assert "Traceback" not in said
    assert not (tmp_path / "hub.json").exists()


def test_an_empty_access_key_is_made_again(tmp_path: Path, start: Start) -> None:
    (tmp_path / "access.key").write_text("")
    start()
    assert len((tmp_path / "access.key").read_text()) > 20
    assert (tmp_path / "access.key").stat().st_mode & 0o777 == 0o600


def test_what_keeps_a_hub_from_starting_is_one_sentence(tmp_path: Path, process: Run) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "spoilt").mkdir()
    (tmp_path / "spoilt" / "access.key").mkdir()
    for place in (Path("/proc/nope"), tmp_path / "file", tmp_path / "spoilt"):
        done = process("run", "--data", str(place), "--port", "0")
        assert done.returncode == 1
        assert done.stderr.splitlines()[-1].startswith("tradewire: ")
        assert str(place) in done.stderr
        assert "Traceback" not in done.stderr


def test_an_empty_database_where_a_hub_has_run_is_no_new_beginning(tmp_path: Path, start: Start, process: Run) -> None:
    database = tmp_path / "tradewire.db"
    database.write_bytes(b"")
    first = start()
    first.send_signal(signal.SIGTERM)
    first.wait(30)
    database.write_bytes(b"")
    done = process("run", "--data", str(tmp_path), "--port", "0")
    assert done.returncode == 1
    assert f"{database} is empty although a hub has run here" in done.stderr
    assert database.stat().st_size == 0


def test_a_backup_makes_no_directories(tmp_path: Path, start: Start, process: Run) -> None:
    start()
    done = process("backup", "--data", str(tmp_path), str(tmp_path / "nope" / "x.db"))
    assert done.returncode == 1
    assert f"there is no directory {tmp_path / 'nope'}" in done.stderr
    assert not (tmp_path / "nope").exists()


def test_the_console_says_once_who_speaks(tmp_path: Path, process: Run) -> None:
    (tmp_path / "access.key").mkdir()
    (tmp_path / "tradewire.yaml").write_text("server: {port: 0}")
    done = process("console", "--data", str(tmp_path))
    assert done.returncode == 1
    assert "the access key" in done.stderr
    assert "tradewire: tradewire:" not in done.stderr
