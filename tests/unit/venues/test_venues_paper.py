"""The paper venue keeps the contract of venues, and its own: direct events, and a restart from the hub's journal."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace
from pydantic import ValidationError

from contract.paper_desk import SECOND, START, d, request
from contract.quotes_suite import ManualClock
from contract.venue_suite import Stage, VenueSuite
from tradewire.domain.account import Account, Balance, Netting, Position
from tradewire.domain.instrument import Quote
from tradewire.domain.order import Order, OrderRequest, OrderStatus
from tradewire.domain.venue_events import Absent, Accepted, Filled, Found, VenueEvent
from tradewire.ports import Refused
from tradewire.sim.account import HeldPosition, PaperState
from tradewire.sim.exchange import Exchange as PaperExchange
from tradewire.sim.instruments import INSTRUMENTS
from tradewire.venues.paper import Config, PaperVenue

ACCOUNT = Account(id="a", venue="paper")


class PaperStage(Stage):
    def __init__(
        self, config: Config | None = None, opening: PaperState | None = None, account: Account = ACCOUNT
    ) -> None:
        self.clock = ManualClock(START)
        self.exchange = PaperExchange(INSTRUMENTS)
        self.venue = PaperVenue(account, self.exchange, self.clock, config, opening)

    def now(self) -> int:
        return self.clock.now()

    def price(self, bid: str) -> None:
        self.clock.time += SECOND
        self.exchange.on_quotes([Quote("BTCUSDT", d(bid), d(bid) + 1, self.clock.now())])

    def market_order(self, client_order_id: str) -> OrderRequest:
        return request(client_order_id)

    def resting_order(self, client_order_id: str) -> OrderRequest:
        return request(client_order_id, limit_price=d(90))

    async def reach(self, request: OrderRequest) -> None:
        self.price("89")


@pytest.fixture
async def stage() -> AsyncIterator[PaperStage]:
    stage = PaperStage()
    async with stage.venue:
        stage.price("100")
        yield stage


class TestContract(VenueSuite):
    target = "paper"

    @pytest.fixture
    def unworkable(self) -> Sequence[Mapping[str, Any]]:
        return [
            {"balance": 0},
            {"other_balances": {"EUR": "-1"}},
            {"leverage": 200},
            {"maker_fee": "-0.1"},
            {"slippage": "ticks"},
            {"slippage_value": 2},
            {"slippage": "percent", "slippage_value": 50},
        ]


class TestContractOfNetting(VenueSuite):
    target = "paper"

    @pytest.fixture
    async def stage(self) -> AsyncIterator[PaperStage]:
        stage = PaperStage(account=Account(id="a", venue="paper", netting=Netting.NETTING))
        async with stage.venue:
            stage.price("100")
            yield stage


async def test_events_are_handed_over_directly_when_asked_to(stage: PaperStage) -> None:
    heard: list[VenueEvent] = []
    stage.venue.on_event = heard.append
    await stage.venue.submit(request("e"))
    assert [type(event) for event in heard] == [Accepted, Filled]


async def test_a_new_account_starts_with_the_configured_money() -> None:
    config = Config(balance=d(500), other_balances={"EUR": d(20)})
    stage = PaperStage(config)
    async with stage.venue:
        assert (await stage.venue.snapshot()).balances == (
            Balance("USDT", d(500), d(500)),
            Balance("EUR", d(20), d(20)),
        )


async def test_leaving_and_entering_again_is_a_reconnect_and_loses_nothing() -> None:
    stage = PaperStage()
    async with stage.venue:
        stage.price("100")
        await stage.venue.submit(request("rest", limit_price=d(90)))
    stage.price("80")
    async with stage.venue:
        found = await stage.venue.lookup("rest", 0)
    assert isinstance(found, Found)
    assert found.status is OrderStatus.FILLED


async def test_a_restart_goes_on_from_the_hubs_journal() -> None:
    """The hub folds the events into orders; what it never heard of does not exist at the venue of the next process."""
    before = PaperStage(Config(depth=d(180), maker_fee=d(0), taker_fee=d(0)))
    heard: list[VenueEvent] = []
    before.venue.on_event = heard.append
    async with before.venue:
        before.price("100")
        await before.venue.submit(request("partly", quantity="4", limit_price=d(90)))
        before.price("89")
    orders = {"partly": Order(request=request("partly", quantity="4", limit_price=d(90)), updated_at=START)}
    for event in heard:
        if isinstance(event, Filled):
            orders["partly"] = orders["partly"].with_fill(event.fill)
    lost = Order(request=request("lost", limit_price=d(90)), status=OrderStatus.SUBMITTING, updated_at=START)
    done = Order(request=request("done"), status=OrderStatus.FILLED, updated_at=START)
    opening = PaperState(
        cash={"USDT": d(9_000)},
        positions=(HeldPosition(Position(symbol="BTCUSDT", quantity=d(2), average_price=d(90), ref="partly")),),
        orders=(orders["partly"], lost, done),
    )

    after = PaperStage(Config(depth=d(180)), opening)
    again: list[VenueEvent] = []
    after.venue.on_event = again.append
    async with after.venue:
        after.price("100")
        snapshot = await after.venue.snapshot()
        assert [(order.client_order_id, order.filled) for order in snapshot.open_orders] == [("partly", d(2))]
        assert snapshot.positions == (opening.positions[0].position,)
        assert snapshot.balances[0].total == d(9_000)
        assert isinstance(await after.venue.lookup("lost", 0), Absent)
        assert isinstance(await after.venue.lookup("done", 0), Found)
        with pytest.raises(Refused, match="duplicate"):
            await after.venue.submit(request("done"))
        await after.venue.submit(request("lost", limit_price=d(80)))
        after.price("89")
        snapshot = await after.venue.snapshot()
    ids = [event.fill.exec_id for stage in (heard, again) for event in stage if isinstance(event, Filled)]
    assert len(ids) == 2
    assert len(set(ids)) == 2
    assert snapshot.positions[0].quantity == 4
    assert snapshot.positions[0].average_price == 90


@pytest.mark.parametrize("triggered", [True, False])
async def test_a_stop_limit_is_after_a_restart_what_it_was(triggered: bool) -> None:
    stop_limit = request("e", limit_price=d(112), stop_price=d(110))
    known = Order(request=stop_limit, status=OrderStatus.WORKING, triggered=triggered, updated_at=START)
    stage = PaperStage(opening=PaperState(cash={"USDT": d(10_000)}, orders=(known,)))
    async with stage.venue:
        stage.price("105")
        assert len((await stage.venue.snapshot()).positions) == triggered


async def test_positions_without_a_price_yet_are_kept_and_not_liquidated() -> None:
    held = HeldPosition(Position(symbol="GBPJPY", quantity=d(100_000), average_price=d(190), ref="e"))
    stage = PaperStage(opening=PaperState(cash={"USDT": d(10_000)}, positions=(held,)))
    async with stage.venue:
        stage.exchange.on_quotes([Quote("GBPJPY", d(189), d(189), START)])
        assert len((await stage.venue.snapshot()).positions) == 1
        stage.exchange.on_quotes([Quote("USDJPY", d(150), d(150), START)])
        assert len((await stage.venue.snapshot()).positions) == 1
        stage.exchange.on_quotes([Quote("GBPJPY", d(170), d(170), START)])
        assert len((await stage.venue.snapshot()).positions) == 0


@pytest.mark.parametrize(
    ("quantities", "shown"),
    [
        (("2", "1"), [(d(3), d(92))]),
        (("-2", "-1"), [(d(-3), d(92))]),
        (("2", "-1"), [(d(1), d(84))]),
        (("1", "-1"), []),
    ],
)
async def test_a_netting_account_gets_one_position_for_all_trades_of_a_symbol(
    quantities: tuple[str, str], shown: list[tuple[Decimal, Decimal]]
) -> None:
    trades = tuple(
        HeldPosition(Position(symbol="BTCUSDT", quantity=d(quantity), average_price=price, ref=f"e{price}"))
        for quantity, price in zip(quantities, (d(90), d(96)), strict=True)
    )
    account = Account(id="a", venue="paper", netting=Netting.NETTING)
    stage = PaperStage(opening=PaperState(cash={"USDT": d(10_000)}, positions=trades), account=account)
    async with stage.venue:
        positions = (await stage.venue.snapshot()).positions
    assert [(position.quantity, position.average_price) for position in positions] == shown


async def test_many_accounts_share_the_market_and_nothing_else() -> None:
    clock, exchange = ManualClock(START), PaperExchange(INSTRUMENTS)
    venues = [PaperVenue(Account(id=f"a{n}", venue="paper"), exchange, clock) for n in range(3)]
    for venue in venues:
        await venue.__aenter__()
    exchange.on_quotes([Quote("BTCUSDT", d(100), d(100), START)])
    await venues[1].submit(request("e", account="a1"))
    held = [sum((p.quantity for p in (await venue.snapshot()).positions), Decimal(0)) for venue in venues]
    assert held == [0, 1, 0]


async def test_an_account_is_opened_once(stage: PaperStage) -> None:
    with pytest.raises(ValueError, match="already open"):
        await PaperVenue(ACCOUNT, stage.exchange, stage.clock).__aenter__()


def test_a_wrong_setting_is_named() -> None:
    with pytest.raises(ValidationError, match="leverages"):
        Config.model_validate({"leverages": 5})
    with pytest.raises(ValidationError, match="taker_fee"):
        Config(taker_fee=d(-1))


def test_the_hub_knows_that_stops_do_not_outlive_it_and_how_long_a_request_lives() -> None:
    quick, slow = PaperStage().venue.capabilities, PaperStage(Config(latency_ms=2_000)).venue.capabilities
    assert not quick.native_stops
    assert slow.request_expiry_ns - quick.request_expiry_ns == 2 * SECOND


async def test_the_clock_decides_whether_a_request_is_too_late(stage: PaperStage) -> None:
    stale = replace(request("e"), expires_at=stage.now() - 1)
    with pytest.raises(Refused, match="expiry"):
        await stage.venue.submit(stale)
