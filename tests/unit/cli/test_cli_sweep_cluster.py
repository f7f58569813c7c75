"""A sweep over a real Redis with real workers, one of which is killed: the result is that of one machine."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tradewire.backtest.made import made_bars
from tradewire.store.sweeps import SweepStore

pytest.importorskip("celery", reason="celery is not installed")
SRC = Path(__file__).parents[3] / "src"
Begin = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[str]:
    """The URL of a Redis of its own."""
    server = shutil.which("redis-server")
    if server is None:
        pytest.skip("no redis-server")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ("--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", str(tmp_path))
    process = subprocess.Popen([server, *options], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert any("eady to accept connections" in line for line in process.stdout)
    yield f"redis://127.0.0.1:{port}/0"
    process.terminate()
    process.communicate(timeout=20)


@pytest.fixture
def command(tmp_path: Path) -> Iterator[Begin]:
    """Begins commands that share a database, and ends those that are left over."""
    begun: list[subprocess.Popen[str]] = []
    environment = {**os.environ, "PYTHONPATH": str(SRC), "TRADEWIRE_DATA": str(tmp_path / "place")}

    def begin(*arguments: str) -> subprocess.Popen[str]:
        words = [sys.executable, "-m", "tradewire", "sweep", *arguments]
        begun.append(
            subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
        )
        return begun[-1]

    yield begin
    for process in begun:
        process.kill()
        process.communicate(timeout=20)


@pytest.fixture
def data(tmp_path: Path) -> str:
    """A made history of hours."""
    bars, path = made_bars(4000, 3600), tmp_path / "MADE.csv"
    columns = (bars.ts // 1_000_000_000, bars.open, bars.high, bars.low, bars.close)
    rows = (",".join(map(str, row)) for row in zip(*(column.tolist() for column in columns), strict=True))
    path.write_text("\n".join(["timestamp,open,high,low,close", *rows]) + "\n")
    return str(path)


@pytest.mark.chaos
@pytest.mark.timeout(600)
def test_workers_share_a_sweep_and_one_may_die(tmp_path: Path, redis: str, command: Begin, data: str) -> None:
    asked = (
        "sma-cross",
        "--data",
        data,
        "--param",
        "fast=2:40",
        "--param",
        "slow=50:250:10",
        "--chunk",
        "40",
        "--json",
    )
    doomed, other = (command("worker", "--redis", redis) for _ in range(2))
    asking = command(*asked, "--redis", redis)
    assert asking.stderr is not None
    id = asking.stderr.readline().split()[1].removesuffix(":")
    with SweepStore.open(tmp_path / "place" / "tradewire.db") as store:
        until = time.monotonic() + 240  # a worker may have to compile first
        while len(store.chunks_done(id)) < 2:
            assert time.monotonic() < until, "no worker did anything"
        doomed.kill()
        told, errors = asking.communicate(timeout=200)
        assert asking.returncode == 0, errors
        found = json.loads(told)
        alone = json.loads(command(*asked).communicate(timeout=200)[0])
        assert dict(store.chunks(found["id"])) == dict(store.chunks(alone["id"]))
    for one in (found, alone):
        del one["id"], one["elapsed_s"]
    assert found == alone
    other.send_signal(signal.SIGTERM)
    other.communicate(timeout=30)
    assert other.returncode == 0, "a worker that is told to end ends"


@pytest.mark.timeout(300)
def test_a_worker_tells_why_it_failed(tmp_path: Path, redis: str, command: Begin, data: str) -> None:
    file = tmp_path / "mine.py"
    file.write_text(
        "from tradewire.strategies.sma_cross import SmaCross\n"
        "class Mine(SmaCross):\n"
        "    name = 'mine'\n"
        "    def signals(self, bars, params):\n"
        "        return bars.nothing\n"
    )
    command("worker", "--redis", redis)
    asking = command(f"{file}:Mine", "--data", data, "--param", "fast=2:9", "--redis", redis)
    told, errors = asking.communicate(timeout=200)
    assert (asking.returncode, told) == (1, "")
    assert "line 5 of mine.py: return bars.nothing" in errors


def test_a_redis_that_is_not_there_is_said(command: Begin, data: str) -> None:
    asking = command("sma-cross", "--data", data, "--redis", "redis://:secret@127.0.0.1:1/0")
    _, errors = asking.communicate(timeout=60)
    assert asking.returncode == 1
    assert "Redis at redis://127.0.0.1:1/0 does not answer" in errors
    assert "secret" not in errors
