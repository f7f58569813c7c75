"""A liquidation at the paper venue: money and the vanished position become durable together, and it is told."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from scenarios.story import LIMITS, D, Story, stages
from tradewire.domain.account import Netting
from tradewire.engine.recovery import folded

FEE = D("0.1")
OPENED = D("0.966") * 3000 * FEE / 100
CLOSED = D("0.966") * 2940 * FEE / 100
AFTER = 100 - OPENED - D("0.966") * 60 - CLOSED


def ruined(root: Path, **account: Any) -> Story:
    """A hub with 100 USDT, which a trade of 2900 at 30x can lose."""
    terms = {"balance": "100", "taker_fee": str(FEE), "maker_fee": "0"}
    return Story(root, accounts={"main": {"config": terms, **account}}, risk={"default": LIMITS})


def at_every_commit(hub: Story) -> list[tuple[Any, ...]]:
    """Write down, after each group, what a hub that is killed then would start from."""
    seen: list[tuple[Any, ...]] = []
    write = hub.app.store._driver.write

    def followed(batches: Any) -> None:
        write(batches)
        state = folded(hub.app.store, "main")
        assert state is not None
        held = sum((t.open_quantity for t in state.trades.values()), D(0))
        seen.append((state.balance, held, state.positions["ETHUSDT"].quantity))

    hub.app.store._driver.write = followed  # type: ignore[method-assign]
    return seen


def kill(hub: Story) -> None:
    """Let the next restart begin like after a crash: no snapshot is written."""
    hub.engine.failure = "pretended, so that no snapshot is written"


async def test_a_liquidation_is_one_step_of_the_journal_and_told_in_the_venues_own_words(tmp_path: Path) -> None:
    async with ruined(tmp_path) as hub:
        story = await hub.say("buy eth 2900")
        before = (100 - OPENED, D("0.966"), D("0.966"))
        steps = at_every_commit(hub)
        await hub.price("ETHUSDT", 2_960)
        assert hub.live().open_quantity == D("0.966")
        await hub.price("ETHUSDT", 2_940)
        assert set(steps) <= {before, (AFTER, D(0), D(0))}, "never the loss without the end of the position"
        (account,) = hub.app.hub.accounts()
        assert (account.balance, account.equity, account.open_trades) == (AFTER, round(AFTER, 4), 0)
        trade = hub.trade()
        assert (trade["status"], trade["exit_reason"], trade["exit_price"]) == ("closed", "liquidated", D(2_940))
        assert (trade["pnl"], trade["fees"]) == (D("0.966") * -60, OPENED + CLOSED)
        again = await hub.app.hub.story(story.message_id)
        assert again is not None
        assert stages(again)[-2:] == ["liquidated", "closed"]
        words = "liquidated 0.966 ETHUSDT at 2940: equity fell below the maintenance margin"
        assert again.signals[0].steps[-2].text == f"paper: {words}"
        for _ in range(5):
            await asyncio.sleep(0)
        (notice,) = [n for n in hub.script.notices if n.severity == "error"]
        assert notice.title == f"paper liquidated ETHUSDT trade {trade['id']}"
        assert words in notice.body


async def test_the_equity_that_is_shown_never_counts_the_loss_twice(tmp_path: Path) -> None:
    async with ruined(tmp_path) as hub:
        await hub.say("buy eth 2900")
        shown: list[Any] = []
        write = hub.app.store._driver.write

        def looked(batches: Any) -> None:
            shown.append(hub.app.hub.accounts()[0].equity)
            write(batches)
            shown.append(hub.app.hub.accounts()[0].equity)

        hub.app.store._driver.write = looked  # type: ignore[method-assign]
        await hub.price("ETHUSDT", 2_960, 2_940, 2_900)
        assert shown
        assert min(shown) == round(AFTER, 4)


@pytest.mark.parametrize("crash", [True, False])
async def test_a_restart_brings_no_liquidated_position_back(tmp_path: Path, crash: bool) -> None:
    async with ruined(tmp_path) as hub:
        await hub.say("buy eth 2900")
        await hub.price("ETHUSDT", 2_940)
        if crash:
            kill(hub)
        await hub.restart()
        await hub.price("ETHUSDT", 2_930)
        assert hub.balance() == AFTER
        assert hub.app.hub.open_trades() == []
        assert hub.position("ETHUSDT") == 0
        await hub.say("close eth")
        assert hub.balance() == AFTER
        assert hub.app.exchange.snapshot("main", hub.clock.now()).positions == ()


async def test_after_a_restart_beyond_the_stop_out_the_first_price_liquidates(tmp_path: Path) -> None:
    async with ruined(tmp_path) as hub:
        await hub.say("buy eth 2900")
        kill(hub)
        hub.prices["ETHUSDT"] = D(2_940)
        await hub.restart()
        await hub.settle()
        assert hub.trade()["exit_reason"] == "liquidated"
        assert hub.balance() == AFTER
        await hub.price("ETHUSDT", 2_800)
        assert hub.balance() == AFTER


async def test_on_a_netting_account_all_trades_of_the_symbol_end_and_share_the_fee(tmp_path: Path) -> None:
    async with ruined(tmp_path, netting=Netting.NETTING) as hub:
        await hub.say("buy eth 0.4u")
        await hub.say("buy eth 0.566u")
        await hub.price("ETHUSDT", 2_940)
        assert hub.balance() == AFTER
        closed = hub.app.store.queries.trades(account="main")
        assert [(t["exit_reason"], t["pnl"], t["fees"]) for t in closed] == [
            ("liquidated", D("0.566") * -60, D("0.566") * (3000 + 2940) * FEE / 100),
            ("liquidated", D("0.4") * -60, D("0.4") * (3000 + 2940) * FEE / 100),
        ]
        assert hub.position("ETHUSDT") == 0
