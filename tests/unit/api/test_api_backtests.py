"""Backtests over HTTP: begun, paged, looked at in parts, compared; and files of bars that come as a stream."""

from __future__ import annotations

from typing import Any

import pytest

from tradewire.api.lab import LARGEST_FILE
from tradewire.api.resources.backtest_results import BacktestResult, BacktestTrade, Figures
from unit.api.asgi import BEARER, Call, Served, serve
from unit.api.fake_lab import FIGURES, RESULT, trade

V1 = "/api/v1"
ASKED = {"strategy": "sma-cross", "data": "SAMPLE/15m", "sl": "2%"}


@pytest.fixture
def served() -> Served:
    return serve()


async def call(served: Served, method: str, path: str, **more: Any) -> Any:
    async with served.client() as client:
        return await client.request(method, V1 + path, **more)


async def begun(served: Served, count: int = 1) -> list[str]:
    return [(await call(served, "POST", "/backtests", json=ASKED)).json()["id"] for _ in range(count)]


async def test_a_backtest_answers_its_id_at_once(served: Served) -> None:
    served.lab.ends = "queued"
    answer = await call(served, "POST", "/backtests", json=ASKED)
    assert answer.status_code == 202
    told = answer.json()
    assert (told["id"], told["state"], told["request"], told["figures"]) == ("b0", "queued", ASKED, None)


async def test_what_cannot_be_asked_is_refused_with_its_field(served: Served) -> None:
    answer = await call(served, "POST", "/backtests", json={"strategy": "mine"})
    assert answer.status_code == 422
    told = {"code": "invalid", "message": "strategy: there is no such strategy", "where": "strategy"}
    assert answer.json()["error"] == told


async def test_backtests_come_newest_first_in_pages(served: Served) -> None:
    ids = await begun(served, 5)
    async with served.client() as client:
        first = await client.get(f"{V1}/backtests", params={"limit": 3})
        rest = await client.get(first.links["next"]["url"])
    assert [row["id"] for row in first.json() + rest.json()] == ids[::-1]
    assert first.json()[0]["figures"] == FIGURES
    assert (await call(served, "GET", "/backtests?state=failed")).json() == []


async def test_a_backtest_has_its_result_once_it_is_done(served: Served) -> None:
    await begun(served)
    assert (await call(served, "GET", "/backtests/b0")).json()["result"] == RESULT
    served.lab.ends = "running"
    await begun(served)
    assert (await call(served, "GET", "/backtests/b1")).json()["result"] is None
    for path in ("trades", "report"):
        answer = await call(served, "GET", f"/backtests/b1/{path}")
        assert (answer.status_code, answer.json()["error"]["code"]) == (409, "no_result")
    assert (await call(served, "GET", "/backtests/b9")).status_code == 404


@pytest.mark.parametrize(("first", "count"), [(0, 100), (0, 500), (499, 2), (450, 500), (699, 5), (700, 5), (9_000, 1)])
async def test_any_stretch_of_trades_can_be_asked_for(served: Served, first: int, count: int) -> None:
    await begun(served)
    told = (await call(served, "GET", f"/backtests/b0/trades?first={first}&count={count}")).json()
    assert (told["first"], told["total"]) == (first, 700)
    assert told["trades"] == [trade(number) for number in range(700)][first : first + count]


async def test_candles_can_be_seen_from_nearby(served: Served) -> None:
    await begun(served)
    told = (await call(served, "GET", "/backtests/b0/candles?start=60&end=120")).json()
    assert (told["symbol"], told["at"]) == ("SAMPLE", [60, 120])
    assert (await call(served, "GET", "/backtests/b9/candles?start=60&end=120")).status_code == 404
    assert (await call(served, "GET", "/backtests/b0/candles?start=60")).status_code == 422


async def test_the_report_is_a_page_that_may_run_nothing(served: Served) -> None:
    await begun(served)
    answer = await call(served, "GET", "/backtests/b0/report")
    assert answer.headers["content-type"].startswith("text/html")
    assert "sandbox" in answer.headers["content-security-policy"]
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.text == "<!doctype html><p>a report"


async def test_a_search_is_told_where_there_was_one(served: Served) -> None:
    await begun(served)
    answer = await call(served, "GET", "/backtests/b0/sweep")
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "no_result")
    served.lab.parts |= {"sweep": b'{"search":"grid"}', "sweep-report": b"<p>a map"}
    assert (await call(served, "GET", "/backtests/b0/sweep")).json() == {"search": "grid"}
    report = await call(served, "GET", "/backtests/b0/sweep/report")
    assert (report.text, "sandbox" in report.headers["content-security-policy"]) == ("<p>a map", True)


async def test_backtests_are_compared_in_the_order_in_which_they_are_named(served: Served) -> None:
    await begun(served, 3)
    told = (await call(served, "GET", "/backtests/compare?ids=b2,b0,b2")).json()["backtests"]
    assert [one["id"] for one in told] == ["b2", "b0"]
    assert told[0]["figures"] == FIGURES
    assert told[0]["result"] == {key: RESULT[key] for key in ("params", "settings", "equity", "drawdown")}


async def test_a_comparison_names_what_cannot_be_compared(served: Served) -> None:
    served.lab.ends = "failed"
    await begun(served)
    answer = await call(served, "GET", "/backtests/compare?ids=b0")
    assert (answer.status_code, answer.json()["error"]["message"]) == (409, "backtest b0 is failed and has no result")
    assert (await call(served, "GET", "/backtests/compare?ids=b7")).status_code == 404
    too_many = ",".join(f"x{number}" for number in range(9))
    assert (await call(served, "GET", f"/backtests/compare?ids={too_many}")).status_code == 422


async def test_a_backtest_is_cancelled_and_forgotten(served: Served) -> None:
    served.lab.ends = "running"
    await begun(served)
    assert (await call(served, "POST", "/backtests/b0/cancel")).json()["state"] == "cancelled"
    assert (await call(served, "DELETE", "/backtests/b0")).status_code == 204
    assert (await call(served, "DELETE", "/backtests/b0")).status_code == 404


async def test_a_file_larger_than_other_bodies_is_taken(served: Served) -> None:
    content = b"time,open\n" * 20_000
    answer = await call(served, "POST", "/histories?name=a.csv&symbol=BTC&mend=drop", content=content)
    assert answer.status_code == 201, answer.text
    assert answer.json()["told"] == "3 bars added"
    assert served.lab.brought == [("a.csv", content, {"symbol": "BTC", "mend": "drop"})]


async def test_a_file_that_cannot_be_used_says_where(served: Served) -> None:
    answer = await call(served, "POST", "/histories?name=a.csv", content=b"nothing")
    assert (answer.status_code, answer.json()["error"]["where"]) == (422, "file")
    assert "a.csv, line 1" in answer.json()["error"]["message"]


async def test_no_other_body_may_be_as_large_as_a_file() -> None:
    length = ("Content-Length", str(LARGEST_FILE + 1))
    for path, size in (("/api/v1/histories", length), ("/api/v1/histories/sample", ("Content-Length", "70000"))):
        one = Call(serve().app, "POST", path, headers=[size, *BEARER.items()])
        one.reading.set()
        await one.run()
        assert one.status == 413, path


async def test_what_a_run_is_made_of_is_listed(served: Served) -> None:
    assert (await call(served, "GET", "/strategies")).json()[0]["parameters"] == {"properties": {}}
    first, broken = (await call(served, "GET", "/histories")).json()
    assert (first["id"], first["ts_first"][:4], first["error"]) == ("SAMPLE/15m", "2026", None)
    assert (broken["error"], broken["ts_first"]) == ("its file is broken", None)
    assert (await call(served, "GET", "/backtests/form")).json() == {"properties": {"cash": {"type": "number"}}}
    served.lab.broken = True
    answer = await call(served, "GET", "/strategies")
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "lab_failed")


def test_the_samples_of_these_tests_are_what_the_document_says() -> None:
    BacktestResult.model_validate(RESULT)
    Figures.model_validate(FIGURES)
    BacktestTrade.model_validate(trade(1))
