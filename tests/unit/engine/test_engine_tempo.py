"""Senders come first while they are many, what they sent is acted on once they are few, and exits never wait."""

from __future__ import annotations

import asyncio
from pathlib import Path

from scenarios.story import D, Story
from tradewire.domain.instrument import Quote
from tradewire.engine.contract import Incoming, Receipt
from tradewire.engine.tempo import BUSY, CALM, CROWDED_IN, LASTING, MANY, Tempo


def flood(hub: Story, *texts: str) -> list[asyncio.Future[Receipt]]:
    """Bring messages in, all at once."""
    return [
        hub.engine.receive(Incoming(source="cli", channel="words", text=text, external_id=f"flood-{number}"))
        for number, text in enumerate(texts)
    ]


def test_few_messages_are_acted_on_at_length() -> None:
    assert Tempo().budget(MANY, 1) == CALM


def test_of_the_groups_with_many_messages_one_in_a_few_acts_on_signals_and_briefly() -> None:
    tempo = Tempo()

    budgets = [tempo.budget(MANY + 1, 1) for _ in range(3 * CROWDED_IN)]

    assert sorted(set(budgets)) == [0, BUSY]
    assert budgets.count(BUSY) == 3


def test_the_groups_between_two_waves_are_brief_too() -> None:
    tempo = Tempo()
    tempo.budget(MANY + 1, 1)

    assert tempo.budget(0, LASTING) == BUSY
    assert tempo.budget(0, LASTING + 1) == CALM


async def test_a_stop_that_is_reached_does_not_wait_behind_a_flood_of_messages(tmp_path: Path) -> None:
    async with Story(tmp_path) as hub:
        await hub.say("buy btc 0.01u -sl 59000")
        received = flood(hub, *["buy eth 20"] * (2 * MANY))
        hub.engine.on_quotes([Quote("BTCUSDT", D(58_999), D(58_999), hub.clock.now())])
        await asyncio.gather(*received)

        assert hub.trade()["exit_reason"] == "stop"
        assert hub.position("BTCUSDT") == 0
        assert len(hub.app.store.queries.unread()) == 2 * MANY

        await hub.settle()
        assert len(hub.app.store.queries.trades(symbol="ETHUSDT")) == 2 * MANY


async def test_the_kill_switch_does_not_wait_behind_the_flood_that_it_came_with(tmp_path: Path) -> None:
    async with Story(tmp_path) as hub:
        await asyncio.gather(*flood(hub, *["buy eth 20"] * (2 * MANY), "halt"))

        assert hub.engine.posts["main"].state.halted

        await hub.settle()
        assert hub.position("ETHUSDT") == 0
