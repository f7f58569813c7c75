"""Whatever is posted to a hook: an answer that is no server error, and stored exactly when it says so."""

from __future__ import annotations

import asyncio
import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unit.api.asgi import Call, Served, serve

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["id", "text", "symbol", "x"]) | st.text(), inner),
    max_leaves=8,
)
BODIES = st.one_of(
    st.binary(max_size=300),
    st.text(max_size=300).map(lambda text: text.encode("utf-8", "surrogatepass")),
    JSON.map(lambda value: json.dumps(value).encode()),
    st.tuples(JSON, st.binary(max_size=3)).map(lambda pair: json.dumps(pair[0]).encode() + pair[1]),
    st.integers(60_000, 70_000).map(lambda size: b"x" * size),
)
TYPES = st.sampled_from(
    ["", "text/plain", "application/json", "application/json; charset=latin-1", "\u00ff/;", "a" * 99]
)


@pytest.fixture(scope="module")
def served() -> Served:
    return serve()


async def post(served: Served, pieces: list[bytes], content_type: str, token: str) -> Call:
    call = Call(served.app, "POST", f"/hooks/{token}", [("content-type", content_type)], pieces=pieces)
    call.reading.set()
    await asyncio.wait_for(call.run(), 5)
    return call


@settings(max_examples=300, deadline=None)
@given(body=BODIES, cuts=st.lists(st.integers(0, 70_000), max_size=4), content_type=TYPES)
def test_any_body_is_answered_and_stored_exactly_when_it_says_so(
    served: Served, body: bytes, cuts: list[int], content_type: str
) -> None:
    edges = [0, *sorted(min(cut, len(body)) for cut in cuts), len(body)]
    pieces = [body[start:end] for start, end in pairwise(edges)]
    before = len(served.hub.received)
    call = asyncio.run(post(served, pieces, content_type, "good-token"))
    answer: Any = json.loads(call.body)
    stored = served.hub.received[before:]
    assert call.status in (200, 202, 400, 413)
    assert len(stored) == (call.status == 202)
    assert all(message.text.encode() == body for message in stored)
    assert (call.status in (200, 202)) == ("message_id" in answer)
    assert (call.status == 413) == (len(body) > 64 * 1024)


@settings(max_examples=100, deadline=None)
@given(token=st.text(max_size=50).filter(lambda token: token not in ("good-token", "bound-token")))
def test_no_made_up_token_is_let_in(served: Served, token: str) -> None:
    before = len(served.hub.received)
    call = asyncio.run(post(served, [b"buy btc 80"], "text/plain", token.replace("\ud800", "")))
    assert call.status == 404
    assert len(served.hub.received) == before
