"""The API behind the real server: what only shows on a socket."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
import uvicorn

from unit.api.asgi import BEARER, Served, serve
from unit.api.fake_hub import NOW


@asynccontextmanager
async def running(served: Served, patience: int = 1) -> AsyncIterator[int]:
    """The API on a free port of loopback."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        config = uvicorn.Config(served.app, log_level="warning", timeout_graceful_shutdown=patience)
        server = uvicorn.Server(config)
        task = asyncio.create_task(server.serve(sockets=[listener]))
        yield listener.getsockname()[1]
        server.should_exit = True
        await asyncio.wait_for(task, 20)


def client(port: int) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=BEARER, timeout=20, trust_env=False)


async def test_a_hook_is_answered_and_the_line_stays_usable_after_errors() -> None:
    served = serve()
    async with running(served) as port, client(port) as http:
        statuses = [
            (await http.post("/hooks/good-token", content=body)).status_code
            for body in ("buy btc 80", "buy btc 80", b"\xff", "x" * 70_000, "buy eth 80")
        ]
    assert statuses == [202, 200, 400, 413, 202]
    assert [message.text for message in served.hub.received] == ["buy btc 80", "buy eth 80"]


async def test_a_sender_that_hangs_up_leaves_nothing_behind() -> None:
    served = serve()
    async with running(served) as port:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"POST /hooks/good-token HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n\r\nbuy btc")
        await writer.drain()
        writer.close()
        async with client(port) as http:
            assert (await http.get("/healthz")).status_code == 200
    assert served.hub.received == []


@pytest.mark.parametrize("cut", [0, 1, 5])
async def test_a_listener_that_is_cut_off_resumes_where_it_was(cut: int) -> None:
    served = serve()
    published = [served.hub.publish("row", number).id for number in range(10)]
    heard: list[int] = []

    async def listen(http: httpx.AsyncClient, until: int) -> None:
        last = heard[-1] if heard else NOW
        async with http.stream("GET", "/api/v1/stream", headers={"Last-Event-ID": str(last)}) as answer:
            greeted = False
            async for line in answer.aiter_lines():
                if line.startswith("id: "):
                    if greeted:
                        heard.append(int(line[4:]))
                    greeted = True
                if greeted and len(heard) >= until:
                    return

    async with running(served) as port, client(port) as http:
        await listen(http, cut)
        await listen(http, 10)
        await asyncio.wait_for(served.hub.alone.wait(), 20)
    assert heard == published


async def test_an_open_stream_does_not_keep_the_server_from_ending() -> None:
    served = serve()
    async with running(served, patience=60) as port:
        http = client(port)
        answer = await http.send(http.build_request("GET", "/api/v1/stream"), stream=True)
        await anext(answer.aiter_lines())
        served.closing.set()
    await answer.aclose()
    await http.aclose()
    assert served.hub.alone.is_set()


async def test_a_listener_that_stops_reading_does_not_hold_the_hub_or_its_memory() -> None:
    served = serve(stream_buffer=100_000)
    async with running(served) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1024)
        authorization = BEARER["Authorization"]
        writer.write(
            f"GET /api/v1/stream HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: {authorization}\r\n\r\n".encode()
        )
        await reader.readuntil(b"hello")
        for _ in range(400):
            served.hub.publish("row", "x" * 100_000)
            await asyncio.sleep(0)
            if served.hub.alone.is_set():
                break
        await asyncio.wait_for(served.hub.alone.wait(), 20)
        assert served.metrics.stream_dropped._value.get() == 1
        writer.close()
