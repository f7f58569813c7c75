"""Schedules and regimes over HTTP."""

from __future__ import annotations

import pytest

from unit.api.asgi import Served, serve

V1 = "/api/v1"


@pytest.fixture
def served() -> Served:
    return serve()


async def test_a_schedule_is_listed_paused_resumed_and_run(served: Served) -> None:
    async with served.client() as client:
        (row,) = (await client.get(f"{V1}/schedules")).json()
        assert (row["name"], row["rule"], row["paused"], row["ts_fired"]) == (
            "nightly",
            "cron 0 22 * * mon-fri UTC",
            False,
            None,
        )
        paused = (await client.post(f"{V1}/schedules/nightly/pause")).json()
        assert (paused["paused"], paused["ts_next"]) == (True, None)
        assert (await client.post(f"{V1}/schedules/nightly/resume")).json()["ts_next"].endswith("Z")
        ran = (await client.post(f"{V1}/schedules/nightly/run")).json()
        assert (ran["did"], ran["ts_fired"][-1]) == ("mabc", "Z")


@pytest.mark.parametrize("word", ["pause", "resume", "run"])
async def test_a_schedule_that_there_is_not_is_not_found(served: Served, word: str) -> None:
    async with served.client() as client:
        answer = await client.post(f"{V1}/schedules/nightyl/{word}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "unknown_schedule")


async def test_regimes_come_with_their_figures_or_say_what_they_lack(served: Served) -> None:
    async with served.client() as client:
        hourly, daily = (await client.get(f"{V1}/regimes", params={"symbol": "btc"})).json()
        assert (hourly["timeframe"], hourly["regime"], hourly["figures"]["adx"]) == ("1h", "bull", 31.5)
        assert (daily["timeframe"], daily["regime"], daily["bars"], daily["needed"]) == ("1d", None, 12, 113)
        assert (await client.get(f"{V1}/regimes", params={"symbol": "nothing"})).status_code == 404
