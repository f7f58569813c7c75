"""The fake exchange is a venue like any other, and misbehaves exactly as it is told to."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from chaos.exchange.knobs import Fault, Knobs
from chaos.exchange.ledger import read_ledger
from chaos.exchange.server import Exchange
from chaos.venue import Config, FakeExchangeVenue
from chaos.wire import Client, serve_connection
from contract.venue_suite import Stage, VenueSuite
from tradewire.domain.account import Account
from tradewire.domain.order import Leg, OrderRequest, OrderStatus
from tradewire.domain.signal import OrderType, Side
from tradewire.domain.venue_events import Absent, Found
from tradewire.ports import OutcomeUnknown, Refused

SECOND = 1_000_000_000


class WallClock:
    def now(self) -> int:
        return time.time_ns()


class FakeExchangeStage(Stage):
    def __init__(self, directory: Path, port: int, knobs: Knobs) -> None:
        self.ledger = directory / "a.jsonl"
        self.port = port
        config = Config(port=port, account="a", client_ids=knobs.client_ids, hedging=knobs.hedging)
        self.venue = FakeExchangeVenue(Account(id="a", venue="fake"), config, WallClock())

    def now(self) -> int:
        return time.time_ns()

    def market_order(self, client_order_id: str) -> OrderRequest:
        now = self.now()
        return OrderRequest(
            client_order_id=client_order_id,
            account="a",
            symbol="BTCUSDT",
            side=Side.BUY,
            type=OrderType.MARKET,
            quantity=Decimal("0.5"),
            leg=Leg.ENTRY,
            signal_id="s",
            trade_id="t",
            submitted_at=now,
            expires_at=now + 10 * SECOND,
        )

    def resting_order(self, client_order_id: str) -> OrderRequest:
        return replace(self.market_order(client_order_id), type=OrderType.LIMIT, limit_price=Decimal(59000))

    async def reach(self, request: OrderRequest) -> None:
        await Client("127.0.0.1", self.port).ask("POST", "/a/price/BTCUSDT/58000")

    def taken(self) -> int:
        return sum(line.what == "accepted" for line in read_ledger(self.ledger))


@asynccontextmanager
async def staged(directory: Path, knobs: Knobs) -> AsyncIterator[FakeExchangeStage]:
    """An entered venue at an exchange of its own; the account is well-behaved until it is entered."""
    exchange = Exchange(directory)
    server = await asyncio.start_server(lambda r, w: serve_connection(r, w, exchange.handle), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    exchange.set("a", knobs)
    stage = FakeExchangeStage(directory, port, knobs)
    async with stage.venue:
        yield stage
    server.close()


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[FakeExchangeStage]:
    async with staged(tmp_path, Knobs(client_ids="permanent", partial=0.5)) as stage:
        yield stage


class TestContract(VenueSuite):
    target = "chaos.venue:FakeExchangeVenue"

    @pytest.fixture
    def check_clock(self) -> WallClock:
        return WallClock()

    @pytest.fixture
    def settings(self, stage: FakeExchangeStage) -> Mapping[str, Any]:
        return {"port": stage.port, "account": "a"}

    @pytest.fixture
    def unworkable(self) -> Sequence[Mapping[str, Any]]:
        return [{"port": 1, "account": "a"}]


@pytest.mark.parametrize(
    ("fault", "taken"),
    [
        ("drop", 0),
        ("error_before", 0),
        ("cut_before", 0),
        ("execute_then_timeout", 1),
        ("execute_then_cut", 1),
        ("execute_then_error", 1),
        ("execute_then_garble", 1),
    ],
)
async def test_a_bad_line_leaves_the_outcome_unknown_whatever_happened(
    tmp_path: Path, fault: Fault, taken: int
) -> None:
    async with staged(tmp_path, Knobs(faults={fault: 1.0})) as stage:
        with pytest.raises(OutcomeUnknown):
            await stage.venue.submit(stage.market_order("twx"))
        assert stage.taken() == taken
        assert isinstance(await stage.venue.lookup("twx", 0), Found if taken else Absent)


async def test_a_refusal_is_proven(tmp_path: Path) -> None:
    async with staged(tmp_path, Knobs(faults={"refuse": 1.0})) as stage:
        with pytest.raises(Refused, match="not today"):
            await stage.venue.submit(stage.market_order("twx"))
        assert stage.taken() == 0


async def test_a_late_order_is_taken_within_its_expiry_and_never_after(tmp_path: Path) -> None:
    async with staged(tmp_path, Knobs(faults={"late": 1.0}, late_ms=(200.0, 200.0))) as stage:
        for name, expiry_ms in (("twlate", 10_000), ("twtoolate", 150)):
            request = replace(stage.market_order(name), expires_at=stage.now() + expiry_ms * SECOND // 1000)
            with pytest.raises(OutcomeUnknown):
                await stage.venue.submit(request)
        async with asyncio.timeout(5):
            while len(read_ledger(stage.ledger)) < 3:  # noqa: ASYNC110 - a file tells nobody that it grew
                await asyncio.sleep(0.01)
        assert {line.what for line in read_ledger(stage.ledger)} == {"accepted", "executed", "expired"}
        assert isinstance(await stage.venue.lookup("twlate", 0), Found)
        assert isinstance(await stage.venue.lookup("twtoolate", 0), Absent)


async def test_a_stale_look_up_does_not_show_what_has_just_happened(tmp_path: Path) -> None:
    async with staged(tmp_path, Knobs(stale_ms=60_000.0)) as stage:
        await stage.venue.submit(stage.market_order("twx"))
        assert stage.taken() == 1
        assert isinstance(await stage.venue.lookup("twx", 0), Absent)


async def test_an_id_of_a_filled_order_may_be_used_again_where_it_is_unique_among_open_orders_only(
    tmp_path: Path,
) -> None:
    async with staged(tmp_path, Knobs(client_ids="open_only")) as stage:
        for _ in range(2):
            await stage.venue.submit(stage.market_order("twx"))
        assert stage.taken() == 2


async def test_without_client_ids_only_the_process_that_sent_an_order_finds_it(tmp_path: Path) -> None:
    async with staged(tmp_path, Knobs(client_ids="none", hedging=False)) as stage:
        assert not stage.venue.capabilities.client_ids
        await stage.venue.submit(stage.market_order("twx"))
        found = await stage.venue.lookup("twx", 0)
        assert isinstance(found, Found)
        assert found.status is OrderStatus.FILLED
        config = Config(port=stage.port, account="a", client_ids="none", hedging=False)
        async with FakeExchangeVenue(Account(id="a", venue="fake"), config, WallClock()) as restarted:
            assert isinstance(await restarted.lookup("twx", 0), Absent)
