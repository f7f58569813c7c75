"""`programs`: kinds without a hub; at a hub how each stands, and the words to it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tradewire.programs.shipped import SHIPPED
from unit.cli.conftest import environment

Run = Callable[..., "subprocess.CompletedProcess[str]"]
CONFIG = """
accounts: {main: {config: {balance: 10000}}}
sources: {}
programs:
  coffee:
    program: dca
    account: main
    params: {symbol: btc, size: 80, schedule: {every: weekly, days: [mon]}}
  doubling:
    program: martingale
    account: main
    params: {symbol: btc, size: 20, exits: -sl 50% -tp 50%}
"""


@pytest.fixture(scope="module")
def trading(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The data directory of a hub with two programs."""
    data = tmp_path_factory.mktemp("trading")
    (data / "tradewire.yaml").write_text(CONFIG)
    with subprocess.Popen(
        [sys.executable, "-m", "tradewire", "run", "--data", str(data), "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=environment(),
    ) as process:
        assert process.stdout is not None
        assert "http://127.0.0.1:" in process.stdout.readline()
        yield data
        process.send_signal(signal.SIGTERM)


def test_every_kind_is_described_with_its_parameters(command: Run) -> None:
    kinds = json.loads(command("programs", "kinds", "--json").stdout)
    assert [kind["kind"] for kind in kinds] == sorted(SHIPPED)
    assert all(kind["summary"] and kind["parameters"] for kind in kinds)
    assert all(row["description"] for kind in kinds for row in kind["parameters"])
    shown = command("programs", "kinds", "grid").stdout
    assert "max_orders" in shown
    assert "schedule.every" not in shown


def test_a_kind_that_is_not_there_is_named_with_the_nearest(command: Run) -> None:
    done = command("programs", "kinds", "gird")
    assert (done.returncode, 'did you mean "grid"?' in done.stderr) == (2, True)


def test_programs_are_listed_with_their_warnings_and_take_words(command: Run, trading: Path) -> None:
    listed = command("programs", "list", data=trading)
    assert listed.returncode == 0, listed.stderr
    assert "coffee" in listed.stdout
    assert "martingale raises the stake after each loss" in listed.stdout
    assert "size: 80" in command("programs", "show", "coffee", data=trading).stdout
    assert "coffee is paused (by you)" in command("programs", "pause", "coffee", data=trading).stdout
    again = command("programs", "pause", "coffee", data=trading)
    assert (again.returncode, "coffee is paused" in again.stderr) == (1, True)
    assert "coffee is running" in command("programs", "resume", "coffee", data=trading).stdout
    assert json.loads(command("programs", "stop", "coffee", "--json", data=trading).stdout)["status"] == "stopped"
    unknown = command("programs", "stop", "cofee", data=trading)
    assert (unknown.returncode, "did you mean coffee?" in unknown.stderr) == (1, True)
