"""One chaos run: signals in, kills at random, and an audit once all is quiet."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from random import Random

import msgspec

from chaos.audit import Findings, audit
from chaos.books import Books, hub_books, unsettled
from chaos.exchange.knobs import ClientIds, Knobs
from chaos.exchange.ledger import read_ledger
from chaos.hubs import CONFIG, ExchangeProcess, Hub, Nursery, Trader, alive, end, until_ready
from chaos.sender import Alert, Sender, alerts
from tradewire.engine.verify import verify

VENUE = "chaos.venue:FakeExchangeVenue"
LIFE_S = (0.005, 0.3)
AT_START = 0.15
"""Share of the kills that hit a trader while it is still starting."""
BEHIND = 90
"""Signals that may wait for their acknowledgement before the trader is given more time."""
LONGER = 4
"""Times that a life is prolonged then."""
QUIET_WITHIN_S = 600.0
POLL_S = 0.05
LASTING_S = 8.0


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What to run."""

    name: str
    seed: int
    signals: int
    kills: int
    knobs: Knobs
    native_stops: bool = False
    plain: bool = False


class Outcome(msgspec.Struct, kw_only=True):
    """What came of it. `unexpected`: ends of the trader that nobody asked for, and differences that `verify` told."""

    plan: str
    signals: int
    duplicates: int
    kills: int
    seconds: float
    findings: Findings
    injected: dict[str, int]
    unexpected: list[str]

    @property
    def clean(self) -> bool:
        return not self.findings.faults and not self.unexpected


class Killer:
    """Starts a trader, kills it at random, and starts it again."""

    def __init__(self, trader: Trader, seed: int) -> None:
        self.kills = 0
        self.unexpected: list[str] = []
        self._trader = trader
        self._chance = Random(seed)

    async def once(self, behind: Callable[[], bool]) -> None:
        """Let it live for a moment; longer where lives so short left it too far behind."""
        pid = await self._trader.start()
        if self._chance.random() < AT_START:
            await asyncio.sleep(self._chance.uniform(0.0, 0.2))
        else:
            if not await until_ready(self._trader.port, pid):
                self.unexpected.append("the trader ended while starting")
                return
            await asyncio.sleep(self._chance.uniform(*LIFE_S))
            for _ in range(LONGER):
                if not behind():
                    break
                await asyncio.sleep(self._chance.uniform(*LIFE_S))
            if not alive(pid):
                self.unexpected.append("the trader ended by itself")
        await end(pid)
        self.kills += 1


async def hub_at(exchange: ExchangeProcess, nursery: Nursery, plan: Plan, directory: Path, venue: str = VENUE) -> Hub:
    """Return a hub of its own with an account at the exchange and a webhook, ended cleanly."""
    config = configured(directory, exchange.port, plan, venue)
    await exchange.set(plan.name, Knobs(client_ids=plan.knobs.client_ids, hedging=plan.knobs.hedging))
    hub = Hub(nursery, config, directory / "data")
    pid = await hub.start()
    if not await until_ready(hub.port, pid):
        raise RuntimeError((hub.data / "hub.log").read_text())
    await hub.make_hook()
    await end(pid, gently=True)
    await exchange.set(plan.name, plan.knobs)
    return hub


def configured(directory: Path, port: int, plan: Plan, venue: str = VENUE) -> Path:
    """Write a hub's configuration into its directory."""
    directory.mkdir(parents=True, exist_ok=True)
    config = directory / "tradewire.yaml"
    config.write_text(
        CONFIG.format(
            venue=venue,
            netting="hedging" if plan.knobs.hedging else "netting",
            port=port,
            account=plan.name,
            client_ids=plan.knobs.client_ids,
            hedging=str(plan.knobs.hedging).lower(),
            native=str(plan.native_stops).lower(),
        )
    )
    return config


async def run_hub(exchange: ExchangeProcess, nursery: Nursery, plan: Plan, directory: Path) -> Outcome:
    """Run the real hub."""
    hub = await hub_at(exchange, nursery, plan, directory)

    async def quiet() -> bool:
        return await asyncio.to_thread(unsettled, hub.database) == 0

    outcome = await run(exchange, hub, plan, quiet, lambda: hub_books(hub.database))
    verdict = await asyncio.to_thread(verify, hub.database)
    outcome.unexpected += [f"verify: {difference}" for difference in verdict.differences]
    if not verdict.rows:
        outcome.unexpected.append("verify read an empty journal")
    return outcome


async def run(
    exchange: ExchangeProcess,
    trader: Trader,
    plan: Plan,
    quiet: Callable[[], Awaitable[bool]],
    books: Callable[[], Books],
) -> Outcome:
    """Send, kill, wait until `quiet`, compare."""
    started = time.monotonic()
    signals = alerts(plan.seed, plan.signals, plain=plan.plain)
    sender = Sender(trader, signals, plan.seed)
    killer = Killer(trader, plan.seed)
    sending = asyncio.create_task(sender.run())
    while killer.kills < plan.kills and len(killer.unexpected) < 10:
        allowed = len(signals) * (killer.kills + 1) // plan.kills + 1
        await sender.allow(allowed)
        await killer.once(lambda allowed=allowed: allowed - len(sender.acknowledged) > BEHIND)
    await sender.allow(len(signals) + 1)
    await finish(trader, sending, quiet, plan.knobs.client_ids)
    findings = compare(signals, sender, books(), exchange, plan)
    return Outcome(
        plan=plan.name,
        signals=len(signals),
        duplicates=sender.duplicates,
        kills=killer.kills,
        seconds=round(time.monotonic() - started, 1),
        findings=findings,
        injected=await exchange.injected(plan.name),
        unexpected=killer.unexpected,
    )


def compare(signals: list[Alert], sender: Sender, books: Books, exchange: ExchangeProcess, plan: Plan) -> Findings:
    """Audit a finished run."""
    may_park = plan.knobs.client_ids == "none"
    return audit(signals, sender.acknowledged, books, read_ledger(exchange.ledger(plan.name)), may_park=may_park)


async def finish(
    trader: Trader, sending: asyncio.Task[None], quiet: Callable[[], Awaitable[bool]], client_ids: ClientIds
) -> None:
    """Let the trader live until everything is sent and done, then end it cleanly."""
    pid = await trader.start()
    try:
        if not await until_ready(trader.port, pid):
            return
        async with asyncio.timeout(QUIET_WITHIN_S):
            await sending
        await settled(quiet, 5.0 if client_ids == "none" else QUIET_WITHIN_S, LASTING_S)
    except TimeoutError:
        pass  # The audit tells what is not finished.
    finally:
        sending.cancel()
        await end(pid, gently=True)


async def settled(quiet: Callable[[], Awaitable[bool]], within_s: float, lasting_s: float = 0.0) -> None:
    """Wait until it has been `quiet` for `lasting_s`; where doubt may stay for ever, give up after a while.

    A closing order that the venue refused is tried anew after 1, 2, 4 … s, with nothing in flight meanwhile: a moment's
    quiet is no end.
    """
    now = time.monotonic()
    deadline, since = now + within_s, now
    while now < deadline:
        if not await quiet():
            since = time.monotonic()
        elif now - since >= lasting_s:
            return
        await asyncio.sleep(POLL_S)
        now = time.monotonic()
