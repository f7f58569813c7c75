"""A hook: stored first, then 2xx; wrong input is told what is wrong, and never gets a 5xx."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tradewire.engine.contract import Incoming
from unit.api.asgi import Call, Served, serve
from unit.api.line import Line, listening

HOOK = "/hooks/good-token"
KIB64 = 64 * 1024


@pytest.fixture(params=["app", "uvicorn", "wire"])
async def served(request: pytest.FixtureRequest) -> AsyncIterator[Served]:
    """The hub by each of its ways: the ASGI app itself, and on a socket without and with the wire before it."""
    served = serve()
    if request.param == "app":
        yield served
        return
    async with listening(Line(served, wire=request.param == "wire")) as served.port:
        yield served


async def test_a_text_is_stored_as_it_came_and_answered_with_its_identity(served: Served) -> None:
    text = '  buy btc 80 -tsl 2.8 "ü"\n'
    async with served.client(login=False) as client:
        answer = await client.post(HOOK, content=text)
    assert answer.status_code == 202
    assert served.hub.received == [Incoming(source="hook", channel="tv", text=text)]
    assert answer.json() == {"message_id": next(iter(served.hub.stories)), "duplicate": False}


async def test_a_hook_of_an_account_binds_what_it_receives(served: Served) -> None:
    async with served.client(login=False) as client:
        await client.post("/hooks/bound-token", content="buy btc 80")
    assert served.hub.received[0].account == "paper"


@pytest.mark.parametrize(("given", "kept"), [('"order-1"', "order-1"), ("17", "17"), ("null", None), ('""', None)])
async def test_the_id_of_a_json_body_is_its_message_id_and_the_body_stays_verbatim(
    served: Served, given: str, kept: str | None
) -> None:
    body = '{ "text":"buy btc 80",  "id": %s, "more": {"nested": [1, 2]} }' % given  # noqa: UP031
    async with served.client(login=False) as client:
        answer = await client.post(HOOK, content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 202
    assert (served.hub.received[0].external_id, served.hub.received[0].text) == (kept, body)


async def test_a_duplicate_is_answered_2xx_and_does_nothing(served: Served) -> None:
    async with served.client(login=False) as client:
        first = await client.post(HOOK, json={"id": "a", "text": "buy btc 80"})
        second = await client.post(HOOK, json={"id": "a", "text": "buy btc 80"})
    assert second.status_code == 200
    assert second.json() == {**first.json(), "duplicate": True}
    assert len(served.hub.received) == 1


async def test_text_that_only_looks_like_json_is_text(served: Served) -> None:
    async with served.client(login=False) as client:
        answer = await client.post(HOOK, content="{{ticker}} buy", headers={"content-type": "text/plain"})
    assert answer.status_code == 202
    assert served.hub.received[0].external_id is None


@pytest.mark.parametrize("content_type", ["application/json", "text/plain"])
async def test_a_list_of_instructions_is_taken_whatever_it_is_called(served: Served, content_type: str) -> None:
    body = ' [{"action": "buy", "symbol": "btc"}, {"action": "buy", "symbol": "eth"}]'
    async with served.client(login=False) as client:
        answer = await client.post(HOOK, content=body, headers={"content-type": content_type})
    assert answer.status_code == 202
    assert (served.hub.received[0].external_id, served.hub.received[0].text) == (None, body)


@pytest.mark.parametrize(
    ("body", "content_type", "code"),
    [
        (b"[]", "application/json", "bad_json"),
        (b'[{"text": "buy btc"', "application/json", "bad_json"),
        (b"", "text/plain", "empty"),
        (b" \r\n\t", "text/plain", "empty"),
        (b"buy \xff btc", "text/plain", "bad_encoding"),
        ("buy btc".encode("utf-16"), "text/plain; charset=utf-16", "bad_encoding"),
        (b"buy\x00btc", "text/plain", "bad_encoding"),
        (b'{"text": "buy btc', "application/json", "bad_json"),
        (b"buy btc", "application/json; charset=utf-8", "bad_json"),
        (b"[1, 2]", "application/json", "bad_json"),
        (b'{"id": {"a": 1}}', "application/json", "bad_id"),
        (b'{"id": 1.5}', "application/json", "bad_id"),
        (b'{"id": true}', "text/plain", "bad_id"),
        (b'{"id": "a\\u0000"}', "application/json", "bad_id"),
        (b'{"id": "\\ud800"}', "text/plain", "bad_id"),
        (b'{"id": "\\ud800"}', "application/json", "bad_id"),
        (b'{"text": "buy btc 80", "id": "a \\"b\\" \\udc00"}', "application/json", "bad_id"),
        (b'{"\\u0069d": "\\ude00\\ud83d"}', "text/plain", "bad_id"),
        (b'{"text": "\\ud800"}', "text/plain", None),
        (b'{"id": "%s"}' % (b"x" * 201), "application/json", "bad_id"),
        (b"[" * 60_000, "text/plain", None),
        (b'{"a":' * 10_000, "text/plain", None),
    ],
)
async def test_a_bad_body_is_told_what_is_wrong(
    served: Served, body: bytes, content_type: str, code: str | None
) -> None:
    async with served.client(login=False) as client:
        answer = await client.post(HOOK, content=body, headers={"content-type": content_type})
    if code is None:
        assert answer.status_code < 500
    else:
        assert answer.status_code == 400
        assert answer.json()["error"]["code"] == code
        assert served.hub.received == []


async def test_broken_json_with_a_whole_letter_in_its_id_is_text(served: Served) -> None:
    async with served.client(login=False) as client:
        answer = await client.post(
            HOOK, content=b'{"id": "\\ud83d\\ude00", buy btc', headers={"content-type": "text/plain"}
        )
    assert answer.status_code == 202


@pytest.mark.parametrize("token", ["wrong", "", "good-token/", "good-token/more", "%00", "ü"])
async def test_a_wrong_token_is_not_found(served: Served, token: str) -> None:
    async with served.client(login=False) as client:
        answer = await client.post(f"/hooks/{token}", content="buy btc 80")
    assert answer.status_code == 404
    assert served.hub.received == []


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH"])
async def test_other_methods_are_not_allowed(served: Served, method: str) -> None:
    async with served.client(login=False) as client:
        answer = await client.request(method, HOOK)
    assert answer.status_code == 405
    assert answer.headers["allow"] == "POST"


async def test_the_largest_body_passes_and_one_byte_more_does_not(served: Served) -> None:
    async with served.client(login=False) as client:
        assert (await client.post(HOOK, content=b"x" * KIB64)).status_code == 202
        assert (await client.post(HOOK, content=b"x" * (KIB64 + 1))).status_code == 413
    assert len(served.hub.received) == 1


async def test_a_body_that_says_it_is_too_large_is_not_read() -> None:
    served = serve()
    call = Call(served.app, "POST", HOOK, [("content-length", str(KIB64 + 1))], pieces=[b"x"])
    call.reading.set()
    await call.run()
    assert (call.status, call.taken) == (413, 0)


async def test_a_streamed_body_is_cut_off_at_the_limit() -> None:
    served = serve()
    call = Call(served.app, "POST", HOOK, pieces=[b"x" * 1024] * 1000)
    call.reading.set()
    await call.run()
    assert (call.status, call.taken) == (413, 65)
    assert served.hub.received == []


async def test_a_sender_that_hangs_up_in_its_body_stores_nothing() -> None:
    served = serve()
    call = Call(served.app, "POST", HOOK, pieces=[b"buy btc", None])
    await call.run()
    assert call.sent == []
    assert served.hub.received == []


async def test_a_full_disk_is_503_and_asks_to_come_again(served: Served) -> None:
    served.hub.disk_full = True
    async with served.client(login=False) as client:
        answer = await client.post(HOOK, content="buy btc 80")
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0
    assert answer.json()["error"]["message"] == "nothing was stored: the disk is full"


async def test_intake_is_counted(served: Served) -> None:
    async with served.client() as client:
        for body in ("buy btc 80", "buy btc 80", ""):
            await client.post(HOOK, content=body)
        figures = (await client.get("/metrics")).text
    assert 'tradewire_intake_total{result="new",source="hook"} 1.0' in figures
    assert 'tradewire_intake_total{result="duplicate",source="hook"} 1.0' in figures
    assert 'tradewire_intake_refused_total{status="400"} 1.0' in figures
    assert "tradewire_hook_to_stored_seconds_count 2.0" in figures
