"""The processes that are measured: a real hub, and whatever it is compared with. All on loopback."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx

from tradewire.datadir import DataDir

ROOT = Path(__file__).parents[1]
PATIENCE = 120.0
"""Seconds that anything may take before the benchmark gives up."""


class TookTooLong(Exception):
    """Something that had to happen did not."""


def free_port() -> int:
    """Return a port that nobody uses now."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(arguments: Sequence[str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a Python program of this environment and end it by its own signal."""
    paths = [str(ROOT / "src"), str(ROOT), os.environ.get("PYTHONPATH", "")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))}
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, *arguments], cwd=ROOT, env=environment, stdout=output, stderr=output
        )
        try:
            yield process
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def wait_until(condition: Any, what: str, *, every: float = 0.02, patience: float = PATIENCE) -> Any:
    """Return what `condition()` returns once it is true."""
    until = time.monotonic() + patience
    while time.monotonic() < until:
        if value := condition():
            return value
        time.sleep(every)
    raise TookTooLong(f"{what} did not happen within {patience:g} s")


class Hub:
    """A hub in a process of its own."""

    def __init__(self, process: subprocess.Popen[bytes], data: DataDir, log: Path) -> None:
        self.process = process
        self.database = data.database
        self._data = data
        self._log = log
        running = wait_until(self._announced, "the hub's start")
        self.url: str = running.url
        self.port = int(self.url.rsplit(":", 1)[1])
        self._client = httpx.Client(
            base_url=f"{self.url}/api/v1", headers={"authorization": f"Bearer {running.token}"}, timeout=PATIENCE
        )

    def _announced(self) -> Any:
        if self.process.poll() is not None:
            raise TookTooLong(f"the hub ended: {self._log.read_text()[-2000:]}")
        return self._data.running()

    def get(self, path: str, **parameters: Any) -> Any:
        """Return what the API says."""
        return self._client.get(path, params=parameters).raise_for_status().json()

    def hook(self, account: str | None = None) -> str:
        """Make a hook and return its path."""
        made = self._client.post("/hooks", json={"name": "bench", "account": account}).raise_for_status().json()
        return str(made["path"])

    def wait_ready(self) -> None:
        """Wait until all accounts can trade."""
        probe = httpx.Client(base_url=self.url, timeout=PATIENCE)
        wait_until(lambda: probe.get("/readyz").status_code == 200, "readiness")

    def kib(self, field: str) -> int:
        """Return a figure of the process from /proc, such as VmRSS or VmHWM, in KiB."""
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith(f"{field}:"):
                return int(line.split()[1])
        raise LookupError(field)


@contextmanager
def hub(place: Path, settings: Mapping[str, Any], *options: str) -> Iterator[Hub]:
    """Run a hub on a fresh data directory."""
    place.mkdir(parents=True)
    config = place / "config.yaml"
    config.write_text(json.dumps(settings))
    arguments = ["-m", "tradewire", "run", "--config", str(config), "--data", str(place / "data")]
    with running([*arguments, "--port", str(free_port()), *options], place / "hub.log") as process:
        started = Hub(process, DataDir(place / "data"), place / "hub.log")
        started.wait_ready()
        yield started
