"""Requests in a row, and garbage, cut anywhere: the wire answers as uvicorn does without it, and nothing breaks."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from unit.api.line import HEALTH, HandTransport, Line, a_line, answers, request, settle, texts, told


def done(work: Coroutine[Any, Any, Any]) -> Any:
    """Run in a loop of its own, where nothing may go wrong unseen."""

    async def watched() -> Any:
        wrong: list[dict[str, Any]] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, context: wrong.append(context))
        result = await work
        assert wrong == []
        return result

    return asyncio.run(watched())


BODIES = st.sampled_from([b"buy btc 80", b"", b"\xff", b'{"id": "a"}', b"x" * 5000, b"[1]"])
TYPES = st.sampled_from([(), (("Content-Type", "application/json"),), (("Connection", "keep-alive"),)])
REQUESTS = st.one_of(
    st.builds(lambda body, headers: request(body, *headers), BODIES, TYPES),
    st.sampled_from([HEALTH, request(b"buy", path="/hooks/wrong"), request(b"buy", method="PUT")]),
    st.builds(
        lambda size: request(
            b"%x\r\n%b\r\n0\r\n\r\n" % (size, b"y" * size), ("Transfer-Encoding", "chunked"), length=None
        ),
        st.integers(1, 99),
    ),
    st.just(request(b"buy sol 80", ("Expect", "100-continue"))),
)


def cut(sent: bytes, cuts: Sequence[int]) -> list[bytes]:
    edges = [0, *sorted({edge % len(sent) for edge in cuts} - {0}), len(sent)]
    return [sent[start:end] for start, end in pairwise(edges)]


async def both(sent: Sequence[bytes], cuts: Sequence[int]) -> tuple[HandTransport, HandTransport, Line, Line]:
    pieces = cut(b"".join(sent), cuts)
    wired, bare = a_line(), a_line(wire=False)
    return await told(wired, *pieces), await told(bare, *pieces), wired, bare


@settings(max_examples=150)
@given(sent=st.lists(REQUESTS, min_size=1, max_size=4), cuts=st.lists(st.integers(0, 20_000), max_size=6))
def test_requests_in_a_row_are_answered_as_without_the_wire(sent: list[bytes], cuts: list[int]) -> None:
    ours, theirs, wired, bare = done(both(sent, cuts))
    said = [[(a.status, a.headers, a.body) for a in answers(t.written)] for t in (ours, theirs)]
    assert said[0] == said[1]
    assert texts(wired) == texts(bare)


PARTS = st.one_of(
    st.sampled_from(
        [request(), request(b"")[:-4], HEALTH, b"POST /hooks/good-token HTTP/1.1\r\n", b"\r\n\r\n", b"\r\n"]
    ),
    st.sampled_from(
        [b"Content-Length: 3\r\n", b"Transfer-Encoding: chunked\r\n", b"Connection: close\r\n", b":", b"\0"]
    ),
    st.binary(max_size=20),
)


@settings(max_examples=300)
@given(
    parts=st.lists(PARTS, min_size=1, max_size=8), cuts=st.lists(st.integers(0, 2_000), max_size=4), full=st.booleans()
)
def test_garbage_breaks_nothing(parts: list[bytes], cuts: list[int], full: bool) -> None:
    async def fed() -> tuple[HandTransport, Line]:
        line = a_line()
        line.served.hub.disk_full = full
        transport = await told(line, *cut(b"".join(parts) or b"x", cuts))
        transport.lose()
        await settle()
        assert not line.state.connections
        return transport, line

    transport, line = done(fed())
    assert set(transport.statuses) <= {200, 400, 404, 405, 413, 503 if full else 202}
    assert transport.statuses.count(202) <= len(texts(line))
