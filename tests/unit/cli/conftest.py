"""One real hub for the tests of the command line: its own process, its own data directory, any free port."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tradewire.cli.commands import app

SRC = Path(__file__).parents[3] / "src"
Run = Callable[..., "subprocess.CompletedProcess[str]"]


def environment() -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("TRADEWIRE_")}
    return {**kept, "PYTHONPATH": str(SRC), "NO_COLOR": "1"}


def in_a_process(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command as a shell would."""
    return subprocess.run(
        [sys.executable, "-m", "tradewire", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        env=environment(),
    )


def in_here(*arguments: str, stdin: str = "", data: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command in this process, which spares a second of imports."""
    runner = CliRunner(env={"TRADEWIRE_DATA": None if data is None else str(data), "TRADEWIRE_URL": None})
    result = runner.invoke(app, arguments, input=stdin, prog_name="tradewire")
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return subprocess.CompletedProcess(arguments, result.exit_code, result.stdout, result.stderr)


@pytest.fixture(scope="session")
def process() -> Run:
    return in_a_process


@pytest.fixture(scope="session")
def command() -> Run:
    return in_here


@pytest.fixture(scope="session")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The data directory of a running hub on which nothing trades by itself."""
    data = tmp_path_factory.mktemp("hub")
    with (data / "stderr").open("w") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "tradewire", "run", "--data", str(data), "--port", "0", "--no-demo"],
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            env=environment(),
        )
    assert process.stdout is not None
    assert "http://127.0.0.1:" in process.stdout.readline(), (data / "stderr").read_text()
    yield data
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 0, "SIGTERM ends a hub cleanly"
    assert not (data / "hub.json").exists()


@pytest.fixture
def at_hub(hub: Path) -> Run:
    """Runs a command against the running hub."""
    return partial(in_here, data=hub)
