"""What fails takes no program along, and no program takes anything along: a full disk, a defect, a flatten."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from sqlite3 import connect
from typing import Any

import pytest

from scenarios.story import SECOND, Story
from tradewire.engine.contract import BadAction, IntakeUnavailable
from tradewire.engine.programs.runner import Runner
from tradewire.engine.verify import verify
from tradewire.programs.base import Result
from tradewire.programs.dca import Dca
from tradewire.programs.events import Event
from tradewire.store.errors import StoreError
from unit.engine.test_engine_faults import LONG, FullDisk

DAILY = {
    "daily": {
        "program": "dca",
        "account": "main",
        "params": {"symbol": "btc", "size": "0.01u", "schedule": {"every": "interval", "interval": "1m"}},
    }
}
GRID = {
    "net": {
        "program": "grid",
        "account": "main",
        "params": {"symbol": "btc", "low": 58000, "high": 61000, "levels": 4, "size": "0.01u", "exits": "-sl 9%"},
    }
}


class Broken(Dca):
    """Fails whatever it is told."""

    def step(self, params: Any, state: Any, event: Event) -> Result[Any]:
        """Fail."""
        raise ZeroDivisionError("a defect")


def runner(hub: Story, name: str = "daily") -> Runner:
    return hub.engine.programs.runners[name]


async def minute(hub: Story) -> None:
    hub.clock.time += 60 * SECOND
    await hub.price("BTCUSDT", 60_000)


async def test_a_slot_that_comes_while_the_disk_is_full_is_acted_on_once_when_there_is_room(tmp_path: Path) -> None:
    async with Story(tmp_path, programs=DAILY) as hub:
        with FullDisk(hub):
            with pytest.raises(IntakeUnavailable):
                await hub.receive("buy eth 20", author=LONG)
            hub.clock.time += 60 * SECOND
            with pytest.raises(IntakeUnavailable):
                await hub.receive("buy eth 30", author=LONG)
            assert runner(hub).state.said <= 1
        await hub.price("BTCUSDT", 60_001)
        assert len(hub.app.store.queries.messages(source="program")) == 1
        assert (runner(hub).state.made, len(hub.orders())) == (1, 1)
        assert runner(hub).unsaid == {}


async def test_a_word_to_a_program_that_cannot_be_stored_changes_nothing(tmp_path: Path) -> None:
    many = {"every": "weekly", "days": ["mon"] * 60_000}
    big = {"daily": DAILY["daily"] | {"params": {"symbol": "btc", "size": "0.01u", "schedule": many}}}
    async with Story(tmp_path, programs=big) as hub:
        hub.engine.ask_program("daily", "stop")
        with FullDisk(hub), pytest.raises(StoreError):
            hub.engine.ask_program("daily", "resume")
        assert runner(hub).status == "stopped"
        hub.engine.ask_program("daily", "resume")
        assert runner(hub).status == "running"


async def test_a_defect_pauses_its_program_alone_and_what_it_was_told_is_told_again(tmp_path: Path) -> None:
    async with Story(tmp_path, programs=DAILY | {"other": DAILY["daily"]}) as hub:
        await minute(hub)
        sound = runner(hub).kind
        runner(hub).kind = Broken()
        await minute(hub)
        assert runner(hub).status == "paused"
        assert "ZeroDivisionError: a defect" in (runner(hub).reason or "")
        assert (runner(hub, "other").status, runner(hub, "other").state.made) == ("running", 2)
        assert "Program daily is paused" in [notice.title for notice in hub.script.notices]
        runner(hub).kind = sound
        hub.engine.ask_program("daily", "resume")
        await hub.settle()
        assert runner(hub).state.made == 2


async def test_a_stream_that_is_damaged_leaves_its_program_out_and_the_hub_runs(tmp_path: Path) -> None:
    hub = Story(tmp_path, programs=DAILY | {"other": DAILY["daily"]})
    await hub.start()
    await minute(hub)
    await hub.app.__aexit__(None, None, None)
    with closing(connect(hub.data.database)) as database:
        database.execute("UPDATE journal SET ts = 1 WHERE stream = 'program:daily' AND seq > 1")
        database.commit()
    await hub.start()
    await minute(hub)
    assert runner(hub, "other").state.made == 2
    (daily, _) = hub.app.hub.programs()
    assert daily.status == "left_out"
    assert "is not the one that was written" in (daily.reason or "")
    await hub.app.__aexit__(None, None, None)
    assert any("program:daily" in difference for difference in verify(hub.data.database).differences)


async def test_what_a_stop_says_is_not_forgotten_when_it_begins_anew_at_once(tmp_path: Path) -> None:
    async with Story(tmp_path, programs=GRID) as hub:
        await hub.price("BTCUSDT", 60_500)
        hub.engine.ask_program("net", "stop")
        hub.engine.ask_program("net", "resume")
        await hub.settle()
        texts = [message["text"] for message in hub.app.store.queries.messages(source="program", limit=None)]
        assert sum(text.startswith("cancel") for text in texts) == 3
        assert len(hub.engine.posts["main"].state.orders) == 3
        first = next(hub.app.store.proven("program:net", runner(hub, "net").began - 1))
        assert [word["n"] for word in json.loads(first.data)["facts"][0]["unsaid"]] == [4, 5, 6]


async def test_a_grid_that_was_flattened_does_not_begin_again_by_itself(tmp_path: Path) -> None:
    async with Story(tmp_path, programs=GRID) as hub:
        await hub.price("BTCUSDT", 59_900, 58_900)
        assert hub.live().entry_price == 59_000
        await hub.app.hub.flatten()
        await hub.settle()
        said = runner(hub, "net").state.said
        await hub.price("BTCUSDT", 59_900, 57_500, 59_900)
        assert (runner(hub, "net").state.said, hub.engine.posts["main"].state.orders) == (said, {})
        await hub.say("resume", source="api")
        assert runner(hub, "net").status == "paused"
        assert "ended from elsewhere" in (runner(hub, "net").reason or "")
        assert runner(hub, "net").state.closed == 1
        hub.engine.ask_program("net", "resume")
        await hub.settle()
        assert len(hub.engine.posts["main"].state.orders) == 2, "only a person lets it go on"


async def test_a_stopped_grid_withdraws_its_orders_and_leaves_its_trades(tmp_path: Path) -> None:
    async with Story(tmp_path, programs=GRID) as hub:
        await hub.price("BTCUSDT", 59_900, 58_900)
        hub.engine.ask_program("net", "stop")
        await hub.settle()
        assert hub.engine.posts["main"].state.orders == {}
        assert hub.live().stop == 53_690
        await hub.restart()
        await hub.price("BTCUSDT", 60_500)
        assert runner(hub, "net").status == "stopped"
        assert hub.trade()["exit_reason"] == "target"


async def test_a_refused_grid_waits_for_a_person(tmp_path: Path) -> None:
    risky = {"net": GRID["net"] | {"params": GRID["net"]["params"] | {"size": "900u"}}}
    async with Story(tmp_path, programs=risky) as hub:
        await hub.price("BTCUSDT", 60_500, 60_400, 59_000, 60_500)
        assert runner(hub, "net").status == "paused"
        said = len(hub.app.store.queries.messages(source="program"))
        assert said <= 2, "it does not try again and again"


async def test_a_program_without_prices_is_told_of(tmp_path: Path) -> None:
    blind = {"net": GRID["net"] | {"params": GRID["net"]["params"] | {"symbol": "btcusdd"}}}
    async with Story(tmp_path, programs=blind | {"lost": DAILY["daily"] | {"account": "mian"}}) as hub:
        warnings = hub.app.hub.health()["warnings"]
        assert any("waits for prices of BTCUSDD, which no feed has" in warning for warning in warnings)
        assert "program lost is left out: there is no account mian at work" in warnings
        (lost, _) = hub.app.hub.programs()
        assert (lost.name, lost.status) == ("lost", "left_out")
        with pytest.raises(BadAction, match="no account mian"):
            hub.app.hub.ask_program("lost", "pause")
