"""Chaos in short: real hubs are killed, and what they say is compared with the exchange's own ledger.

The named stories are failures that other engines have met in the field: working orders dropped by a restart, orders
sent again at every restart, executions replayed, an order in flight called rejected, a fill counted twice.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio

from chaos.audit import audit
from chaos.books import hub_books, unsettled
from chaos.controls import SYMPTOMS, Bad, caught, run_control
from chaos.exchange.knobs import Knobs, rough
from chaos.exchange.ledger import read_ledger
from chaos.hubs import ENVIRONMENT, ExchangeProcess, Hub, Nursery, end, until_ready
from chaos.sender import Alert, Sender
from chaos.sweep import STORY, Sweep
from chaos.world import Plan, hub_at, run_hub, settled
from tradewire.engine.verify import verify

pytestmark = [pytest.mark.chaos, pytest.mark.slow, pytest.mark.timeout(300), pytest.mark.asyncio(loop_scope="module")]
SETTLED_WITHIN_S = 60.0


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def exchange(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ExchangeProcess]:
    async with ExchangeProcess(tmp_path_factory.mktemp("exchange")) as exchange:
        yield exchange


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def nursery() -> AsyncIterator[Nursery]:
    async with Nursery() as nursery:
        yield nursery


async def test_random_kills_lose_and_double_nothing(
    exchange: ExchangeProcess, nursery: Nursery, tmp_path: Path
) -> None:
    plan = Plan(name="short", seed=4, signals=300, kills=12, knobs=rough(4), native_stops=True)
    outcome = await run_hub(exchange, nursery, plan, tmp_path)
    assert outcome.findings.faults == {}
    assert outcome.unexpected == []
    assert (outcome.signals, outcome.kills) == (300, 12)
    assert sum(count for fault, count in outcome.injected.items() if fault != "ok") > 50


async def test_without_client_ids_doubt_is_parked_and_nothing_is_sent_twice(
    exchange: ExchangeProcess, nursery: Nursery, tmp_path: Path
) -> None:
    knobs = rough(5, "none", hedging=False)
    plan = Plan(name="parked", seed=5, signals=60, kills=3, knobs=knobs, plain=True)
    outcome = await run_hub(exchange, nursery, plan, tmp_path)
    assert outcome.findings.faults == {}
    assert outcome.unexpected == []
    assert outcome.findings.parked > 0


@pytest.mark.parametrize("name", SYMPTOMS)
async def test_a_bad_trader_is_caught(exchange: ExchangeProcess, tmp_path: Path, name: Bad) -> None:
    outcome = await run_control(exchange, name, tmp_path, signals=120, kills=4)
    assert caught(name, outcome), outcome.findings.faults


async def test_every_boundary_of_a_small_story(exchange: ExchangeProcess, nursery: Nursery, tmp_path: Path) -> None:
    story = [STORY[0], STORY[3]]
    outcome = await Sweep(exchange, nursery, "sweep", tmp_path, "execute_then_cut", story=story).run()
    assert outcome.wrong == {}
    assert outcome.clean
    assert outcome.boundaries >= 10


@asynccontextmanager
async def living(hub: Hub) -> AsyncIterator[None]:
    """A hub that runs, and is killed at the end."""
    pid = await hub.start()
    assert await until_ready(hub.port, pid), (hub.data / "hub.log").read_text()
    yield
    await end(pid)


async def send(hub: Hub, signals: list[Alert]) -> Sender:
    """Post all signals; return who knows what was acknowledged."""
    sender = Sender(hub, signals, 0)
    await sender.allow(len(signals) + 1)
    await sender.run()
    return sender


async def until_settled(hub: Hub) -> None:
    async def quiet() -> bool:
        return await asyncio.to_thread(unsettled, hub.database) == 0

    await settled(quiet, SETTLED_WITHIN_S)


async def test_fourteen_working_orders_outlive_every_restart_and_none_is_sent_again(
    exchange: ExchangeProcess, nursery: Nursery, tmp_path: Path
) -> None:
    hub = await hub_at(
        exchange, nursery, Plan(name="working", seed=1, signals=14, kills=0, knobs=Knobs()), tmp_path / "hub"
    )
    signals = [Alert(f"w{number}", "buy xrp 10u -lim 1.8") for number in range(14)]
    async with living(hub):
        sender = await send(hub, signals)
        await until_settled(hub)
    for _ in range(3):
        async with living(hub):
            await until_settled(hub)
    books, ledger = hub_books(hub.database), read_ledger(exchange.ledger("working"))
    assert audit(signals, sender.acknowledged, books, ledger).faults == {}
    assert [order.status for order in books.orders.values()] == ["working"] * 14
    assert len(ledger) == 14


async def test_orders_in_flight_are_neither_called_rejected_nor_counted_twice(
    exchange: ExchangeProcess, nursery: Nursery, tmp_path: Path
) -> None:
    knobs = Knobs(
        faults={"execute_then_timeout": 1.0}, stale_ms=80.0, duplicated=1.0, reordered=0.5, partial=1.0, seed=6
    )
    plan = Plan(name="in-flight", seed=1, signals=10, kills=0, knobs=knobs)
    hub = await hub_at(exchange, nursery, plan, tmp_path / "hub")
    signals = [Alert(f"f{number}", "buy btc 0.1u") for number in range(10)]
    async with living(hub):
        sender = await send(hub, signals)
    async with living(hub):
        await until_settled(hub)
    books, ledger = hub_books(hub.database), read_ledger(exchange.ledger("in-flight"))
    assert audit(signals, sender.acknowledged, books, ledger).faults == {}
    assert {order.status for order in books.orders.values()} == {"filled"}
    assert verify(hub.database).differences == ()


async def test_one_alert_a_hundred_times_at_once_and_across_a_restart_is_one_order(
    exchange: ExchangeProcess, nursery: Nursery, tmp_path: Path
) -> None:
    hub = await hub_at(
        exchange, nursery, Plan(name="hundred", seed=1, signals=1, kills=0, knobs=Knobs()), tmp_path / "hub"
    )
    alert = Alert("same", "buy btc 0.1u")
    sender = Sender(hub, [], 0)
    for _ in range(2):
        async with command_line(hub):
            await asyncio.gather(*(sender.deliver(alert) for _ in range(100)))
            await until_settled(hub)
    books, ledger = hub_books(hub.database), read_ledger(exchange.ledger("hundred"))
    assert audit([alert], sender.acknowledged, books, ledger).faults == {}
    assert [line.what for line in ledger] == ["accepted", "executed"]


@asynccontextmanager
async def command_line(hub: Hub) -> AsyncIterator[None]:
    """The same hub as a person starts it, killed at the end."""
    places = ("--config", str(hub.config), "--data", str(hub.data), "--port", str(hub.port))
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "tradewire", "run", "--no-demo", *places),
        env=ENVIRONMENT,
        stdout=asyncio.subprocess.DEVNULL,
    )
    assert await until_ready(hub.port, process.pid)
    yield
    process.kill()
    await process.wait()
