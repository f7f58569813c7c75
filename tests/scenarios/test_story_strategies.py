"""Strategies traded live: what they say of a bar becomes trades, once."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from scenarios.story import Story
from scenarios.story_strategies import MINUTE, add_bar, bar, digits, happen, pass_time, spoken
from tradewire.domain.signal import Side

D = Decimal


def hub_of(root: Path, strategies: dict[str, Any], **settings: Any) -> Story:
    hub = Story(root, strategies=strategies, **settings)
    hub.history = []
    return hub


def trades(hub: Story) -> list[tuple[str, str, str | None]]:
    """Return (side, status, tag) of all trades, oldest first."""
    state, rows = hub.engine.posts["main"].state, reversed(hub.app.store.queries.trades(account="main"))
    known = [trade for row in rows if (trade := state.trade(row["id"])) is not None]
    return [(trade.side.value, trade.status.value, trade.tag) for trade in known]


async def test_entries_exits_and_turns_are_traded_at_the_close(tmp_path: Path) -> None:
    async with hub_of(tmp_path, digits(exits="-sl 2%")) as hub:
        await bar(hub, 60_000, 60_001)
        assert spoken(hub) == ["buy BTCUSDT 600 -sl 2% -id digits"]
        assert trades(hub) == [("buy", "open", "digits")]
        assert hub.live().stop == D("58801.0")
        await bar(hub, 60_003)
        assert trades(hub) == [("buy", "closed", "digits"), ("sell", "open", "digits")]
        await bar(hub, 60_004)
        assert [status for _, status, _ in trades(hub)] == ["closed", "closed"]
        await bar(hub, 60_000, 60_002, 60_004)
        assert spoken(hub)[1:] == [
            "close BTCUSDT long -id digits -e main; sell BTCUSDT 600 -sl 2% -id digits",
            "close BTCUSDT short -id digits -e main",
        ]


async def test_a_word_has_the_id_of_its_bar(tmp_path: Path) -> None:
    async with hub_of(tmp_path, digits()) as hub:
        await bar(hub, 60_001)
        (message,) = hub.app.store.queries.messages(source="strategy")
        assert (message["channel"], message["external_id"]) == ("digits", "digits:BTCUSDT:2026-01-05T08:00Z")


async def test_an_entry_on_the_side_that_is_held_is_passed_over(tmp_path: Path) -> None:
    async with hub_of(tmp_path, digits()) as hub:
        await bar(hub, 60_001, 60_011, 60_021)
        assert trades(hub) == [("buy", "open", "digits")]
        assert len(spoken(hub)) == 1


async def test_each_strategy_closes_its_own_trades_only(tmp_path: Path) -> None:
    other = digits("other", side="long")
    async with hub_of(tmp_path, digits() | other) as hub:
        await hub.say("buy btc 600", source="api")
        await bar(hub, 60_001)
        assert sorted(tag or "" for _, _, tag in trades(hub)) == ["", "digits", "other"]
        await hub.say("close btc -id other", source="api")
        await bar(hub, 60_002)
        assert sorted((status, tag or "") for _, status, tag in trades(hub)) == [
            ("closed", "digits"),
            ("closed", "other"),
            ("open", ""),
        ]


async def test_the_accounts_that_hold_already_are_left_out(tmp_path: Path) -> None:
    config = {"config": {"balance": "10000", "taker_fee": "0", "maker_fee": "0"}}
    accounts = {"main": config, "spare": config}
    async with hub_of(tmp_path, digits(accounts=["main", "spare"]), accounts=accounts) as hub:
        await bar(hub, 60_001)
        await hub.say("close btc -e spare", source="api")
        await bar(hub, 60_001)
        assert spoken(hub)[1] == "buy BTCUSDT 600 -id digits -e spare"
        await bar(hub, 60_002)
        assert spoken(hub)[2] == "close BTCUSDT long -id digits -e main,spare"


async def test_size_and_stop_of_the_strategy_go_first(tmp_path: Path) -> None:
    measured = digits(strategy="scenarios.story_strategies:Measured", exits="-sl 2% -tp 1r")
    async with hub_of(tmp_path, measured) as hub:
        await bar(hub, 60_001)
        assert spoken(hub) == ["buy BTCUSDT 0.01u -sl 300p -tp 1r -id digits"]
        live = hub.live()
        assert (live.quantity, live.stop, live.targets) == (D("0.01"), 59_701, (60_301,))


@pytest.mark.parametrize("side", ["long", "short"])
async def test_only_the_wanted_side_is_traded(tmp_path: Path, side: str) -> None:
    async with hub_of(tmp_path, digits(side=side)) as hub:
        await bar(hub, 60_001, 60_003)
        wanted = Side.BUY if side == "long" else Side.SELL
        assert trades(hub) == [(wanted.value, "open", "digits")]


async def test_a_strategy_that_raises_is_told_once_and_goes_on(tmp_path: Path) -> None:
    async with hub_of(tmp_path, digits() | digits("sound", side="long")) as hub:
        await bar(hub, 60_009, 60_019)
        told = [notice for notice in hub.script.notices if "failed" in notice.title]
        assert sorted(notice.title for notice in told) == ["Strategy digits failed", "Strategy sound failed"]
        assert "nine is too much (line " in told[0].body
        assert "story_strategies.py" in told[0].body
        await bar(hub, 60_001, 60_009)
        assert len(trades(hub)) == 2
        assert len([notice for notice in hub.script.notices if notice.title == "Strategy digits failed"]) == 2


async def test_a_bar_missed_while_down_is_told_and_not_traded(tmp_path: Path) -> None:
    async with hub_of(tmp_path, digits()) as hub:
        await bar(hub, 60_000)
        await hub.app.__aexit__(None, None, None)
        add_bar(hub, 60_001)
        add_bar(hub, 60_000)
        await hub.start()
        await happen(hub)
        assert trades(hub) == []
        (told,) = [notice for notice in hub.script.notices if "missed" in notice.title]
        assert "2026-01-05T08:02Z: buy BTCUSDT 600 -id digits" in told.body
        await bar(hub, 60_001)
        assert len(trades(hub)) == 1


async def test_catch_up_trades_the_last_word_that_is_young_enough(tmp_path: Path) -> None:
    async with hub_of(tmp_path, digits(catch_up="5m")) as hub:
        await bar(hub, 60_000)
        await hub.app.__aexit__(None, None, None)
        for close in (60_001, 60_003, 60_000):
            add_bar(hub, close)
        await hub.start()
        await happen(hub)
        assert trades(hub) == [("sell", "open", "digits")]
        (told,) = [notice for notice in hub.script.notices if "missed" in notice.title]
        assert "08:02Z" in told.body


async def test_a_restart_within_a_bar_says_nothing_again(tmp_path: Path) -> None:
    async with hub_of(tmp_path, digits(catch_up="5m")) as hub:
        await bar(hub, 60_001)
        await hub.say("close btc", source="api")
        await hub.restart()
        await happen(hub)
        await pass_time(hub, 20)
        assert len(spoken(hub)) == 1
        assert not [notice for notice in hub.script.notices if "missed" in notice.title]


async def test_a_strategy_begins_with_the_next_bar_and_tells_nothing_of_the_past(tmp_path: Path) -> None:
    hub = hub_of(tmp_path, digits())
    add_bar(hub, 60_001)
    async with hub:
        await happen(hub)
        assert spoken(hub) == []
        assert hub.script.notices == []


async def test_a_strategy_that_has_too_few_bars_says_what_it_waits_for(tmp_path: Path) -> None:
    cross = digits("cross", strategy="sma-cross", params={"fast": 2, "slow": 4})
    async with hub_of(tmp_path, cross) as hub:
        await bar(hub, *(60_000 + n for n in range(4)))
        told = [notice for notice in hub.script.notices if "waits" in notice.title]
        assert [notice.body.split(":")[0] for notice in told] == ["BTCUSDT 1m has 0 of the 5 bars that it needs"]
        await bar(hub, 60_000, 59_000, 65_000)
        assert len(spoken(hub)) == 2


async def test_bars_are_made_of_quotes_where_the_feed_has_none(tmp_path: Path) -> None:
    async with hub_of(tmp_path, digits()) as hub:
        await hub.price("BTCUSDT", 60_001)
        await pass_time(hub, MINUTE / 1e9)
        assert spoken(hub) == []
        await hub.price("BTCUSDT", 60_000, 60_005, 60_001)
        await pass_time(hub, MINUTE / 1e9)
        assert spoken(hub) == ["buy BTCUSDT 600 -id digits"]


async def test_a_bar_that_the_feed_shows_late_is_waited_for(tmp_path: Path) -> None:
    hub = hub_of(tmp_path, digits())
    add_bar(hub, 60_000)
    async with hub:
        await bar(hub, 60_000)
        assert isinstance(hub.history, list)
        add_bar(hub, 60_001)
        late = hub.history.pop()
        await happen(hub)
        hub.history.append(late)
        assert spoken(hub) == []
        await pass_time(hub, 1)
        assert len(spoken(hub)) == 1


async def test_a_feed_that_gives_nonsense_stops_nothing_for_good(tmp_path: Path) -> None:
    hub = hub_of(tmp_path, digits())
    add_bar(hub, 60_000)
    async with hub:
        await bar(hub, 60_000)
        nonsense = replace(hub.history[-1], ts=hub.history[-1].ts + MINUTE, close=None)
        hub.history.append(nonsense)
        hub.clock.time += MINUTE
        await happen(hub)
        assert spoken(hub) == []
        hub.history.remove(nonsense)
        await bar(hub, 60_001)
        assert len(spoken(hub)) == 1


async def test_a_route_holds_back_what_a_strategy_says(tmp_path: Path) -> None:
    route = {"name": "shorts", "match": {"sources": ["strategy"], "channels": ["digits"]}, "direction": "short"}
    async with hub_of(tmp_path, digits(accounts=["main"]), routes=[route]) as hub:
        await bar(hub, 60_001)
        assert trades(hub) == []
        (signal,) = hub.app.store.queries.signals()
        assert signal["status"] == "refused"
        await bar(hub, 60_003)
        assert trades(hub) == [("sell", "open", "digits")]


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"strategy": "sma-crss"}, "sma-cross"),
        ({"strategy": "sma-cross", "params": {"fsat": 3}}, "fast"),
        ({"symbols": ["DOGEUSDT"]}, "no feed has DOGEUSDT"),
        ({"strategy": "scenarios.nowhere:X"}, "cannot be loaded"),
    ],
)
async def test_a_strategy_that_cannot_be_traded_is_named_and_the_hub_runs(
    tmp_path: Path, wrong: dict[str, Any], reason: str
) -> None:
    async with hub_of(tmp_path, digits(**wrong)) as hub:
        (warning,) = hub.app.hub.health()["warnings"]
        assert warning.startswith("strategy digits is not traded: ")
        assert reason in warning
