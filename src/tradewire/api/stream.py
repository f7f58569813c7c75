"""The event stream of one listener: resumable, beating, and never larger than its buffer."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import suppress

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from tradewire.engine.contract import StreamItem
from tradewire.metrics import Metrics

_CHUNK = 64 * 1024
_LAST_MOMENT_S = 1.0
_BEAT = b":\n\n"
_LAGGED = b'event: lagged\ndata: {"message":"too slow: resume from the last id that you have"}\n\n'


def frame(item: StreamItem) -> bytes:
    """Write an item as one server-sent event."""
    data = item.data.replace(b"\n", b"\ndata: ")
    if item.id is None:
        return b"event: %s\ndata: %s\n\n" % (item.kind.encode(), data)
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (item.id, item.kind.encode(), data)


class Buffer:
    """Frames that wait to be sent, bounded in bytes (the frame that crosses the bound is still taken)."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._frames: deque[bytes] = deque()
        self._size = 0
        self._changed = asyncio.Condition()
        self._ended = False
        self.lagged = False

    @property
    def full(self) -> bool:
        return self._size >= self._limit

    async def put(self, data: bytes) -> None:
        """Append a frame."""
        async with self._changed:
            self._frames.append(data)
            self._size += len(data)
            self._changed.notify_all()

    async def room(self) -> None:
        """Wait until the buffer is not full."""
        async with self._changed:
            await self._changed.wait_for(lambda: not self.full)

    async def end(self, *, lagged: bool) -> None:
        """Nothing more comes. A listener that lagged gets nothing of what still waits: it will resume before it."""
        async with self._changed:
            self._ended = True
            self.lagged = lagged
            if lagged:
                self._frames.clear()
                self._size = 0
            self._changed.notify_all()

    async def take(self) -> bytes:
        """Wait for frames and return as many as make a chunk; empty once all is over."""
        async with self._changed:
            await self._changed.wait_for(lambda: self._frames or self._ended)
            taken: list[bytes] = []
            size = 0
            while self._frames and size < _CHUNK:
                taken.append(self._frames.popleft())
                size += len(taken[-1])
            self._size -= size
            self._changed.notify_all()
            return b"".join(taken)


class EventStream(Response):
    """Sends what happens for as long as somebody listens.

    The first event, `hello`, carries `after`: who hears nothing more can resume from there. Items up to `live_from`
    are history: they are read no faster than they are sent. What is newer comes at its own pace: when the buffer is
    full a price is left out (the next one replaces it), and anything else ends the stream with a `lagged` event, so
    that the listener comes back with its last id and loses nothing.
    """

    media_type = "text/event-stream"

    def __init__(
        self,
        items: AsyncIterator[StreamItem],
        *,
        after: int,
        live_from: int,
        metrics: Metrics,
        buffer: int,
        heartbeat_s: float,
        stall_s: float,
        closing: asyncio.Event,
    ) -> None:
        super().__init__(headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
        del self.headers["content-length"]
        self._items = items
        self._after = after
        self._live_from = live_from
        self._metrics = metrics
        self._buffer = Buffer(buffer)
        self._heartbeat_s = heartbeat_s
        self._stall_s = stall_s
        self._closing = closing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._metrics.stream_clients.track_inprogress():
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            works = (self._pump(), self._write(send), _left(receive), self._close())
            pump, write, *ends = tasks = [asyncio.create_task(work) for work in works]
            try:
                await asyncio.wait((write, *ends), return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.wait(tasks)
        for task in (pump, write):
            if not task.cancelled():
                task.result()

    async def _pump(self) -> None:
        lagged = False
        try:
            async for item in self._items:
                if self._buffer.full and item.id is not None:
                    lagged = item.id > self._live_from
                    if lagged:
                        self._metrics.stream_dropped.inc()
                        break
                    await self._buffer.room()
                if not self._buffer.full:
                    await self._buffer.put(frame(item))
        finally:
            await self._buffer.end(lagged=lagged)
            if isinstance(self._items, AsyncGenerator):
                await self._items.aclose()

    async def _close(self) -> None:
        """End with the server: what waits is still sent, for a moment."""
        await self._closing.wait()
        await self._buffer.end(lagged=False)
        await asyncio.sleep(_LAST_MOMENT_S)

    async def _write(self, send: Send) -> None:
        with suppress(TimeoutError, OSError):
            await self._send(send, b"retry: 1000\nid: %d\nevent: hello\ndata: {}\n\n" % self._after, more=True)
            while True:
                try:
                    async with asyncio.timeout(self._heartbeat_s):
                        data = await self._buffer.take()
                except TimeoutError:
                    data = _BEAT
                if not data:
                    break
                await self._send(send, data, more=True)
            await self._send(send, _LAGGED if self._buffer.lagged else b"", more=False)

    async def _send(self, send: Send, data: bytes, *, more: bool) -> None:
        async with asyncio.timeout(self._stall_s):
            await send({"type": "http.response.body", "body": data, "more_body": more})


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
