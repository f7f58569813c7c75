"""The hub behind the console: the one that runs already, or one of its own that ends with it."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from tradewire.datadir import DataDir, RunningHub

START_S = 60.0
STOP_S = 30.0
LOOK_S = 0.05
ENDINGS = (signal.SIGHUP, signal.SIGTERM)


class DidNotStart(Exception):
    """The console's own hub ended instead of serving; the text is what it said."""


class OwnHub:
    """A hub in a process of its own, so that a slow terminal can never hold up trading.

    Its standard input is a pipe from here that nothing is written to: when this process is gone, however it went, the
    pipe is closed and the hub ends.
    """

    def __init__(self, place: DataDir, config: Path | None) -> None:
        self._place = place
        self._config = config
        self._log = place.root / "console_hub.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> RunningHub:
        """Start it and wait until it serves.

        Raises:
            DidNotStart: it ended, or took too long.
        """
        self._place.make()
        command = [sys.executable, "-m", "tradewire", "run", "--attended", "--data", str(self._place.root)]
        if self._config is not None:
            command += ["--config", str(self._config)]
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
            )
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline:
            running = self._place.running()
            if running is not None and running.pid == self._process.pid:
                return running
            if self._process.poll() is not None:
                break
            time.sleep(LOOK_S)
        self.stop()
        said = self._log.read_text("utf-8", "replace").strip().removeprefix("tradewire: ")
        raise DidNotStart(said or f"no hub after {START_S:g} s")

    def stop(self) -> int:
        """End it as Ctrl-C would and return its exit code."""
        if self._process is None:
            return 0
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
        try:
            return self._process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            return 1
        finally:
            if self._process.stdin is not None:
                self._process.stdin.close()


@contextmanager
def leaving_on_signals() -> Iterator[None]:
    """Leave the block in order, by SystemExit, when the terminal hangs up or the process is told to end."""

    def leave(number: int, frame: FrameType | None) -> None:
        for other in ENDINGS:
            signal.signal(other, signal.SIG_IGN)
        raise SystemExit(128 + number)

    before = {number: signal.signal(number, leave) for number in ENDINGS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
