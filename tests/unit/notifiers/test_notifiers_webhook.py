"""The webhook notifier, against another side that is a function."""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from pydantic import SecretStr, ValidationError

from contract.notifier_suite import NOTICES, RemoteNotifierSuite
from contract.plugin_suite import CHOSEN_NOW, ManualClock
from tradewire.notifiers.webhook import Config, WebhookNotifier, check
from tradewire.ports import Finding, Refused, Topic, TryLater


def notifier(
    status: int = 200, headers: dict[str, str] | None = None, seen: list[Any] | None = None
) -> WebhookNotifier:
    def answer(request: httpx.Request) -> httpx.Response:
        if seen is not None:
            seen.append(request)
        return httpx.Response(status, headers=headers)

    config = Config(url=SecretStr("http://127.0.0.1:9/notices"), headers={"X-Key": SecretStr("k1")})
    return WebhookNotifier("under-test", config, transport=httpx.MockTransport(answer))


@asynccontextmanager
async def listening(answer: bytes | None) -> AsyncIterator[tuple[str, list[bytes]]]:
    """A real other side on loopback: its address, and what it was asked. Without an answer it says nothing."""
    asked: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        if answer is not None:
            writer.write(answer)
            writer.close()
        else:
            await reader.read()
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/T0K3N?key=T0K3N", asked


class TestContract(RemoteNotifierSuite):
    target = "webhook"

    @pytest.fixture
    async def settings(self) -> AsyncIterator[Mapping[str, Any]]:
        async with listening(b"HTTP/1.1 204 No Content\r\n\r\n") as (url, _):
            yield {"url": url}

    @pytest.fixture
    def unworkable(self) -> Sequence[Mapping[str, Any]]:
        return [
            {"url": "http://127.0.0.1:1/"},
            {"url": "http://127.0.0.1:1/", "headers": {"X-Key": "ключ"}},
            {"url": "http://127.0.0.1:1/", "headers": {"X-Key": "two\nlines"}},
        ]

    make = staticmethod(notifier)
    make_refusing = staticmethod(lambda: notifier(403))
    make_busy = staticmethod(lambda: notifier(429, {"Retry-After": "7"}))


async def test_it_posts_the_notice_with_the_headers() -> None:
    seen: list[httpx.Request] = []
    await notifier(seen=seen).send(NOTICES[0])
    assert [request.method for request in seen] == ["POST"]
    assert seen[0].headers["X-Key"] == "k1"
    assert json.loads(seen[0].content) == {
        "severity": "info",
        "title": "trade opened",
        "body": "buy 0.01 BTCUSDT at 60000",
        "account": None,
        "ts": 1_700_000_000_000_000_000,
    }


@pytest.mark.parametrize(
    ("status", "retry_after", "pause"),
    [(429, "7", 7), (429, None, 10), (503, "soon", 10), (500, "nan", 10), (429, "1e9", 3600), (429, "-5", 0)],
)
async def test_it_waits_as_long_as_it_is_asked_to_but_no_longer_than_an_hour(
    status: int, retry_after: str | None, pause: float
) -> None:
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    with pytest.raises(TryLater) as caught:
        await notifier(status, headers).send(NOTICES[0])
    assert caught.value.after == pause


@pytest.mark.parametrize("status", [301, 400, 404, 410])
async def test_what_will_never_work_is_refused(status: int) -> None:
    with pytest.raises(Refused, match=str(status)):
        await notifier(status, {"Location": "http://127.0.0.1:9/elsewhere"}).send(NOTICES[0])


async def test_nobody_there_means_later() -> None:
    def cut(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("nobody there")

    config = Config(url=SecretStr("http://127.0.0.1:9"))
    with pytest.raises(TryLater):
        await WebhookNotifier("under-test", config, transport=httpx.MockTransport(cut)).send(NOTICES[0])


@pytest.mark.parametrize("url", ["", "ftp://127.0.0.1", "http://", "127.0.0.1:80", "http://[::1"])
def test_an_address_that_cannot_work_is_not_taken(url: str) -> None:
    with pytest.raises(ValidationError):
        Config(url=SecretStr(url))


def test_secrets_are_not_shown() -> None:
    config = Config(url=SecretStr("http://127.0.0.1/T0K3N"), headers={"A": SecretStr("T0K3N")})
    assert "T0K3N" not in repr(config)
    assert "T0K3N" not in config.model_dump_json()


async def checked(answer: httpx.Response | Exception) -> list[Finding]:
    """What a check says of another side that answers so."""

    def reply(request: httpx.Request) -> httpx.Response:
        if isinstance(answer, Exception):
            raise answer
        return answer

    config = Config(url=SecretStr("https://127.0.0.1:9/T0K3N"))
    return list(await check(config, ManualClock(CHOSEN_NOW), transport=httpx.MockTransport(reply)))


async def test_a_check_asks_once_with_the_headers_and_sends_no_notice() -> None:
    async with listening(b"HTTP/1.1 204 No Content\r\n\r\n") as (url, asked):
        config = Config(url=SecretStr(url), headers={"X-Key": SecretStr("k1")})
        (finding,) = await check(config, ManualClock(CHOSEN_NOW))
    assert finding == Finding(True, Topic.REACHABLE, "it answers 204 No Content; no notice was sent")
    (request,) = asked
    assert request.startswith(b"OPTIONS /T0K3N?key=T0K3N ")
    assert b"x-key: k1" in request.lower()


async def test_a_check_of_a_side_that_says_nothing_ends_in_time_and_shows_no_address() -> None:
    async with listening(None) as (url, _):
        (finding,) = await check(Config(url=SecretStr(url), timeout_s=0.05), ManualClock(CHOSEN_NOW))
    assert (finding.ok, finding.what, finding.detail) == (False, Topic.REACHABLE, "no answer within 0.05 s")
    assert "T0K3N" not in repr(finding)


async def test_a_check_knows_what_does_not_speak_http() -> None:
    async with listening(b"220 mail ready\r\n") as (url, _):
        (finding,) = await check(Config(url=SecretStr(url)), ManualClock(CHOSEN_NOW))
    assert not finding.ok
    assert "does not speak HTTP" in finding.detail
    assert "T0K3N" not in repr(finding)


@pytest.mark.parametrize(
    ("status", "ok", "what"),
    [
        (200, True, Topic.REACHABLE),
        (302, True, Topic.REACHABLE),
        (404, True, Topic.REACHABLE),
        (405, True, Topic.REACHABLE),
        (429, True, Topic.REACHABLE),
        (501, True, Topic.REACHABLE),
        (301, False, Topic.REACHABLE),
        (308, False, Topic.REACHABLE),
        (401, False, Topic.CREDENTIALS),
        (500, False, Topic.REACHABLE),
        (503, False, Topic.REACHABLE),
    ],
)
async def test_an_answer_counts_unless_it_proves_that_notices_fail(status: int, ok: bool, what: Topic) -> None:
    (finding,) = await checked(httpx.Response(status))
    assert (finding.ok, finding.what) == (ok, what)
    assert str(status) in finding.detail


@pytest.mark.parametrize(
    ("date", "ok", "words"),
    [
        ("Fri, 15 Jan 2027 08:00:00 GMT", True, "agree within 30 s"),
        ("Fri, 15 Jan 2027 08:00:31 GMT", False, "our clock is 31 s behind"),
        ("Fri, 15 Jan 2027 07:00:00 GMT", False, "our clock is 3600 s ahead of"),
    ],
)
async def test_a_clock_that_is_set_wrongly_is_found(date: str, ok: bool, words: str) -> None:
    _, finding = await checked(httpx.Response(200, headers={"Date": date}))
    assert (finding.ok, finding.what) == (ok, Topic.CLOCK)
    assert words in finding.detail


async def test_a_date_that_cannot_be_read_says_nothing() -> None:
    assert len(await checked(httpx.Response(200, headers={"Date": "yesterday"}))) == 1


@pytest.mark.parametrize(
    ("cause", "detail"),
    [
        (ssl.SSLCertVerificationError("not valid for T0K3N"), "its certificate is not accepted"),
        (socket.gaierror(-2, "Name or service not known"), "its host name is not known"),
        (OSError("unreachable"), "nobody answers there"),
    ],
)
async def test_the_reason_why_nobody_can_be_asked_is_told(cause: Exception, detail: str) -> None:
    error = httpx.ConnectError("failed for host T0K3N")
    error.__cause__ = cause
    (finding,) = await checked(error)
    assert (finding.ok, finding.what, finding.detail) == (False, Topic.REACHABLE, detail)
