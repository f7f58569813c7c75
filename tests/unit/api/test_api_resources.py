"""What the resources say: the projections' columns, money as strings, moments as text, errors in one shape."""

from __future__ import annotations

import json
import re
from decimal import Decimal as D
from pathlib import Path
from typing import Any

import pytest

from tradewire.api.app import framework
from tradewire.api.openapi import document
from tradewire.api.resources import backtest_results, messages, orders, regimes, signals, trades
from tradewire.api.values import rfc3339
from tradewire.domain.message import Message
from tradewire.engine.contract import MessageStory
from tradewire.store import tables
from unit.api.asgi import Served, serve
from unit.api.fake_hub import NOW, FakeHub
from unit.api.fake_queries import trade

V1 = "/api/v1"
MOMENT = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$")


@pytest.fixture
def served() -> Served:
    return serve()


async def got(served: Served, path: str, **params: Any) -> Any:
    async with served.client() as client:
        answer = await client.get(V1 + path, params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def failed(served: Served, path: str, **params: Any) -> tuple[int, dict[str, str]]:
    async with served.client() as client:
        answer = await client.get(V1 + path, params=params or None)
    return answer.status_code, answer.json()["error"]


@pytest.mark.parametrize(
    ("view", "table", "hidden"),
    [
        (messages.Message, tables.messages, {"body_hash"}),
        (signals.Signal, tables.signals, set()),
        (orders.Order, tables.orders, set()),
        (orders.Fill, tables.fills, set()),
        (trades.Trade, tables.trades, set()),
        (trades.Position, tables.positions, set()),
    ],
)
def test_a_list_has_the_columns_of_its_projection(view: Any, table: Any, hidden: set[str]) -> None:
    assert set(view.model_fields) == {column.name for column in table.columns} - hidden


def test_every_moment_is_text_and_all_money_is_a_string() -> None:
    for name, schema in framework().openapi()["components"]["schemas"].items():
        for key, value in schema.get("properties", {}).items():
            kinds = [value, *value.get("anyOf", ())]
            if key.startswith("ts"):
                assert any(kind.get("format") == "date-time" for kind in kinds), f"{name}.{key}"
            allowed_number = key in {"ms", "took_ms", "wait"} or any(
                hasattr(statistics, name) for statistics in (backtest_results, regimes)
            )
            assert allowed_number or not any(kind.get("type") == "number" for kind in kinds), f"{name}.{key}"


def test_the_committed_document_is_the_one_of_this_code() -> None:
    committed = Path(__file__).parents[3] / "web" / "openapi.json"
    assert committed.read_text("utf-8") == document(), "run: python -m tradewire.api.openapi > web/openapi.json"


def test_a_moment_keeps_its_nanoseconds() -> None:
    assert rfc3339(1_790_000_000_123_456_789) == "2026-09-21T14:13:20.123456789Z"
    assert rfc3339(0) == "1970-01-01T00:00:00.000000000Z"


async def test_money_is_written_out_in_full(served: Served) -> None:
    account = (await got(served, "/accounts"))[0]
    assert (account["balance"], account["free"], account["realised_today"]) == ("10000.1", "1000", "-0.00000001")
    assert [each["foreign"] for each in await got(served, "/accounts")] == [{}, {"ETHUSDT": "-2"}]
    position = (await got(served, "/positions"))[0]
    assert (position["quantity"], position["average_price"]) == ("-0.00000001", "80000")


def test_sums_that_were_worked_out_have_eight_places_and_everything_else_its_own() -> None:
    digits = D("-0.2244379973529518547490090072")
    row = trade(1, pnl=digits, fees=D("0.000000005"), quantity=-digits, entry_price=D("1.123456789"))
    shown = trades.Trade.model_validate(row).model_dump(mode="json")
    assert (shown["pnl"], shown["fees"]) == ("-0.224438", "0")
    assert (shown["quantity"], shown["entry_price"]) == ("0.2244379973529518547490090072", "1.123456789")


async def test_pages_follow_the_link_through_rows_of_one_moment(served: Served) -> None:
    seen, url = [], f"{V1}/orders?limit=4&symbol=BTCUSDT"
    async with served.client() as client:
        while url:
            answer = await client.get(url)
            seen += [row["client_order_id"] for row in answer.json()]
            url = answer.links.get("next", {}).get("url", "")
    assert seen == [f"tw{number:020d}" for number in reversed(range(10))]


async def test_pages_of_fills_go_on_behind_account_and_execution(served: Served) -> None:
    fills = await got(served, "/fills")
    last = fills[3]
    assert await got(served, "/fills", before=f"{last['client_order_id']}/{last['exec_id']}") == fills[4:]


async def test_filters_narrow_a_list(served: Served) -> None:
    assert len(await got(served, "/trades", status="open")) == 2
    assert await got(served, "/orders", account="second") == []
    assert await got(served, "/fills", client_order_id=f"tw{3:020d}") != []
    assert (await got(served, "/trades", status="closed"))[0]["exits"] is None


@pytest.mark.parametrize("symbol", ["BTCUSDT", "btc", "BTC/USDT", "bitcoin", "BINANCE:BTCUSDT.P"])
@pytest.mark.parametrize("path", ["/trades", "/trades/open", "/orders", "/fills", "/positions", "/signals", "/bars"])
async def test_a_symbol_is_found_by_any_of_its_names(served: Served, path: str, symbol: str) -> None:
    assert {row["symbol"] for row in await got(served, path, symbol=symbol)} == {"BTCUSDT"}


@pytest.mark.parametrize(
    ("params", "sentence"),
    [
        ({"account": "papr"}, "there is no account 'papr'; known: paper, second"),
        ({"symbol": "btcc"}, "there is no symbol 'BTCC'; did you mean BTC?"),
        ({"symbol": "now"}, "there is no symbol 'NOW'"),
    ],
)
@pytest.mark.parametrize("path", ["/trades", "/trades/open", "/orders", "/fills", "/positions"])
async def test_a_list_of_what_does_not_exist_is_no_empty_list(
    served: Served, path: str, params: dict[str, str], sentence: str
) -> None:
    status, error = await failed(served, path, **params)
    assert (status, error["message"], error["where"]) == (404, sentence, *params)


async def test_what_a_former_account_left_behind_is_still_listed() -> None:
    served = serve(FakeHub(accounts=("second",)))
    assert {row["account"] for row in await got(served, "/orders", account="paper")} == {"paper"}


async def test_an_account_and_a_symbol_without_rows_are_an_empty_list(served: Served) -> None:
    for path in ("/trades", "/trades/open", "/orders", "/fills", "/positions"):
        assert await got(served, path, account="second", symbol="btc") == []


@pytest.mark.parametrize(
    ("params", "sentence"),
    [
        ({"status": "filld"}, "did you mean 'filled'?"),
        ({"stauts": "filled"}, "stauts: is not known here"),
        ({"limit": "0"}, "limit: must be 1 or more"),
        ({"limit": "1001"}, "limit: must be 1000 or less"),
        ({"limit": "x"}, "limit: must be a whole number"),
        ({"account": "a b"}, "account: takes letters, digits and : . _ - (64 at most, no blanks)"),
    ],
)
async def test_a_wrong_parameter_is_told_in_words(served: Served, params: dict[str, str], sentence: str) -> None:
    _, error = await failed(served, "/orders", **params)
    assert error["message"].endswith(sentence)


@pytest.mark.parametrize(
    ("path", "params", "where"),
    [
        ("/orders", {"status": "fild"}, "query.status"),
        ("/orders", {"stauts": "filled"}, "query.stauts"),
        ("/orders", {"limit": "0"}, "query.limit"),
        ("/orders", {"before": "a\0b"}, "query.before"),
        ("/orders", {"before": "twnone"}, "query.before"),
        ("/fills", {"before": "paper"}, "query.before"),
        ("/fills", {"before": "paper/none"}, "query.before"),
        ("/orders", {"account": "a\0b"}, "query.account"),
        ("/bars", {"symbol": "BTCUSDT", "timeframe": "2m"}, "query.timeframe"),
        ("/bars", {}, "query.symbol"),
        ("/stream", {"after": "-1"}, "query.after"),
    ],
)
async def test_a_wrong_parameter_is_told_by_name(served: Served, path: str, params: dict[str, str], where: str) -> None:
    status, error = await failed(served, path, **params)
    assert (status, error["code"], error["where"]) == (422, "invalid", where)
    assert error["message"].startswith(where.removeprefix("query."))


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/messages/mnone", "unknown_message"),
        ("/signals/snone", "unknown_signal"),
        ("/orders/twnone", "unknown_order"),
        ("/trades/tnone", "unknown_trade"),
        ("/accounts/none", "unknown_account"),
        ("/trades/open?account=none", "unknown_account"),
        ("/bars?symbol=NONE", "unknown_symbol"),
        ("/nothing", "not_found"),
    ],
)
async def test_what_is_not_there_is_named(served: Served, path: str, code: str) -> None:
    status, error = await failed(served, path)
    assert (status, error["code"]) == (404, code)


async def test_a_message_that_waits_to_be_read_is_shown_by_its_id(served: Served) -> None:
    waiting = Message(id="mwaits", source="hook", channel="tv", text="buy btc 80", ts_event=1, ts_init=1)
    story = MessageStory(message_id=waiting.id, status="received", reason=None, signals=(), settled=False)
    served.hub.waiting["mwaits"], served.hub.stories["mwaits"] = waiting, story
    shown = await got(served, "/messages/mwaits")
    assert (shown["status"], shown["text"], shown["story"]["settled"]) == ("received", "buy btc 80", False)


async def test_a_signal_tells_its_story_with_the_time_each_step_took(served: Served) -> None:
    signal = await got(served, "/signals/sabc-0")
    assert signal["message"]["text"] == "buy btc 80"
    assert signal["data"] == {"type": "open", "symbol": "BTCUSDT", "side": "buy"}
    timed = [(step["account"], step["stage"], step["ms"], step["took_ms"]) for step in signal["steps"]]
    assert timed == [
        (None, "received", 0.0, 0.0),
        (None, "read", 0.5, 0.5),
        ("paper", "approved", 0.7, 0.2),
        ("second", "refused", 0.9, 0.4),
        ("paper", "filled", 1.7, 1.0),
    ]


async def test_an_order_shows_its_fills(served: Served) -> None:
    order = await got(served, f"/orders/tw{3:020d}")
    assert [fill["exec_id"] for fill in order["fills"]] == ["e3"]
    assert order["average_price"] == "80000.1"


async def test_open_trades_show_the_stop_as_it_stands(served: Served) -> None:
    trade = (await got(served, "/trades/open", account="paper"))[0]
    assert (trade["stop"], trade["targets"], trade["ts_opened"]) == ("77760", ["81000", "82000"], rfc3339(NOW))
    assert await got(served, "/trades/open", account="second") == []


async def test_the_market_is_shown(served: Served) -> None:
    assert (await got(served, "/quotes"))[0]["ask"] == "80000.2"
    assert (await got(served, "/instruments"))[0]["tick_size"] == "0.1"
    bars = await got(served, "/bars", symbol="BTCUSDT", timeframe="5m", count=3)
    assert [bar["close"] for bar in bars] == ["2"] * 3
    assert all(MOMENT.match(bar["ts"]) for bar in bars)


async def test_health_is_told_to_all_and_detail_to_the_owner(served: Served) -> None:
    served.hub.ready = False
    async with served.client(login=False) as anybody:
        assert (await anybody.get("/healthz")).json() == {"status": "ok"}
        ready = await anybody.get("/readyz")
    assert (ready.status_code, ready.json()) == (503, {"ready": False, "reason": "2 of 2 accounts are not ready"})
    health = await got(served, "/health")
    assert health["accounts"] == {"paper": "reconciling", "second": "reconciling"}
    assert health["journal_pos"] == str(NOW)
    assert health["detail"] == {"uptime_s": "1.5"}


async def test_what_a_person_should_look_at_is_told(served: Served) -> None:
    served.hub.warnings = ["account two is not managed"]
    async with served.client(login=False) as anybody:
        ready = await anybody.get("/readyz")
        served.hub.failure, served.hub.ready = "no room left for /data/tradewire.db", False
        full = await anybody.get("/readyz")
    assert (ready.status_code, ready.json()["reason"]) == (200, "1 warning(s): see `tradewire status`")
    assert (full.status_code, full.json()["reason"]) == (503, "nothing can be stored at the moment")
    health = await got(served, "/health")
    assert (health["warnings"], health["failure"]) == (["account two is not managed"], served.hub.failure)


async def test_the_metrics_show_how_the_hub_stands(served: Served) -> None:
    async with served.client() as client:
        text = (await client.get("/metrics")).text
    assert "tradewire_ready 1.0" in text
    assert "tradewire_backlog 0.0" in text
    assert f"tradewire_journal_pos {float(NOW)!r}" in text


async def test_hooks_are_listed_without_their_tokens(served: Served) -> None:
    hooks = await got(served, "/hooks")
    assert hooks[0] == {"name": "tv", "account": None, "ts_created": rfc3339(NOW)}


async def test_a_method_that_is_not_there_is_told_with_those_that_are(served: Served) -> None:
    async with served.client() as client:
        answer = await client.request("DELETE", f"{V1}/orders")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET")
    assert answer.json()["error"]["code"] == "method_not_allowed"


def test_the_document_is_json() -> None:
    assert json.loads(document())["openapi"].startswith("3.1")
