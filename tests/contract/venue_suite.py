"""What every venue must do, whatever it talks to. A plug-in's test subclasses `VenueSuite` and provides a `Stage`."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from decimal import Decimal

import pytest
from msgspec.structs import replace

from contract.plugin_suite import PluginSuite
from tradewire.domain.order import Fill, OrderRequest, OrderStatus
from tradewire.domain.signal import Side
from tradewire.domain.venue_events import Absent, Accepted, Cancelled, Filled, Found, Rejected, Replaced, VenueEvent
from tradewire.ports import Amends, Kind, Refused, Venue

PATIENCE_S = 5.0


class Stage(ABC):
    """A venue under test with its other side in the test's hand. Orders must be within the venue's terms."""

    venue: Venue

    @abstractmethod
    def now(self) -> int:
        """Return the venue's time (epoch ns)."""

    @abstractmethod
    def market_order(self, client_order_id: str) -> OrderRequest:
        """Return a buy that is filled at once."""

    @abstractmethod
    def resting_order(self, client_order_id: str) -> OrderRequest:
        """Return a buy limit, far enough below the market to rest."""

    @abstractmethod
    async def reach(self, request: OrderRequest) -> None:
        """Let the market reach the price of a resting order."""


class VenueSuite(PluginSuite):
    """Subclasses provide the fixture `stage`: an entered venue with prices, money and nothing open."""

    kind = Kind.VENUE

    @pytest.fixture
    async def heard(self, stage: Stage) -> AsyncIterator[list[VenueEvent]]:
        """Everything the venue says, as it comes."""
        events: list[VenueEvent] = []

        async def listen() -> None:
            async for event in stage.venue.events():
                events.append(event)

        listener = asyncio.create_task(listen())
        yield events
        listener.cancel()
        with suppress(asyncio.CancelledError):
            await listener

    async def test_its_instruments_can_be_traded(self, stage: Stage) -> None:
        instruments = await stage.venue.instruments()
        assert len({instrument.symbol for instrument in instruments}) == len(instruments) > 0
        for instrument in instruments:
            assert instrument.tick_size > 0
            assert instrument.qty_step > 0
            assert instrument.symbol.isalnum()

    async def test_an_account_without_trades_shows_money_and_nothing_else(self, stage: Stage) -> None:
        snapshot = await stage.venue.snapshot()
        assert snapshot.balances
        assert snapshot.positions == snapshot.open_orders == ()
        assert all(balance.free <= balance.total for balance in snapshot.balances)

    async def test_a_market_order_is_accepted_then_filled_and_shows_as_a_position(
        self, stage: Stage, heard: list[VenueEvent]
    ) -> None:
        request = stage.market_order("twmarket")
        await stage.venue.submit(request)
        fills = await filled(heard, request)
        assert sum(fill.quantity for fill in fills) == request.quantity
        assert all(fill.side is Side.BUY and fill.symbol == request.symbol and fill.price > 0 for fill in fills)
        kinds = [type(event) for event in heard if cid_of(event) == "twmarket"]
        assert Accepted not in kinds or kinds.index(Accepted) < kinds.index(Filled)
        (position,) = (await stage.venue.snapshot()).positions
        assert (position.symbol, position.quantity) == (request.symbol, request.quantity)

    async def test_a_resting_order_shows_and_is_found_until_it_is_cancelled(
        self, stage: Stage, heard: list[VenueEvent]
    ) -> None:
        request = stage.resting_order("twrest")
        await stage.venue.submit(request)
        await until(heard, lambda event: isinstance(event, Accepted))
        (shown,) = (await stage.venue.snapshot()).open_orders
        assert (shown.client_order_id, shown.quantity, shown.filled) == ("twrest", request.quantity, 0)
        assert shown.limit_price == request.limit_price
        found = await stage.venue.lookup("twrest", 0)
        assert isinstance(found, Found)
        assert found.status is OrderStatus.WORKING
        await stage.venue.cancel("twrest")
        await until(heard, lambda event: isinstance(event, Cancelled))
        assert (await stage.venue.snapshot()).open_orders == ()

    async def test_a_resting_order_is_filled_when_the_market_comes(self, stage: Stage, heard: list[VenueEvent]) -> None:
        request = stage.resting_order("twrest")
        await stage.venue.submit(request)
        await until(heard, lambda event: isinstance(event, Accepted))
        await stage.reach(request)
        fills = await filled(heard, request)
        assert request.limit_price is not None
        assert all(fill.price <= request.limit_price for fill in fills)

    async def test_a_look_up_finds_what_ended_with_all_its_fills(self, stage: Stage, heard: list[VenueEvent]) -> None:
        request = stage.market_order("twmarket")
        sent_at = stage.now()
        await stage.venue.submit(request)
        fills = await filled(heard, request)
        found = await stage.venue.lookup("twmarket", sent_at)
        assert isinstance(found, Found)
        assert found.status is OrderStatus.FILLED
        assert {fill.exec_id for fill in found.fills} == {fill.exec_id for fill in fills}
        assert sum(fill.quantity for fill in found.fills) == request.quantity

    async def test_an_order_that_was_never_sent_is_absent(self, stage: Stage) -> None:
        assert isinstance(await stage.venue.lookup("twneversent", 0), Absent)

    async def test_what_the_venue_will_not_take_is_proven_not_done(self, stage: Stage, heard: list[VenueEvent]) -> None:
        for name, broken in {
            "twtiny": replace(stage.market_order("twtiny"), quantity=Decimal("0.000000001")),
            "twwhat": replace(stage.market_order("twwhat"), symbol="NOSUCHTHING"),
        }.items():
            reason = await refusal(stage.venue, broken)
            if reason is None:
                await until(heard, lambda event, name=name: isinstance(event, Rejected) and cid_of(event) == name)
            else:
                assert reason
        assert (await stage.venue.snapshot()).positions == ()

    async def test_one_client_order_id_is_never_two_open_orders(self, stage: Stage, heard: list[VenueEvent]) -> None:
        request = stage.resting_order("twonce")
        await stage.venue.submit(request)
        await until(heard, lambda event: isinstance(event, Accepted))
        with pytest.raises(Refused):
            await stage.venue.submit(request)
        assert len((await stage.venue.snapshot()).open_orders) == 1

    async def test_cancelling_what_is_not_there_is_refused(self, stage: Stage) -> None:
        with pytest.raises(Refused):
            await stage.venue.cancel("twneversent")

    async def test_a_resting_order_is_given_other_terms_and_shows_them(
        self, stage: Stage, heard: list[VenueEvent]
    ) -> None:
        if not isinstance(stage.venue, Amends):
            return
        request = stage.resting_order("twmove")
        await stage.venue.submit(request)
        await until(heard, lambda event: isinstance(event, Accepted))
        twice = replace(request.terms, quantity=request.quantity * 2)
        await stage.venue.amend("twmove", quantity=twice.quantity, limit_price=None, stop_price=None)
        await until(heard, lambda event: isinstance(event, Replaced) and event.terms == twice)
        found = await stage.venue.lookup("twmove", 0)
        assert isinstance(found, Found)
        assert found.terms == twice
        with pytest.raises(Refused):
            await stage.venue.amend("twneversent", quantity=twice.quantity, limit_price=None, stop_price=None)
        await stage.reach(request)
        fills = await filled(heard, replace(request, quantity=twice.quantity))
        assert sum(fill.quantity for fill in fills) == twice.quantity

    async def test_exec_ids_are_unique_within_the_account(self, stage: Stage, heard: list[VenueEvent]) -> None:
        for name in ("twfirst", "twsecond"):
            request = stage.market_order(name)
            await stage.venue.submit(request)
            await filled(heard, request)
        ids = [event.fill.exec_id for event in heard if isinstance(event, Filled)]
        assert len(set(ids)) == len(ids)

    async def test_a_round_trip_leaves_no_position(self, stage: Stage, heard: list[VenueEvent]) -> None:
        entry = stage.market_order("twentry")
        await stage.venue.submit(entry)
        await filled(heard, entry)
        exit_ = replace(
            stage.market_order("twexit"),
            side=Side.SELL,
            reduce_only=True,
            position_ref="twentry" if stage.venue.capabilities.hedging else None,
        )
        await stage.venue.submit(exit_)
        await filled(heard, exit_)
        assert (await stage.venue.snapshot()).positions == ()


def cid_of(event: VenueEvent) -> str | None:
    """Return the client_order_id that an event speaks of."""
    return event.fill.client_order_id if isinstance(event, Filled) else getattr(event, "client_order_id", None)


async def refusal(venue: Venue, request: OrderRequest) -> str | None:
    """Submit and return the reason of a refusal, or None if the order was handed over."""
    try:
        await venue.submit(request)
    except Refused as refused:
        return str(refused)
    return None


async def until(heard: list[VenueEvent], wanted: Callable[[VenueEvent], bool]) -> VenueEvent:
    """Return the first event that is `wanted`, waiting for it."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            for event in heard:
                if wanted(event):
                    return event
            await asyncio.sleep(0.001)


async def filled(heard: list[VenueEvent], request: OrderRequest) -> list[Fill]:
    """Return the fills of an order once they add up to its quantity."""

    def fills() -> list[Fill]:
        mine = [event.fill for event in heard if isinstance(event, Filled)]
        return [fill for fill in mine if fill.client_order_id == request.client_order_id]

    await until(heard, lambda _: sum(fill.quantity for fill in fills()) >= request.quantity)
    return fills()
