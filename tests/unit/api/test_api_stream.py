"""The event stream: complete, in order, resumable, and bounded for those who do not keep up."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from unit.api.asgi import BEARER, Call, Served, serve
from unit.api.fake_hub import NOW, FakeHub

STREAM = "/api/v1/stream"


@asynccontextmanager
async def listening(served: Served, last: int | None = None, *, reading: bool = True) -> AsyncIterator[Call]:
    """A listener, through its hanging up."""
    headers = [*BEARER.items(), *([("last-event-id", str(last))] if last is not None else [])]
    call = Call(served.app, "GET", STREAM, headers)
    if reading:
        call.reading.set()
    running = asyncio.create_task(call.run())
    try:
        if reading:
            await call.until(b"event: hello")
        yield call
    finally:
        call.gone.set()
        await asyncio.wait_for(running, 10)


def ids(body: bytes) -> list[int]:
    """The positions that a browser would have noted, but for the one of `hello`."""
    events = re.findall(rb"^id: (\d+)\nevent: (\w+)$", body, re.MULTILINE)
    return [int(number) for number, kind in events if kind != b"hello"]


async def turns(count: int = 50) -> None:
    """Let every task that can go on do so."""
    for _ in range(count):
        await asyncio.sleep(0)


async def test_a_listener_hears_what_happens_with_its_position() -> None:
    served = serve()
    async with listening(served) as call:
        assert call.sent[0]["status"] == 200
        assert (b"content-type", b"text/event-stream; charset=utf-8") in call.sent[0]["headers"]
        await turns()
        item = served.hub.publish("message_received", {"text": "line one\nline two"})
        served.hub.publish("quotes", [1], journaled=False)
        await call.until(b"event: quotes")
    assert b"id: %d\nevent: message_received\ndata: %s\n\n" % (item.id or 0, item.data) in call.body
    assert call.body.endswith(b"\n\nevent: quotes\ndata: [1]\n\n")


async def test_what_happens_between_the_answer_and_the_first_wait_is_not_lost() -> None:
    served = serve()
    served.hub.publish("before", 0)
    async with listening(served) as call:
        item = served.hub.publish("at_once", 1)
        await call.until(b"event: at_once")
    assert ids(call.body) == [item.id]


@pytest.mark.parametrize("cut", range(0, 30, 7))
async def test_a_listener_that_comes_back_misses_nothing_and_hears_nothing_twice(cut: int) -> None:
    served = serve()
    published = [served.hub.publish("row", number).id for number in range(15)]
    async with listening(served, NOW) as first:
        await turns()
        for number in range(15, 30):
            published.append(served.hub.publish("row", number).id)
        await first.until(b"data: 29\n")
    events = first.body.split(b"\n\n")
    kept = b"\n\n".join(events[: cut + 1])
    heard = ids(kept)
    async with listening(served, heard[-1] if heard else NOW) as second:
        await second.until(b"data: 29\n")
    assert heard + ids(second.body) == published


async def test_after_in_the_address_resumes_too() -> None:
    served = serve()
    items = [served.hub.publish("row", number) for number in range(3)]
    call = Call(served.app, "GET", STREAM, list(BEARER.items()), query=f"after={items[0].id}")
    call.reading.set()
    running = asyncio.create_task(call.run())
    await call.until(b"data: 2\n")
    call.gone.set()
    await running
    assert ids(call.body) == [items[1].id, items[2].id]


async def test_a_quiet_line_beats() -> None:
    async with listening(serve(heartbeat_s=0.01)) as call:
        await call.until(b"\n\n:\n\n:\n\n")


async def test_a_listener_that_does_not_keep_up_is_told_to_come_back_and_loses_nothing() -> None:
    served = serve(stream_buffer=2_000)
    async with listening(served) as call:
        await turns()
        call.reading.clear()
        published = [served.hub.publish("row", {"number": number, "pad": "x" * 100}).id for number in range(200)]
        await turns()
        assert not served.hub.listeners, "the hub keeps nothing for it any more"
        call.reading.set()
        await call.until(b"event: lagged")
    assert call.sent[-1]["more_body"] is False
    heard = ids(call.body)
    assert len(heard) < 30
    async with listening(served, heard[-1] if heard else NOW) as again:
        await again.until(b'"number":199')
    assert heard + ids(again.body) == published
    assert served.metrics.stream_dropped._value.get() == 1


async def test_a_slow_reader_of_history_is_waited_for() -> None:
    served = serve(stream_buffer=1_000)
    published = [served.hub.publish("row", {"number": number, "pad": "x" * 100}).id for number in range(300)]
    async with listening(served, NOW, reading=False) as call:
        await turns()
        call.reading.set()
        await call.until(b'"number":299')
    assert ids(call.body) == published
    assert b"lagged" not in call.body


async def test_prices_wait_for_nobody() -> None:
    served = serve(stream_buffer=1_000)
    async with listening(served) as call:
        await turns()
        call.reading.clear()
        for number in range(1000):
            served.hub.publish("quotes", {"number": number, "pad": "x" * 100}, journaled=False)
        await turns(3000)
        call.reading.set()
        await turns()
        served.hub.publish("quotes", "newest", journaled=False)
        await call.until(b"newest")
    assert len(call.body) < 5_000
    assert b"lagged" not in call.body


async def test_a_listener_that_takes_nothing_is_let_go() -> None:
    served = serve(stall_s=0.01)
    async with listening(served) as call:
        await turns()
        call.reading.clear()
        served.hub.publish("row", 1)
        await asyncio.wait_for(served.hub.alone.wait(), 10)


async def test_listeners_are_counted_and_forgotten() -> None:
    served = serve()
    clients = served.metrics.stream_clients._value
    async with listening(served), listening(served):
        await turns()
        assert (clients.get(), len(served.hub.listeners)) == (2, 2)
    assert (clients.get(), len(served.hub.listeners)) == (0, 0)


async def test_a_server_that_ends_ends_its_streams_in_order() -> None:
    served = serve()
    async with listening(served) as call:
        await turns()
        served.hub.publish("row", "last words")
        await call.until(b"last words")
        served.closing.set()
        await asyncio.wait_for(served.hub.alone.wait(), 10)
    assert call.sent[-1] == {"type": "http.response.body", "body": b"", "more_body": False}


class BreakingHub(FakeHub):
    async def stream(self, after: int | None) -> AsyncIterator[Any]:
        yield self.publish("row", 1)
        raise ConnectionError("the database is gone")


async def test_a_stream_that_breaks_ends_after_what_it_had() -> None:
    call = Call(serve(BreakingHub()).app, "GET", STREAM, list(BEARER.items()))
    call.reading.set()
    with pytest.raises(ConnectionError):
        await asyncio.wait_for(call.run(), 10)
    assert len(ids(call.body)) == 1
    assert call.sent[-1]["more_body"] is False
