"""The wire before the framework: the same answers as without it, in order, whatever comes in and however it is cut."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Callable

import pytest
import uvicorn
import uvloop
from uvicorn.protocols.http.h11_impl import H11Protocol

from tradewire.api import plain
from tradewire.api.hooks import HookRules
from tradewire.api.wire import HELD, HookProtocol, speaking
from unit.api.line import (
    HEALTH,
    HandLoop,
    HandTransport,
    Line,
    Reply,
    a_line,
    answers,
    lightly,
    listening,
    request,
    say,
    settle,
    texts,
    told,
)

HOOK = "/hooks/good-token"


async def test_a_plain_request_is_answered_by_one_write_and_never_sees_the_framework() -> None:
    line = a_line()
    transport = await told(line, request())
    assert transport.statuses == [202]
    assert transport.writes == 1
    assert line.framework == []
    assert texts(line) == ["buy btc 80"]


@pytest.mark.parametrize(
    ("sent", "by_the_framework"),
    [
        (request(), False),
        (request(b"", ("Content-Type", "text/plain")), False),
        (request(b"\xff"), False),
        (request(b'{"id": 1.5}', ("content-type", "application/json")), False),
        (request(b"buy", ("Content-Type", "application/json; charset=utf-8")), False),
        (request(b"x" * 64 * 1024), False),
        (request(b"buy", ("Connection", "Keep-Alive")), False),
        (request(b"buy", ("X-Note", "\u00fc")), False),
        (request(b"buy", path="/hooks/wrong"), True),
        (request(b"buy", path="/hooks/"), True),
        (request(b"buy", path="/hooks/good%2Dtoken"), True),
        (request(b"buy", path="/hooks/good-token?a=b"), True),
        (request(b"x" * (64 * 1024 + 1)), True),
        (request(b"buy", method="GET"), True),
        (request(b"buy", method="PUT"), True),
        (request(b"buy", version="1.0"), True),
        (request(b"buy", ("Connection", "close")), True),
        (request(b"buy", ("Connection", "upgrade"), ("Upgrade", "websocket")), True),
        (request(b"buy", ("Expect", "100-continue")), True),
        (request(b"buy", ("Content-Type", "text/plain"), ("Content-Type", "application/json")), True),
        (request(b"buy", ("X-Long", "x" * plain.HEAD_LIMIT)), True),
        (request(b"3\r\nbuy\r\n0\r\n\r\n", ("Transfer-Encoding", "chunked"), length=None), True),
        (request(b"", length=None), True),
        (b"\r\n" + request(), True),
        (HEALTH, True),
    ],
)
async def test_a_request_is_answered_with_the_same_bytes_with_and_without_the_wire(
    sent: bytes, by_the_framework: bool
) -> None:
    wired, bare = a_line(), a_line(wire=False)
    ours, theirs = await told(wired, sent), await told(bare, sent)
    assert ours.written == theirs.written
    assert ours.closed == theirs.closed
    assert texts(wired) == texts(bare)
    assert figures(wired) == figures(bare)
    assert bool(wired.framework) == by_the_framework
    assert wired.state.total_requests == bare.state.total_requests


def figures(line: Line) -> list[str]:
    """Counts, without times."""
    shown = line.served.metrics.render().decode().splitlines()
    return [
        row for row in shown if row.startswith("tradewire_") and "_created" not in row and "seconds_" not in row
    ] + [row for row in shown if row.startswith("tradewire_hook_to_stored_seconds_count")]


@pytest.mark.parametrize(
    "sent",
    [
        request(b"buy", ("Content-Length", "3")),
        request(b"buy", ("Content-Length", "4")),
        request(b"buy", ("Transfer-Encoding", "chunked")),
        request(b"buy", ("Transfer-Encoding ", "chunked")),
        request(b"buy", ("X-\u00fc", "u")),
        request(b"buy", ("X", "a\nb: c")),
        request(b"buy", ("X", "a\rb: c")),
        request(b"buy", ("X", "a\x00b")),
        request(b"buy", length="+3"),
        request(b"buy", length="3, 3"),
        request(b"buy", length="0x3"),
        request(b"buy", length="-1"),
        request(b"buy", length="99999999999999999999"),
        request(b"buy").replace(b"\r\n", b"\n"),
        request(b"buy").replace(b"HTTP/1.1", b"HTTP/1.2"),
        request(b"buy").replace(b"Host:", b" folded"),
        b"POST " + HOOK.encode() + b" HTTP/1.1\r\nnothing\r\n\r\n",
    ],
)
async def test_what_could_be_read_in_two_ways_is_not_plain(sent: bytes) -> None:
    assert plain.read(sent) is None
    wired, bare = a_line(), a_line(wire=False)
    ours, theirs = await told(wired, sent), await told(bare, sent)
    assert ours.written == theirs.written
    assert texts(wired) == texts(bare)


@pytest.mark.parametrize("wire", [False, True])
async def test_a_request_cut_anywhere_is_one_request(wire: bool) -> None:
    sent = request(b'{"id": "a", "text": "buy btc 80"}', ("Content-Type", "application/json"))
    for cut in range(1, len(sent)):
        line = a_line(wire=wire)
        transport = await told(line, sent[:cut], sent[cut:])
        assert (cut, transport.statuses) == (cut, [202])
        assert len(texts(line)) == 1


async def test_a_body_may_come_behind_its_head_without_the_framework() -> None:
    line = a_line()
    sent = request(b"buy btc 80")
    transport = await told(line, sent[:-10], sent[-10:-4], sent[-4:])
    assert transport.statuses == [202]
    assert line.framework == []


@pytest.mark.parametrize("count", [2, 3])
async def test_pipelined_requests_are_answered_one_by_one_in_order(count: int) -> None:
    line = a_line()
    line.served.hub.holding = True
    transport = await told(line, b"".join(request(b"buy btc %d" % number) for number in range(count)))
    for number in range(count):
        assert len(transport.statuses) == number
        assert len(line.served.hub.held) == 1, "the next one waits for the answer"
        line.served.hub.let_go()
        await settle()
    assert transport.statuses == [202] * count
    assert texts(line) == [f"buy btc {number}" for number in range(count)]
    assert line.framework == []


async def test_what_is_not_a_hooks_waits_for_the_answer_before_it() -> None:
    line = a_line()
    line.served.hub.holding = True
    transport = await told(line, request() + HEALTH, HEALTH)
    assert (transport.written, line.framework) == (b"", [])
    line.served.hub.let_go()
    await settle()
    assert transport.statuses == [202, 200, 200]
    line.served.hub.holding = False
    await transport.feed(request(b"buy eth 80"))
    assert transport.statuses[-1] == 202
    assert line.framework == ["/healthz", "/healthz", HOOK], "the connection stays the framework's"


async def test_no_more_is_read_than_may_wait() -> None:
    line = a_line()
    line.served.hub.holding = True
    many = HELD // len(request()) + 2
    transport = await told(line, request(), request() * many)
    assert not transport.reading
    line.served.hub.holding = False
    line.served.hub.let_go()
    for _ in range(many):
        await settle()
    assert transport.reading
    assert transport.statuses == [202] + [200] * many


async def test_a_client_that_takes_no_answers_gets_no_more_of_them() -> None:
    line = a_line()
    transport = await told(line)
    transport.protocol.pause_writing()
    assert not transport.reading
    transport.protocol.data_received(request() + request(b"buy eth 80"))
    await settle()
    assert transport.written == b""
    transport.protocol.resume_writing()
    await settle()
    assert transport.reading
    assert transport.statuses == [202, 202]


async def test_a_full_disk_is_503_with_the_same_bytes_and_the_line_stays() -> None:
    wired, bare = a_line(), a_line(wire=False)
    written = []
    for line in (wired, bare):
        line.served.hub.disk_full = True
        transport = await told(line, request())
        line.served.hub.disk_full = False
        await transport.feed(request())
        assert transport.statuses == [503, 202]
        written.append(transport.written)
    assert written[0] == written[1]
    assert figures(wired) == figures(bare)


async def test_a_defect_is_no_acknowledgement_and_ends_the_connection() -> None:
    line = a_line()
    line.served.hub.defect = ZeroDivisionError("a defect")
    transport = await told(line, request(), request())
    assert transport.statuses == [500]
    assert transport.closed


async def test_a_message_whose_sender_hung_up_is_stored_and_counted() -> None:
    line = a_line(loop=(loop := HandLoop()))
    line.served.hub.holding = True
    transport = await told(line, request() + request(b"buy eth 80"))
    transport.lose()
    line.served.hub.let_go()
    await settle()
    assert texts(line) == ["buy btc 80"]
    assert transport.written == b""
    assert 'tradewire_intake_total{result="new",source="hook"} 1.0' in figures(line)
    assert not line.state.connections
    assert loop.timers == []


@pytest.mark.parametrize("before", [b"", request(), request()[:-3], HEALTH])
async def test_a_shutdown_closes_what_is_not_pending_at_once(before: bytes) -> None:
    line = a_line()
    transport = await told(line, *filter(None, [before]))
    (connection,) = line.state.connections
    connection.shutdown()
    await settle()
    assert transport.closed
    assert not line.state.connections


async def test_a_shutdown_lets_a_pending_answer_out() -> None:
    line = a_line()
    line.served.hub.holding = True
    transport = await told(line, request() + request(b"buy eth 80"))
    (connection,) = line.state.connections
    connection.shutdown()
    await settle()
    assert not transport.closed
    line.served.hub.let_go()
    await settle()
    (answer,) = answers(transport.written)
    assert (answer.status, dict(answer.headers)[b"connection"]) == (202, b"close")
    assert transport.closed
    assert texts(line) == ["buy btc 80"], "what was not taken up is not acknowledged"


async def until_closed(port: int, *pieces: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for piece in pieces:
        writer.write(piece)
        await writer.drain()
    heard = await asyncio.wait_for(reader.read(-1), 10)
    writer.close()
    return heard


@pytest.mark.parametrize("loop", [asyncio.new_event_loop, uvloop.new_event_loop])
def test_hooks_and_others_share_a_socket_on_either_loop(loop: Callable[[], asyncio.AbstractEventLoop]) -> None:
    async def spoken() -> tuple[list[Reply], Line]:
        line = a_line()
        sent = [request(), request(b"y" * 60_000) + request(b"\xff") + HEALTH, request(b"buy sol 80")]
        async with listening(line) as port:
            return await say(port, sent, 5), line

    with asyncio.Runner(loop_factory=loop) as runner:
        replies, line = runner.run(spoken())
    assert [reply.status for reply in replies] == [202, 202, 400, 200, 202]
    assert line.framework == ["/healthz", HOOK]


async def test_uvicorns_protocol_may_be_the_one_without_httptools() -> None:
    line = a_line()

    def inner() -> asyncio.Protocol:
        return H11Protocol(config=line.config, server_state=line.state, app_state={})

    rules = HookRules(line.served.hub, line.served.metrics)
    protocol = HookProtocol(rules, line.state, inner, asyncio.get_running_loop(), keep_alive=5, patience=5)
    transport = HandTransport(protocol)
    await transport.feed(request() + HEALTH, request(b"buy eth 80"))
    assert transport.statuses == [202, 200, 202]
    assert line.framework == ["/healthz", HOOK]


async def test_an_idle_connection_is_closed_after_uvicorns_time() -> None:
    line = a_line(keep_alive=0.05)
    async with listening(line) as port:
        heard = await until_closed(port, request(), request(b"buy eth 80"))
    assert [answer.status for answer in answers(heard)] == [202, 202]
    assert line.framework == []


async def test_idleness_counts_from_the_last_answer() -> None:
    line = a_line(keep_alive=5, loop=(loop := HandLoop()))
    transport = await told(line)
    await loop.go(1000)
    assert not transport.closed, "as with uvicorn, a first request may take its time"
    for _ in range(3):
        await transport.feed(request())
        await loop.go(4.9)
        assert not transport.closed
    assert len(loop.timers) == 1
    await loop.go(0.2)
    assert transport.closed
    assert loop.timers == []


async def test_a_pending_answer_is_not_idle() -> None:
    line = a_line(keep_alive=5, loop=(loop := HandLoop()))
    transport = await told(line, request())
    line.served.hub.holding = True
    await transport.feed(request(b"buy eth 80"))
    await loop.go(1000)
    assert not transport.closed
    line.served.hub.let_go()
    await settle()
    assert transport.statuses == [202, 202]
    await loop.go(5.1)
    assert transport.closed


async def test_a_body_that_does_not_come_in_time_ends_the_connection() -> None:
    line = a_line(keep_alive=5, patience=30, loop=(loop := HandLoop()))
    transport = await told(line, request(), request(b"buy eth 80")[:-3])
    for piece in (b" ", b"8"):
        await loop.go(14)
        await transport.feed(piece)
    assert not transport.closed
    await loop.go(2.1)
    assert transport.closed
    assert (transport.statuses, texts(line)) == ([202], ["buy btc 80"])


async def test_a_late_body_leaves_no_long_time_behind_its_answer() -> None:
    line = a_line(keep_alive=5, patience=30, loop=(loop := HandLoop()))
    transport = await told(line, request()[:-3], request()[-3:])
    assert transport.statuses == [202]
    await loop.go(5.1)
    assert transport.closed


async def test_a_connection_that_is_gone_or_handed_over_leaves_no_timer() -> None:
    loop = HandLoop()
    transport = await told(a_line(loop=loop), request())
    transport.lose()
    assert loop.timers == []
    line = a_line(loop=loop)
    rules = HookRules(line.served.hub, line.served.metrics)
    protocol = HookProtocol(rules, line.state, a_line().protocol, loop, keep_alive=5, patience=5)
    await HandTransport(protocol).feed(request(), HEALTH)
    assert loop.timers == []
    assert protocol not in line.state.connections


async def test_uvicorn_ends_behind_the_pending_answer_and_says_date_and_server() -> None:
    served = lightly()
    served.hub.holding = True
    http = speaking(HookRules(served.hub, served.metrics))
    config = uvicorn.Config(served.app, http=http, log_level="critical", access_log=False, lifespan="off")
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        running = asyncio.create_task(server.serve(sockets=[listener]))
        asking = asyncio.create_task(say(listener.getsockname()[1], [request()], 1))
        await asyncio.wait_for(served.hub.asked.wait(), 10)
        server.should_exit = True
        await asyncio.wait({running}, timeout=0.3)
        assert not running.done()
        served.hub.let_go()
        (answer,) = await asking
        await asyncio.wait_for(running, 10)
    assert answer.status == 202
    assert {name for name, _ in answer.headers} >= {b"date", b"server", b"content-type", b"content-length"}
    assert json.loads(answer.body)["duplicate"] is False
