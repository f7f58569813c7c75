"""Who gets in: by an invitation, by the access key, by a bearer token, and nobody else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tradewire.api.access import COOKIE
from tradewire.api.app import framework
from tradewire.api.gate import OPEN_ON_LOOPBACK, OPEN_PATHS
from unit.api.asgi import BEARER, KEY, Call, Served, serve

SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}
FOREIGN = ({"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "http://evil"}, {})


def routes() -> Iterator[tuple[str, str, bool]]:
    """Every (method, path, whether it needs a log-in) of the OpenAPI document."""
    for path, operations in framework().openapi()["paths"].items():
        for method, operation in operations.items():
            yield method.upper(), re.sub(r"{\w+}", "some", path), bool(operation.get("security"))


def without_stream() -> list[tuple[str, str, bool]]:
    return [route for route in routes() if not route[1].endswith("/stream")]


async def cookie_of(served: Served) -> dict[str, str]:
    async with served.client(login=False) as client:
        answer = await client.get("/", params={"token": served.access.invite()})
        return {"Cookie": f"{COOKIE}={client.cookies[COOKIE]}"} if answer.status_code == 303 else {}


def test_the_document_says_log_in_where_the_gate_does() -> None:
    for _, path, needs_login in routes():
        assert needs_login == (path not in OPEN_PATHS and not path.startswith("/hooks/")), path


@pytest.fixture(scope="module")
def shared_api() -> Served:
    return serve()


async def test_figures_are_there_for_a_scraper_on_the_same_machine() -> None:
    async with serve().client(login=False) as client:
        answer = await client.get("/metrics")
    assert answer.status_code == 200
    assert "tradewire_ready" in answer.text


@pytest.mark.parametrize(
    ("settings", "base"),
    [
        ({"host": "0.0.0.0"}, "http://127.0.0.1:8000"),
        ({"host": "0.0.0.0"}, "https://hub.example"),
        ({"public_url": "https://hub.example"}, "http://127.0.0.1:8000"),
        ({"allowed_hosts": frozenset({"hub.example"})}, "https://hub.example"),
    ],
)
async def test_figures_need_a_key_where_others_may_reach_the_hub(settings: dict[str, Any], base: str) -> None:
    async with serve(**settings).client(login=False, base=base) as client:
        assert (await client.get("/metrics")).status_code == 401
        assert (await client.get("/metrics", headers=BEARER)).status_code == 200


@pytest.mark.parametrize(("method", "path", "needs_login"), without_stream())
async def test_a_route_and_who_may_use_it(shared_api: Served, method: str, path: str, needs_login: bool) -> None:
    served = shared_api
    needs_login = needs_login and path not in OPEN_ON_LOOPBACK
    cookie = await cookie_of(served)
    async with served.client(login=False) as client:

        async def status(**headers: str) -> int:
            body: dict[str, Any] = {"content": b"{}"} if method == "POST" else {}
            return (await client.request(method, path, headers=headers, **body)).status_code

        assert (await status() == 401) is needs_login
        assert (await status(Authorization="Bearer wrong-key-of-somebody") == 401) is needs_login
        assert await status(**BEARER) not in (401, 403)
        assert await status(**cookie, **SAME_ORIGIN) not in (401, 403)
        closed_to_foreign_pages = needs_login and method in ("POST", "DELETE")
        for foreign in (
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site"},
            {"Origin": "http://evil"},
            {},
        ):
            assert (await status(**cookie, **foreign) == 403) is closed_to_foreign_pages, foreign


@pytest.mark.parametrize(("headers", "status"), [({}, 401), (BEARER, 200)])
async def test_the_event_stream_needs_a_log_in(headers: dict[str, str], status: int) -> None:
    call = Call(serve().app, "GET", "/api/v1/stream", list(headers.items()), pieces=[b"", None])
    call.reading.set()
    await call.run()
    assert call.status == status


async def test_the_printed_address_lets_the_first_visit_in_once() -> None:
    served = serve()
    invitation = served.access.invite()
    async with served.client(login=False) as first, served.client(login=False) as second:
        entered = await first.get("/", params={"token": invitation})
        assert (entered.status_code, entered.headers["location"]) == (303, "/")
        cookie = entered.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=strict" in cookie
        assert (await first.get("/api/v1/accounts")).status_code == 200
        again = await second.get("/", params={"token": invitation})
        assert "set-cookie" not in again.headers
        assert (await first.get("/", params={"token": invitation})).headers["location"] == "/", "it is in already"
        assert (await second.get("/api/v1/accounts")).status_code == 401


@pytest.mark.parametrize("used", [True, False])
async def test_a_used_or_wrong_token_is_told_on_the_login_page(used: bool) -> None:
    served = serve()
    invitation = served.access.invite() if used else "wrong"
    async with served.client(login=False) as first, served.client(login=False) as second:
        await first.get("/", params={"token": invitation})
        sent = await second.get("/", params={"token": invitation})
        assert sent.status_code == 303
        told = await second.get(sent.headers["location"])
        assert "The token in this address is used up or wrong" in told.text
        assert "access.key" in told.text
        assert "used up" not in (await second.get("/login")).text


async def test_beyond_loopback_an_invitation_is_worth_nothing() -> None:
    served = serve(host="0.0.0.0")
    async with served.client(login=False) as client:
        answer = await client.get("/", params={"token": served.access.invite()})
    assert answer.status_code == 401


async def test_the_access_key_logs_a_person_in() -> None:
    served = serve(host="0.0.0.0")
    async with served.client(login=False, base="https://hub.example") as client:
        page = await client.get("/", headers={"Accept": "text/html"})
        assert (page.status_code, page.headers["location"]) == (303, "/login")
        assert "Access key" in (await client.get("/login")).text
        wrong = await client.post("/login", data={"key": "not-the-key"}, headers=SAME_ORIGIN)
        assert wrong.status_code == 401
        right = await client.post("/login", data={"key": f" {KEY} "}, headers=SAME_ORIGIN)
        assert right.status_code == 303
        assert "secure" in right.headers["set-cookie"].lower()
        assert (await client.get("/api/v1/accounts")).status_code == 200
        assert (await client.post("/logout", headers=SAME_ORIGIN)).status_code == 303
        assert (await client.get("/api/v1/accounts")).status_code == 401


async def test_a_foreign_page_can_not_log_anybody_in() -> None:
    async with serve().client(login=False) as client:
        answer = await client.post("/login", data={"key": KEY}, headers={"Origin": "http://evil.example"})
    assert answer.status_code == 403


async def test_a_session_ends_when_its_time_is_over() -> None:
    served = serve(session_s=60)
    cookie = await cookie_of(served)
    async with served.client(login=False) as client:
        served.clock.time += 59 * 10**9
        assert (await client.get("/api/v1/accounts", headers=cookie)).status_code == 200
        served.clock.time += 10**9
        assert (await client.get("/api/v1/accounts", headers=cookie)).status_code == 401


@pytest.mark.parametrize("value", ["", "x", "9999999999.abc.0", "99.a.é", "..", '"', "9999999999.a." + "0" * 64])
async def test_a_made_up_session_is_nobody(value: str) -> None:
    async with serve().client(login=False) as client:
        headers = {"Cookie": f"{COOKIE}={value}".encode()}
        assert (await client.get("/api/v1/accounts", headers=headers)).status_code == 401


async def test_a_session_of_another_access_key_is_nobody() -> None:
    other = serve(session_s=10**6)
    cookie = await cookie_of(serve())
    other.access._key = b"a-new-access-key"
    async with other.client(login=False) as client:
        assert (await client.get("/api/v1/accounts", headers=cookie)).status_code == 401


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:8000", 200),
        ("localhost", 200),
        ("LOCALHOST:1", 200),
        ("[::1]:8000", 200),
        ("hub.lan", 200),
        ("evil.example", 421),
        ("127.0.0.1.evil.example", 421),
        ("", 421),
        ("[", 421),
    ],
)
async def test_on_loopback_only_known_names_are_answered(host: str, status: int) -> None:
    async with serve(allowed_hosts=frozenset({"hub.lan"})).client() as client:
        assert (await client.get("/healthz", headers={"Host": host})).status_code == status


@pytest.mark.parametrize(("allowed", "status"), [(frozenset(), 200), (frozenset({"hub.example"}), 421)])
async def test_elsewhere_every_name_is_answered_unless_some_are_named(allowed: frozenset[str], status: int) -> None:
    async with serve(host="0.0.0.0", allowed_hosts=allowed).client() as client:
        assert (await client.get("/healthz", headers={"Host": "other.example"})).status_code == status


@pytest.mark.parametrize("path", ["/", "/healthz", "/api/v1/accounts", "/api/v1/nothing", "/login"])
async def test_every_answer_is_guarded_against_foreign_pages(path: str) -> None:
    async with serve().client(login=False) as client:
        headers = (await client.get(path)).headers
    assert "default-src 'self'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize("declared", [True, False])
async def test_no_body_is_larger_than_64_kib(declared: bool) -> None:
    size = 70_000
    headers = [*BEARER.items(), ("content-type", "application/json")]
    if declared:
        headers.append(("content-length", str(size)))
    call = Call(serve().app, "POST", "/api/v1/commands", headers, pieces=[b"x" * 1000] * (size // 1000))
    call.reading.set()
    await call.run()
    assert call.status == 413
    assert call.taken <= 66


async def test_a_web_socket_is_closed() -> None:
    sent = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "websocket.connect"}

    await serve().app({"type": "websocket", "path": "/", "headers": []}, receive, send)
    assert sent == [{"type": "websocket.close", "code": 1008}]
