"""Schedules: done once for each of their moments, told where missed, paused over restarts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from scenarios.story import SECOND, Story
from scenarios.story_strategies import add_bar, bar, digits, happen, pass_time, spoken
from tradewire.engine.contract import NoSchedule
from tradewire.settings.automation import ScheduleSettings

MINUTE = 60.0


def hub_of(root: Path, do: str = "buy btc 600", **rule: Any) -> Story:
    hub = Story(root, schedules={"pulse": {"do": do} | (rule or {"every": "10m"})})
    hub.history = []
    return hub


def said(hub: Story) -> list[tuple[str, str]]:
    """Return (id, text) of what schedules have said, oldest first."""
    rows = reversed(hub.app.store.queries.messages(source="schedule"))
    return [(row["external_id"], row["text"]) for row in rows]


def missed(hub: Story) -> list[str]:
    return [notice.body for notice in hub.script.notices if "missed" in notice.title]


async def down_for(hub: Story, seconds: float) -> None:
    """Let time pass while the hub is down."""
    await hub.app.__aexit__(None, None, None)
    hub.clock.time += int(seconds * SECOND)
    await hub.start()
    await happen(hub)


async def test_a_command_is_spoken_at_each_moment(tmp_path: Path) -> None:
    async with hub_of(tmp_path) as hub:
        await pass_time(hub, 9 * MINUTE)
        assert said(hub) == []
        await pass_time(hub, MINUTE)
        await hub.price("BTCUSDT", 60_000)
        await pass_time(hub, 10 * MINUTE)
        assert said(hub) == [
            ("pulse:2026-01-05T08:10Z", "buy btc 600"),
            ("pulse:2026-01-05T08:20Z", "buy btc 600"),
        ]
        (schedule,) = hub.app.hub.schedules()
        assert (schedule.rule, schedule.paused) == ("every 10m", False)
        assert schedule.ts_next == schedule.ts_fired + 600 * SECOND  # type: ignore[operator]
        assert len(hub.app.hub.open_trades()) == 2


async def test_cron_means_the_clocks_of_its_place_summer_time_included(tmp_path: Path) -> None:
    async with hub_of(tmp_path, cron="30 9 * * 1-5", zone="America/New_York", do="halt") as hub:
        await pass_time(hub, 6.5 * 60 * MINUTE)
        assert [name for name, _ in said(hub)] == ["pulse:2026-01-05T14:30Z"]
        hub.clock.time += 182 * 86_400 * SECOND  # Monday 6 July, 14:30 UTC
        await happen(hub)
        assert len(said(hub)) == 1
        await pass_time(hub, 23 * 60 * MINUTE)
        assert said(hub)[1][0] == "pulse:2026-07-07T13:30Z"


async def test_a_restart_at_the_moment_does_not_fire_again(tmp_path: Path) -> None:
    async with hub_of(tmp_path) as hub:
        await pass_time(hub, 10 * MINUTE)
        await hub.restart()
        await happen(hub)
        assert len(said(hub)) == 1
        assert missed(hub) == []


async def test_a_moment_within_the_grace_is_made_up_and_those_before_are_told(tmp_path: Path) -> None:
    async with hub_of(tmp_path) as hub:
        await down_for(hub, 30.5 * MINUTE)
        assert said(hub) == [("pulse:2026-01-05T08:30Z", "buy btc 600")]
        (told,) = missed(hub)
        assert told.startswith(
            "2 firings of pulse (buy btc 600) could not be made in time, the last at 2026-01-05T08:20Z"
        )
        await hub.restart()
        await happen(hub)
        assert len(missed(hub)) == 1


async def test_what_is_beyond_the_grace_is_told_only(tmp_path: Path) -> None:
    async with hub_of(tmp_path) as hub:
        await down_for(hub, 12 * MINUTE)
        assert said(hub) == []
        assert len(missed(hub)) == 1
        await pass_time(hub, 8 * MINUTE)
        assert len(said(hub)) == 1


async def test_a_pause_survives_a_restart_and_is_not_made_up(tmp_path: Path) -> None:
    async with hub_of(tmp_path) as hub:
        hub.app.hub.pause_schedule("pulse", True)
        await pass_time(hub, 10 * MINUTE)
        await hub.restart()
        await pass_time(hub, 10 * MINUTE)
        assert said(hub) == []
        (schedule,) = hub.app.hub.schedules()
        assert (schedule.paused, schedule.ts_next) == (True, None)
        hub.app.hub.pause_schedule("pulse", False)
        await happen(hub)
        await pass_time(hub, 10 * MINUTE)
        assert [name for name, _ in said(hub)] == ["pulse:2026-01-05T08:30Z"]
        assert missed(hub) == []


async def test_run_now_does_it_and_moves_nothing(tmp_path: Path) -> None:
    async with hub_of(tmp_path) as hub:
        hub.app.hub.pause_schedule("pulse", True)
        did = await hub.app.hub.run_schedule("pulse")
        await hub.settle()
        (message,) = hub.app.store.queries.messages(source="schedule")
        assert message["id"] == did
        assert len(hub.app.hub.open_trades()) == 1
        hub.app.hub.pause_schedule("pulse", False)
        await pass_time(hub, 10 * MINUTE)
        assert len(said(hub)) == 2
        with pytest.raises(NoSchedule, match="did you mean pulse"):
            await hub.app.hub.run_schedule("plse")


async def test_another_rule_begins_anew(tmp_path: Path) -> None:
    async with hub_of(tmp_path) as hub:
        await hub.app.__aexit__(None, None, None)
        rule = ScheduleSettings.model_validate({"every": "7m", "do": "buy btc 600"})
        hub.settings = hub.settings.model_copy(update={"schedules": {"pulse": rule}})
        hub.clock.time += 3600 * SECOND
        await hub.start()
        await happen(hub)
        assert said(hub) == []
        assert missed(hub) == []


async def test_a_strategy_is_asked_when_its_schedule_says_so(tmp_path: Path) -> None:
    schedules = {"pulse": {"every": "5m", "do": "strategy digits"}}
    hub = Story(tmp_path, strategies=digits(when="schedule"), schedules=schedules)
    hub.history = []
    async with hub:
        await bar(hub, 60_000, 60_001, 60_000, 60_000)
        assert spoken(hub) == []
        await hub.price("BTCUSDT", 60_001)
        add_bar(hub, 60_001)
        await happen(hub)
        assert spoken(hub) == ["buy BTCUSDT 600 -id digits"]
        (schedule,) = hub.app.hub.schedules()
        assert schedule.did == "digits asked about 1 symbols"
        await bar(hub, 60_002, 60_003, 60_002, 60_003)
        await hub.price("BTCUSDT", 60_002)
        add_bar(hub, 60_002)
        await happen(hub)
        assert spoken(hub)[1:] == ["close BTCUSDT long -id digits -e main"]
        assert missed(hub) == []


async def test_a_command_of_a_schedule_is_the_owners_word(tmp_path: Path) -> None:
    async with hub_of(tmp_path, do="halt -e main") as hub:
        await pass_time(hub, 10 * MINUTE)
        assert hub.engine.posts["main"].state.halted
