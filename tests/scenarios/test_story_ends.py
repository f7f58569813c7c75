"""How orders and trades end by the clock: stories of the whole hub."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from scenarios.story import PATIENCE, SECOND, START, Story, codes, stages

MIDNIGHT = START + 16 * 3600 * SECOND


@pytest.mark.parametrize("text", ["buy btc 80 -tif day", "buy btc 80 -lim 60000 -tif day"])
async def test_an_order_for_the_day_is_taken_as_its_preview_says(tmp_path: Path, text: str) -> None:
    async with Story(tmp_path) as hub:
        (shown,) = (await hub.app.hub.preview(text, "main")).accounts
        assert shown.refusal is None
        assert stages(await hub.say(text))[-1] == "opened"
        (order,) = hub.orders()
        assert order["status"] == "filled"


async def test_an_order_for_the_day_that_rests_ends_at_midnight_also_over_a_restart(tmp_path: Path) -> None:
    async with Story(tmp_path) as hub:
        assert stages(await hub.say("buy btc 80 -lim 59000 -tif day"))[-1] == "accepted"
        await hub.restart()
        hub.clock.time = MIDNIGHT - SECOND
        await hub.price("BTCUSDT", 59_500)
        assert hub.orders()[0]["status"] == "working"
        hub.clock.time = MIDNIGHT + SECOND
        await hub.price("BTCUSDT", 59_400)
        assert hub.orders()[0]["status"] == "expired"


async def test_you_may_loosen_a_stop_and_a_webhook_may_not(tmp_path: Path) -> None:
    async with Story(tmp_path) as hub:
        await hub.say("buy btc 80 -sl 59500", source="api")
        story = await hub.say("sl btc 59000 -force", source="hook")
        assert codes(story) == ["forbidden"]
        assert codes(await hub.say("sl btc 59000", source="api")) == ["stop_loosened"]
        assert hub.live().stop == 59_500
        story = await hub.say("sl btc 59000 -force", source="api")
        assert codes(story) == []
        assert any("stop loss to 59000 even if looser" in step.text for step in story.signals[0].steps)
        assert hub.live().stop == 59_000


@pytest.mark.parametrize("restart", [False, True])
async def test_a_time_limit_closes_while_the_feed_is_silent(tmp_path: Path, restart: bool) -> None:
    async with Story(tmp_path) as hub:
        await hub.say("buy btc 80 -for 1s")
        hub.clock.time += 2 * SECOND
        if restart:
            await hub.restart()
        async with asyncio.timeout(PATIENCE):
            while hub.trade()["status"] != "closed":
                await hub.engine.next_commit()
        assert hub.trade()["exit_reason"] == "time_limit"
