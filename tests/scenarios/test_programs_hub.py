"""Programs in a whole hub: begun, paused, stopped, halted, refused, configured anew."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from scenarios.story import SECOND, Story
from scenarios.story_strategies import bar
from tradewire.engine.contract import BadAction
from tradewire.engine.programs.runner import Runner

MINUTELY = {"every": "interval", "interval": "1m"}


def programs(**params: Any) -> dict[str, Any]:
    given = {"symbol": "btc", "size": "0.01u", "schedule": MINUTELY} | params
    return {"daily": {"program": "dca", "account": "main", "params": given}}


def runner(hub: Story) -> Runner:
    return hub.engine.programs.runners["daily"]


async def minutes(hub: Story, count: int = 1) -> None:
    for _ in range(count):
        hub.clock.time += 60 * SECOND
        await hub.price("BTCUSDT", 60_000)


async def test_what_a_program_says_is_a_message_like_any_other(tmp_path: Path) -> None:
    async with Story(tmp_path, programs=programs(exits="-sl 2%")) as hub:
        assert hub.orders() == []
        await minutes(hub)
        (message,) = hub.app.store.queries.messages()
        assert (message["source"], message["channel"], message["external_id"]) == ("program", "daily", "daily:1")
        assert (message["text"], message["account"], message["status"]) == ("buy btcusdt 0.01u -sl 2%", "main", "read")
        assert hub.live().stop == 58_800


async def test_while_the_account_is_halted_nothing_is_said_and_then_it_goes_on(tmp_path: Path) -> None:
    async with Story(tmp_path, programs=programs()) as hub:
        await hub.say("halt", source="api")
        await minutes(hub, 15)
        assert hub.app.store.queries.messages(source="program") == []
        await hub.say("resume", source="api")
        assert runner(hub).state.missed == 1, "the slot of a quarter of an hour ago"
        await minutes(hub)
        assert len(hub.orders()) == 1


async def test_a_refusal_is_heard_and_tried_again_at_the_next_slot_only(tmp_path: Path) -> None:
    async with Story(tmp_path, programs=programs(size="1000u", max_trades=1)) as hub:
        await minutes(hub)
        assert runner(hub).state.refused == 1
        assert "margin" in (runner(hub).state.refusal or "").lower()
        await minutes(hub, 2)
        assert len(hub.app.store.queries.messages(source="program")) == 3


@pytest.mark.parametrize("restart", [False, True])
async def test_a_paused_program_hears_later_what_became_of_its_orders(tmp_path: Path, restart: bool) -> None:
    async with Story(tmp_path, programs=programs()) as hub:
        await minutes(hub)
        hub.engine.ask_program("daily", "pause")
        paid = runner(hub).state.paid
        await minutes(hub, 3)
        assert (runner(hub).status, runner(hub).reason, len(hub.orders())) == ("paused", "by you", 1)
        if restart:
            await hub.restart()
        assert runner(hub).status == "paused"
        hub.engine.ask_program("daily", "resume")
        await hub.settle()
        assert len(hub.orders()) == 2, "the slot that came meanwhile is less than ten minutes late"
        assert runner(hub).state.paid == 2 * paid


async def test_a_stopped_program_ends_and_begins_anew_when_it_is_resumed(tmp_path: Path) -> None:
    async with Story(tmp_path, programs=programs()) as hub:
        await minutes(hub)
        hub.engine.ask_program("daily", "stop")
        await minutes(hub, 2)
        assert len(hub.orders()) == 1
        with pytest.raises(BadAction, match="daily is stopped"):
            hub.engine.ask_program("daily", "pause")
        hub.engine.ask_program("daily", "resume")
        assert runner(hub).state.made == 0
        await minutes(hub)
        assert [m["external_id"] for m in hub.app.store.queries.messages()] == ["daily:2", "daily:1"]
        with pytest.raises(BadAction, match="no program 'dayly'"):
            hub.engine.ask_program("dayly", "stop")


async def test_other_parameters_hold_once_it_has_ended(tmp_path: Path) -> None:
    async with Story(tmp_path, programs=programs()) as hub:
        await minutes(hub)
        hub.settings = hub.settings.model_validate(
            hub.settings.model_dump(exclude_defaults=True) | {"programs": programs(size="0.02u")}
        )
        await hub.restart()
        assert any("goes on with the parameters" in warning for warning in hub.app.hub.health()["warnings"])
        await minutes(hub)
        assert {o["quantity"] for o in hub.orders()} == {hub.orders()[0]["quantity"]}
        hub.engine.ask_program("daily", "stop")
        await hub.restart()
        assert runner(hub).status == "running"
        await minutes(hub)
        assert hub.orders()[0]["quantity"] == 2 * hub.orders()[1]["quantity"]


async def test_a_condition_on_an_indicator_speaks_when_its_bar_closes(tmp_path: Path) -> None:
    params = {"when": ["btc close 1m crosses-above sma(3)", "btc > 100"], "commands": ["buy btc 0.01u -sl 2%"]}
    watcher = {"watcher": {"program": "conditional", "account": "main", "params": params}}
    hub = Story(tmp_path, programs=watcher)
    hub.history = []
    async with hub:
        for close in (60_000, 59_900, 59_800, 59_700, 59_600):
            await bar(hub, close)
        assert hub.orders() == []
        await bar(hub, 60_500)
        assert [m["text"] for m in hub.app.store.queries.messages()] == ["buy btc 0.01u -sl 2%"]
        await bar(hub, 59_000, 61_000)
        assert hub.engine.programs.runners["watcher"].status == "done"
        assert len(hub.app.store.queries.messages()) == 1


async def test_a_program_that_is_disabled_or_gone_is_told_of(tmp_path: Path) -> None:
    async with Story(tmp_path, programs=programs()) as hub:
        await minutes(hub)
        hub.settings = hub.settings.model_copy(update={"programs": {}})
        await hub.restart()
        assert any("daily sleeps" in warning for warning in hub.app.hub.health()["warnings"])
        await minutes(hub)
        assert len(hub.orders()) == 1
