"""Paper orders are taken within the group that orders them: if its commit fails, the venue forgets them too."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import pytest

from scenarios.story import D, Story, stages
from tradewire.domain.instrument import Quote
from tradewire.domain.order import OrderStatus
from tradewire.engine.contract import IntakeUnavailable

ROUNDING = D("0.000001")
"""The venue rounds each gain to 8 digits, the hub's books keep all of them."""


class Unwritable:
    """While it is entered no group can be committed."""

    def __init__(self, hub: Story) -> None:
        self._connection: Any = hub.app.store._driver._writer

    def __enter__(self) -> None:
        self._connection.execute("PRAGMA query_only = 1")

    def __exit__(self, *_: object) -> None:
        self._connection.execute("PRAGMA query_only = 0")


def agree(hub: Story) -> None:
    """The venue holds exactly what the journal's state says."""
    now = hub.clock.now()
    for name, post in hub.engine.posts.items():
        shown = hub.app.exchange.snapshot(name, now)
        held = {t.entry: t.open_quantity * t.side.sign for t in post.state.trades.values()}
        assert {p.ref: p.quantity for p in shown.positions} == held
        resting = {cid for cid, order in post.state.orders.items() if order.status is not OrderStatus.SUBMITTING}
        assert {order.client_order_id for order in shown.open_orders} == resting
        (cash,) = shown.balances
        assert abs(cash.total - post.state.balance) < ROUNDING


async def test_the_order_its_fill_and_its_trade_become_durable_at_once(tmp_path: Path) -> None:
    async with Story(tmp_path) as hub:
        before = hub.app.store.pos
        commits = 0
        write = hub.app.store._driver.write

        def counted(batches: Any) -> None:
            nonlocal commits
            commits += 1
            write(batches)

        hub.app.store._driver.write = counted  # type: ignore[method-assign]
        story = await hub.say("buy btc 20")
        assert stages(story)[-1] == "opened"
        assert hub.app.store.pos > before
        assert commits == 1


async def test_an_order_of_a_group_that_was_not_committed_never_happened(tmp_path: Path) -> None:
    async with Story(tmp_path) as hub:
        await hub.say("buy eth 20")
        with Unwritable(hub):
            with pytest.raises(IntakeUnavailable):
                await hub.receive("buy btc 20", external_id="one")
            assert hub.position("BTCUSDT") == 0
            agree(hub)
        story = await hub.say("buy btc 20", external_id="one")
        assert stages(story)[-1] == "opened"
        assert len(hub.orders(symbol="BTCUSDT")) == 1
        agree(hub)


async def test_a_resting_order_that_filled_in_a_lost_group_rests_again_and_fills_once(tmp_path: Path) -> None:
    async with Story(tmp_path) as hub:
        await hub.say("buy btc 0.01u -lim 59000")
        with Unwritable(hub):
            hub.script.batches.put_nowait([Quote("BTCUSDT", D(58_900), D(58_900), hub.clock.now())])
            await hub.script.batches.join()
            with pytest.raises(IntakeUnavailable):
                await hub.receive("buy eth 20")
            assert [o["status"] for o in hub.orders()] == ["working"]
            agree(hub)
        await hub.price("BTCUSDT", 58_950)
        (order,) = hub.orders()
        assert (order["status"], order["filled"]) == ("filled", D("0.01"))
        assert len(hub.app.store.queries.fills()) == 1
        agree(hub)


async def test_a_liquidation_of_a_lost_group_never_happened_and_the_next_price_decides(tmp_path: Path) -> None:
    async with Story(tmp_path) as hub:
        await hub.say("buy btc 250000")
        await hub.say("buy eth 100")
        for recovered in (True, False):
            with Unwritable(hub):
                hub.script.batches.put_nowait([Quote("BTCUSDT", D(58_000), D(58_000), hub.clock.now())])
                await hub.script.batches.join()
                with pytest.raises(IntakeUnavailable):
                    await hub.receive("buy eth 20")
                assert hub.balance() == 10_000
                assert {t.symbol for t in hub.app.hub.open_trades()} == {"BTCUSDT", "ETHUSDT"}
                agree(hub)
            await hub.price("BTCUSDT", 60_000 if recovered else 58_001)
            agree(hub)
            assert hub.position("BTCUSDT") == (D("4.1666") if recovered else 0)
        assert hub.balance() == 10_000 - D("4.1666") * 1_999
        (trade,) = hub.app.store.queries.trades(symbol="BTCUSDT")
        assert (trade["exit_reason"], trade["exit_price"]) == ("liquidated", 58_001)


@pytest.mark.parametrize("seed", range(3))
async def test_liquidations_among_failures_are_booked_once(tmp_path: Path, seed: int) -> None:
    chance = Random(seed)
    texts = ["buy btc 80000", "buy eth 80000", "close eth 50%"]
    async with Story(tmp_path) as hub:
        for number in range(15):
            text = chance.choice(texts)
            batch = [Quote(s, p * D("0.96"), p * D("0.96"), hub.clock.now()) for s, p in hub.prices.items()]
            if chance.random() < 0.3:
                with Unwritable(hub):
                    hub.script.batches.put_nowait(batch)
                    await hub.script.batches.join()
                    with pytest.raises(IntakeUnavailable):
                        await hub.receive(text, external_id=f"{number}")
                agree(hub)
            else:
                await hub.say(text, external_id=f"{number}")
            symbol = chance.choice(["BTCUSDT", "ETHUSDT"])
            await hub.price(symbol, str(round(hub.prices[symbol] * D(chance.choice(["0.97", "0.98", "1.01"])), 1)))
            agree(hub)
            trades = hub.app.store.queries.trades(limit=None)
            assert abs(hub.balance() - 10_000 - sum(t["pnl"] - t["fees"] for t in trades)) < ROUNDING
        assert any(t["exit_reason"] == "liquidated" for t in hub.app.store.queries.trades(limit=None))


@pytest.mark.parametrize("seed", range(3))
async def test_venue_and_journal_agree_whatever_fails_and_when(tmp_path: Path, seed: int) -> None:
    chance = Random(seed)
    said: list[str] = []
    texts = ["buy btc 20 -tsl 1", "sell btc 30 -sl 61000", "close btc 50%", "close btc", "buy eth 0.01u -lim 2990"]
    async with Story(tmp_path) as hub:
        for number in range(20):
            text, identity = chance.choice(texts), f"{seed}-{number}"
            if chance.random() < 0.25:
                with Unwritable(hub), pytest.raises(IntakeUnavailable):
                    await hub.receive(text, external_id=identity)
                agree(hub)
            else:
                await hub.say(text, external_id=identity)
                said.append(identity)
            symbol = chance.choice(["BTCUSDT", "ETHUSDT"])
            await hub.price(symbol, str(hub.prices[symbol] * D(chance.choice(["0.99", "1", "1.01"]))))
            agree(hub)
        stored = {m["external_id"] for m in hub.app.store.queries.messages(limit=None)}
        assert stored == set(said)
