"""The API over the real store: what was committed is what the lists, pages and stories show."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tradewire.api.access import OwnerAccess
from tradewire.api.app import build
from tradewire.api.config import ApiSettings
from tradewire.store import Store
from tradewire.store.steps import StoredStep, pack
from unit.api.asgi import BEARER, KEY, ORIGIN
from unit.api.fake_hub import NOW, FakeClock, FakeHub
from unit.api.fake_lab import FakeLab
from unit.api.fake_queries import MESSAGE, POSITION, SIGNAL, TRACE, fill, order, trade


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "hub.db", clock=FakeClock()) as store:
        steps = pack([StoredStep(**step) for step in TRACE])
        with store.transaction() as group:
            group.insert("messages", [MESSAGE])
            group.insert("signals", [SIGNAL])
            group.insert("trace", [("sabc-0", NOW, steps)])
            group.insert("orders", [order(number) for number in range(10)])
            group.insert("fills", [fill(number) for number in range(10)])
            group.insert("trades", [trade(0, status="closed", exits=b"null", ts_closed=NOW + 9), trade(1), trade(2)])
            group.insert("positions", [POSITION])
            hook = {"name": "tv", "token_hash": b"#", "account": None, "ts_created": NOW}
            group.insert("hooks", [hook])
        yield store


@pytest.fixture
async def client(store: Store) -> AsyncIterator[httpx.AsyncClient]:
    access = OwnerAccess(KEY, FakeClock(), session_s=60)
    app = build(FakeHub(), store.queries, ApiSettings(owner_token=KEY), access=access, lab=FakeLab())
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN, headers=BEARER) as client:
        yield client


async def all_pages(client: httpx.AsyncClient, url: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    while url:
        answer = await client.get(url)
        assert answer.status_code == 200, answer.text
        rows += answer.json()
        url = answer.links.get("next", {}).get("url", "")
    return rows


@pytest.mark.parametrize(
    ("path", "key", "count"),
    [
        ("orders", "client_order_id", 10),
        ("fills", "exec_id", 10),
        ("trades", "id", 3),
        ("messages", "id", 1),
        ("signals", "id", 1),
    ],
)
@pytest.mark.parametrize("limit", [1, 2, 3, 100])
async def test_pages_show_every_row_once(
    client: httpx.AsyncClient, path: str, key: str, count: int, limit: int
) -> None:
    rows = await all_pages(client, f"/api/v1/{path}?limit={limit}")
    assert len(rows) == len({row[key] for row in rows}) == count


async def test_money_of_the_store_is_exact_to_the_last_digit(client: httpx.AsyncClient) -> None:
    (position,) = (await client.get("/api/v1/positions?account=paper&symbol=BTCUSDT")).json()
    assert (position["quantity"], position["realised"]) == ("-0.00000001", "0.1")


async def test_the_trace_of_a_signal_is_told_in_order(client: httpx.AsyncClient) -> None:
    signal = (await client.get("/api/v1/signals/sabc-0")).json()
    assert [step["stage"] for step in signal["steps"]] == ["received", "read", "approved", "refused", "filled"]
    assert signal["steps"][-1]["ms"] == 1.7


async def test_an_order_comes_with_its_fills_and_a_trade_with_its_exits(client: httpx.AsyncClient) -> None:
    found = (await client.get(f"/api/v1/orders/tw{4:020d}")).json()
    assert [one["exec_id"] for one in found["fills"]] == ["e4"]
    assert (await client.get("/api/v1/trades/t1")).json()["exits"] == {"stop": "77760"}
    assert (await client.get("/api/v1/trades/t0")).json()["exits"] is None


async def test_hooks_keep_their_secret(client: httpx.AsyncClient) -> None:
    assert [set(hook) for hook in (await client.get("/api/v1/hooks")).json()] == [{"name", "account", "ts_created"}]


async def test_a_cursor_of_nothing_is_refused(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/v1/orders?before=twnone")
    assert (answer.status_code, answer.json()["error"]["where"]) == (422, "query.before")
