"""The webhook notifier, against another side that is a function."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from pydantic import SecretStr, ValidationError

from contract.notifier_suite import NOTICES, RemoteNotifierSuite
from tradewire.notifiers.webhook import Config, WebhookNotifier
from tradewire.ports import Refused, TryLater


def notifier(
    status: int = 200, headers: dict[str, str] | None = None, seen: list[Any] | None = None
) -> WebhookNotifier:
    def answer(request: httpx.Request) -> httpx.Response:
        if seen is not None:
            seen.append(request)
        return httpx.Response(status, headers=headers)

    config = Config(url=SecretStr("http://127.0.0.1:9/notices"), headers={"X-Key": SecretStr("k1")})
    return WebhookNotifier("under-test", config, transport=httpx.MockTransport(answer))


class TestContract(RemoteNotifierSuite):
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
