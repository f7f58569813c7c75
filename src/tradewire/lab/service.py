"""The Lab: one backtest at a time, each in a process that ends with it, so that its memory goes back to the machine."""

from __future__ import annotations

import asyncio
import gzip
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from secrets import token_hex
from types import TracebackType
from typing import Any, Final, Self

import msgspec
import structlog

from tradewire.api.lab import LabFailed, LabRefused, Row
from tradewire.backtest.request import BadRequest, Request
from tradewire.backtest.sweeps.spec import Sweep
from tradewire.domain.symbols import nearest
from tradewire.lab.book import ENDED, Book
from tradewire.lab.clerk import Clerk
from tradewire.lab.process import Worker
from tradewire.lab.uploads import received
from tradewire.ports import Clock
from tradewire.store.journal import Store

log = structlog.get_logger(__name__)

WAITING_AT_MOST: Final = 100
FILES_ONLY: Final = frozenset({"symbol", "also", "max_open"})
"""What only the command line takes: what a file needs to be told, and several symbols."""
HERE: Final = {
    "strategy": "a strategy that is shipped or configured",
    "data": "a history that was imported, such as BTCUSDT/1m",
    "inside": "a history of a lower timeframe that tells what came first in a bar",
    "funding": "what holding costs, such as 0.01%/8h",
}
"""What differs from the command line, which reads files, too."""
CUT_OFF: Final = "the hub ended while it ran; run it again"


class BacktestLab:
    """Implements `api.lab.Lab`. Entering goes on where an earlier hub stopped; leaving ends what runs.

    `strategies` are the ones that may be run: id → what to look up. `worker` makes a worker, `tell` is told of every
    change (the row's id, state and progress, as JSON).
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        data: Path,
        strategies: Mapping[str, str],
        worker: Callable[[], Worker],
        tell: Callable[[bytes], None] = lambda _: None,
    ) -> None:
        self._book = Book(store)
        self._clock = clock
        self._data = data
        self._strategies = strategies
        self._worker = worker
        self._clerk = Clerk(worker)
        self._tell = tell
        self._queue: deque[str] = deque()
        self._wake = asyncio.Event()
        self._running: tuple[str, asyncio.Task[None]] | None = None
        self._progress: dict[str, tuple[float, str]] = {}
        self._work: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        for row in reversed(self._book.listed("running", None, None)):
            await self._book.drop_parts(row["id"])
            self._book.change(row["id"], state="interrupted", reason=CUT_OFF, ts_ended=self._clock.now())
        self._queue.extend(row["id"] for row in reversed(self._book.listed("queued", None, None)))
        self._wake.set()
        self._work = asyncio.create_task(self._go(), name="lab")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._work is not None:
            self._work.cancel()
            await asyncio.gather(self._work, return_exceptions=True)
        await self._clerk.close()

    def form(self) -> Mapping[str, Any]:
        schema = Request.model_json_schema()
        told = {name: field for name, field in schema["properties"].items() if name not in FILES_ONLY}
        for name, sentence in HERE.items():
            told[name] = {**told[name], "description": sentence}
        return {**schema, "properties": told, "sweep": Sweep.model_json_schema()}

    async def strategies(self) -> Sequence[Row]:
        rows: Sequence[Row] = await self._clerk.ask({"job": "strategies", "names": dict(self._strategies)})
        return rows

    async def histories(self) -> Sequence[Row]:
        rows: Sequence[Row] = await self._clerk.ask({"job": "histories"})
        return rows

    async def bring(self, name: str, chunks: AsyncIterator[bytes], options: Mapping[str, str]) -> Row:
        async with received(self._data, name, chunks) as file:
            wanted = {key: options.get(key) for key in ("symbol", "timeframe", "zone", "mend")}
            row: Row = await self._clerk.ask({"job": "bring", "file": str(file), **wanted})
        return row

    async def sample(self) -> Row:
        row: Row = await self._clerk.ask({"job": "sample"})
        return row

    async def begin(self, asked: Mapping[str, Any]) -> Row:
        if len(self._queue) >= WAITING_AT_MOST:
            raise LabRefused("", f"{WAITING_AT_MOST} backtests wait already: cancel some, or come back later")
        job = self._job("check", asked)
        found = await self._clerk.ask(job)
        request = {**asked, "data": found["id"]}
        id = f"b{token_hex(8)}"
        self._book.add(id, request, self._clock.now())
        self._queue.append(id)
        self._wake.set()
        self._told(id, "queued")
        return self.row(id)

    async def cancel(self, id: str) -> Row:
        row = self._book.row(id)
        if id in self._queue:
            self._queue.remove(id)
            self._end(id, "cancelled")
        elif self._running is not None and self._running[0] == id:
            task = self._running[1]
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        elif row["state"] not in ENDED:
            self._end(id, "cancelled")
        return self.row(id)

    async def remove(self, id: str) -> None:
        await self.cancel(id)
        await self._book.forget(id)
        self._told(id, "removed")

    def listed(self, state: str | None, limit: int, before: str | None) -> Sequence[Row]:
        return [self._seen(row) for row in self._book.listed(state, limit, before)]

    def row(self, id: str) -> Row:
        return self._seen(self._book.row(id))

    def part(self, id: str, name: str) -> bytes | None:
        packed = self._book.part(id, name)
        return None if packed is None else gzip.decompress(packed)

    async def candles(self, id: str, start: int, end: int) -> Row:
        data = self._book.row(id)["data"]
        row: Row = await self._clerk.ask({"job": "candles", "data": data, "start": start, "end": end})
        return row

    def _seen(self, row: Row) -> Row:
        done = 1.0 if row["state"] == "done" else 0.0
        progress, stage = self._progress.get(row["id"], (done, ""))
        return {**row, "progress": progress, "stage": stage}

    def _read(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        try:
            request = Request.read({name: value for name, value in asked.items() if name != "sweep"})
        except BadRequest as error:
            raise LabRefused(error.field, error.reason) from None
        if request.strategy not in self._strategies:
            near = nearest(request.strategy, self._strategies)
            hint = f"; did you mean {near}?" if near else f"; there are {', '.join(sorted(self._strategies))}"
            reason = f"there is no strategy {request.strategy!r} that is shipped or configured{hint}"
            raise LabRefused("strategy", reason)
        return request.model_dump(mode="json", exclude_none=True)

    def _job(self, job: str, asked: Mapping[str, Any]) -> dict[str, Any]:
        request = self._read(asked)
        told = {"job": job, "request": {**request, "strategy": self._strategies[request["strategy"]]}}
        return told if asked.get("sweep") is None else told | {"sweep": asked["sweep"]}

    async def _go(self) -> None:
        """Run what waits, in order, for ever."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._queue:
                id = self._queue.popleft()
                task = asyncio.create_task(self._run(id), name=f"backtest {id}")
                self._running = id, task
                try:
                    await asyncio.wait([task])
                except asyncio.CancelledError:
                    task.cancel()
                    await asyncio.gather(task, return_exceptions=True)
                    self._book.change(id, state="interrupted", reason=CUT_OFF)
                    raise
                finally:
                    self._running = None
                    self._progress.pop(id, None)

    async def _run(self, id: str) -> None:
        worker = self._worker()
        try:
            request = self._book.change(id, state="running", ts_started=self._clock.now())["request"]
            self._move(id, 0.02, "starting a process")
            await self._follow(id, worker, self._job("run", request))
        except asyncio.CancelledError:
            self._end(id, "cancelled")
            raise
        except LabRefused as error:
            self._end(id, "failed", field=error.field or None, reason=error.reason)
        except LabFailed as error:
            self._end(id, "failed", reason=str(error))
        except Exception as error:
            log.exception("backtest failed", id=id)
            self._end(id, "failed", reason=f"{type(error).__name__}: {error}")
        finally:
            await worker.close()

    async def _follow(self, id: str, worker: Worker, job: Mapping[str, Any]) -> None:
        parts: dict[str, bytes] = {}
        async for frame in worker.ask(job):
            match frame.kind:
                case "progress":
                    self._move(id, frame.share, frame.name)
                case "part":
                    parts[frame.name] = frame.data
                case "answer":
                    await self._book.keep(id, parts)
                    self._end(id, "done", figures=msgspec.json.decode(frame.data))
                case "refused":
                    raise LabRefused(frame.name, frame.sentence)
                case "failed":
                    raise LabFailed(frame.sentence)

    def _move(self, id: str, share: float, stage: str) -> None:
        self._progress[id] = share, stage
        self._told(id, "running")

    def _end(self, id: str, state: str, **changes: Any) -> None:
        self._progress.pop(id, None)
        with suppress(LookupError):
            self._book.change(id, state=state, ts_ended=self._clock.now(), **changes)
        self._told(id, state)

    def _told(self, id: str, state: str) -> None:
        progress, stage = self._progress.get(id, (0.0, ""))
        self._tell(msgspec.json.encode({"id": id, "state": state, "progress": progress, "stage": stage}))
