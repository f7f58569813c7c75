"""A peer in a process of its own, asked line by line; one that fails is told, and the others go on."""

from __future__ import annotations

import json
import os
import select
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

ROOT = Path(__file__).parents[2]
PATIENCE_S = 900.0


class PeerFailed(Exception):
    """A peer is not installed, ended, or does not answer; the message says which and what it said last."""


class Talk:
    """A running peer: `with Talk("vectorbt", "vectorbt_peer.py", "rust") as peer: peer.ask("round", variant="fix")`."""

    def __init__(self, environment: str, script: str, *arguments: str) -> None:
        self._name = " ".join((environment, *arguments))
        self._command = command(environment, script, *arguments)

    def __enter__(self) -> Self:
        self._errors = tempfile.TemporaryFile()
        self._process = subprocess.Popen(
            self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors, env=surroundings()
        )
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._process.kill()
        self._process.communicate()
        self._errors.close()

    def ask(self, what: str, **more: Any) -> dict[str, Any]:
        """Return the peer's answer.

        Raises:
            PeerFailed: it ended, or says nothing for `PATIENCE_S`.
        """
        pipes = self._process
        assert pipes.stdin is not None
        assert pipes.stdout is not None
        try:
            pipes.stdin.write(json.dumps({"do": what} | more).encode() + b"\n")
            pipes.stdin.flush()
        except OSError:
            raise self._failed() from None
        if not select.select([pipes.stdout], [], [], PATIENCE_S)[0]:
            raise PeerFailed(f"{self._name}: no answer to {what} within {PATIENCE_S:g} s")
        line = pipes.stdout.readline()
        if not line:
            raise self._failed()
        answer: dict[str, Any] = json.loads(line)
        return answer

    def _failed(self) -> PeerFailed:
        code = self._process.wait()
        self._errors.seek(0)
        said = self._errors.read().decode(errors="replace").strip().splitlines() or ["it said nothing"]
        return PeerFailed(f"{self._name} ended with {code}: {said[-1]}")


def command(environment: str, script: str, *arguments: str) -> list[str]:
    """Return what starts a peer.

    Raises:
        PeerFailed: its environment is not there.
    """
    python = ROOT / ".bench" / environment / "bin" / "python"
    if not python.exists():
        raise PeerFailed(f"{environment} is not installed: make bench-backtest does that")
    return [str(python), str(Path(__file__).with_name(script)), *arguments]


def surroundings() -> dict[str, str]:
    """Return what processes are started with: our paths, and a place where Python keeps its bytecode, as it always does
    for an installed program; without one (`PYTHONDONTWRITEBYTECODE`) each start compiles every module anew."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    bytecode = str(ROOT / ".bench" / "bytecode")
    return kept | {"PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}", "PYTHONPYCACHEPREFIX": bytecode}


def cold_seconds(started: list[str]) -> float:
    """Return how long a process takes from its start to its end.

    Raises:
        PeerFailed: it failed.
    """
    began = time.perf_counter()
    output(started)
    return time.perf_counter() - began


def output(started: list[str]) -> str:
    """Return the last line that a process prints.

    Raises:
        PeerFailed: it failed.
    """
    done = subprocess.run(started, env=surroundings(), capture_output=True, text=True, timeout=PATIENCE_S)
    if done.returncode:
        said = done.stderr.strip().splitlines() or ["it said nothing"]
        raise PeerFailed(f"{' '.join(started[1:3])} ended with {done.returncode}: {said[-1]}")
    return (done.stdout.splitlines() or [""])[-1]
