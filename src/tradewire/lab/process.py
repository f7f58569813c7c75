"""Worker processes as the hub sees them: a job goes in, frames come out, and killing one harms nobody."""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

import msgspec

from tradewire.api.lab import LabFailed
from tradewire.lab.frames import LAST, Frame, head_of


class Worker(Protocol):
    """Somebody who does jobs, one after the other."""

    def ask(self, job: Mapping[str, Any]) -> AsyncIterator[Frame]:
        """Yield what is said to a job; the last frame is an answer, a refusal or a failure.

        Raises:
            LabFailed: the worker is gone.
        """

    async def close(self) -> None:
        """End it, whatever it does."""


class ProcessWorker:
    """A worker in a process of its own, begun with its first job."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._process: Process | None = None

    async def ask(self, job: Mapping[str, Any]) -> AsyncIterator[Frame]:
        process = self._process or await self._begin()
        if process.stdin is None or process.stdout is None:
            raise LabFailed("the worker process has no pipes")
        try:
            process.stdin.write(msgspec.json.encode(job) + b"\n")
            await process.stdin.drain()
            while True:
                line = await process.stdout.readline()
                if not line:
                    raise ConnectionResetError
                head = head_of(line)
                data = await process.stdout.readexactly(head.size) if head.size else b""
                yield Frame(head.kind, head.name, head.share, data)
                if head.kind in LAST:
                    return
        except (ConnectionError, asyncio.IncompleteReadError):
            code = await process.wait()
            self._process = None
            raise LabFailed(f"the worker process ended before it was done ({_how(code)})") from None

    async def close(self) -> None:
        process, self._process = self._process, None
        if process is None or process.returncode is not None:
            return
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()

    async def _begin(self) -> Process:
        environment = {**os.environ, "TRADEWIRE_DATA": str(self._data), "PYTHONUNBUFFERED": "1"}
        command = (sys.executable, "-m", "tradewire.lab.worker")
        self._process = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, env=environment)
        return self._process


def _how(code: int) -> str:
    if code == -9:
        return "killed, perhaps for want of memory"
    return f"signal {-code}" if code < 0 else f"exit code {code}"
