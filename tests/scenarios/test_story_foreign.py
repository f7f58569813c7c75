"""What somebody opened at the venue without the hub: shown, never touched, and no reason to say flat."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from pathlib import Path

from scenarios.story import Story, codes
from tradewire.domain.order import Leg, OrderRequest
from tradewire.domain.signal import OrderType, Side

D = Decimal


async def test_flat_is_not_said_while_the_venue_shows_a_position_that_no_order_of_ours_explains(tmp_path: Path) -> None:
    async with Story(tmp_path) as hub:
        await hub.say("buy btc 0.01u")
        hub.app.exchange.submit(foreign(hub), hub.clock.now())
        await hub.settle()
        (result,) = await hub.app.hub.flatten(wait=0.2)
        assert not result.flat
        assert result.closed == 1
        assert result.remaining == ("position of 0.5 ETHUSDT at the venue",)


async def test_flat_is_not_said_while_the_venue_shows_a_position_that_was_opened_elsewhere(tmp_path: Path) -> None:
    async with Story(tmp_path) as hub:
        await see_foreign(hub)
        await hub.say("buy btc 0.01u")
        async with asyncio.timeout(5):
            (result,) = await hub.app.hub.flatten(wait=30)
        assert (result.flat, result.closed) == (False, 1), "it is no reason to wait"
        assert result.remaining == ("position of 0.5 ETHUSDT at the venue that the hub did not open",)
        assert hub.engine.posts["main"].state.foreign == {"ETHUSDT": D("0.5")}, "and it is left alone"


async def see_foreign(hub: Story) -> None:
    """Let somebody open a position without the hub, and the hub find it."""
    hub.app.exchange.submit(foreign(hub), hub.clock.now())
    hub.engine.posts["main"].runner.check()
    async with asyncio.timeout(5):
        while not hub.engine.posts["main"].state.foreign:
            await hub.engine.next_commit()


def foreign(hub: Story) -> OrderRequest:
    """Return an order that somebody places at the venue without the hub."""
    now = hub.clock.now()
    return OrderRequest(
        client_order_id="web-1",
        account="main",
        symbol="ETHUSDT",
        side=Side.BUY,
        type=OrderType.MARKET,
        quantity=D("0.5"),
        leg=Leg.ENTRY,
        signal_id="",
        trade_id="",
        submitted_at=now,
        expires_at=now + 10**9,
    )


async def test_a_position_opened_elsewhere_is_shown_and_managed_once_a_person_adopts_it(tmp_path: Path) -> None:
    async with Story(tmp_path) as hub:
        await see_foreign(hub)
        assert hub.app.hub.accounts()[0].foreign == {"ETHUSDT": D("0.5")}
        assert hub.app.hub.open_trades() == []
        assert codes(await hub.say("close eth")) == ["nothing_to_close"]
        await hub.say("adopt eth -sl 2900", source="console")
        assert (hub.live().open_quantity, hub.live().stop) == (D("0.5"), D(2_900))
        assert hub.app.hub.accounts()[0].foreign == {}
        await hub.price("ETHUSDT", 2_900)
        assert (hub.trade()["status"], hub.trade()["pnl"]) == ("closed", -50)
        assert hub.app.hub.accounts()[0].open_trades == 0
