"""The deterministic twin of random kills: a small story, ended at its first boundary, its second, and so on."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec

from chaos.audit import audit
from chaos.books import hub_books, unsettled
from chaos.exchange.knobs import Fault, Knobs
from chaos.exchange.ledger import read_ledger
from chaos.hubs import ExchangeProcess, Hub, Nursery, alive, end, free_port, until_ready
from chaos.sender import Alert, Sender
from chaos.world import Plan, configured, hub_at, settled
from tradewire.engine.verify import verify

STORY = [
    Alert("s1", "buy btc 0.1u"),
    Alert("s2", "sell eth 0.2u -sl 30% -tp 60%"),
    Alert("s3", "buy xrp 10u -lim 1.8"),
    Alert("s4", "close btc", entry=False),
    Alert("s5", "cancel xrp", entry=False),
]
DOOMED = "chaos.doom:DoomedVenue"
TOGETHER = 3
WITHIN_S = 30.0
REACHED = 0.75
"""What falls into one commit depends on time, so a run may have fewer boundaries than the counted one."""


class SweepOutcome(msgspec.Struct, kw_only=True):
    """How many boundaries the story has, at how many the hub was ended, and what was found at which."""

    name: str
    boundaries: int
    kills: int
    seconds: float
    wrong: dict[int, list[str]]

    @property
    def clean(self) -> bool:
        return not self.wrong and self.kills > self.boundaries * REACHED > 0


class Sweep:
    """One exchange that does the same to every order (`fault`), one hub as it was born, and a copy of it for each k."""

    def __init__(
        self,
        exchange: ExchangeProcess,
        nursery: Nursery,
        name: str,
        directory: Path,
        fault: Fault,
        *,
        native: bool = False,
        story: Sequence[Alert] = STORY,
    ) -> None:
        self._tale = story
        self._exchange, self._nursery = exchange, nursery
        self._name, self._directory = name, directory
        self._knobs = Knobs(faults={} if fault == "ok" else {fault: 0.5}, seed=7, stale_ms=20.0)
        self._native = native
        self._template: Hub | None = None
        self._limit = asyncio.Semaphore(TOGETHER)

    async def run(self) -> SweepOutcome:
        """Count the boundaries of the undisturbed story, then end it at each of them."""
        started = time.monotonic()
        born = self._directory / "born"
        self._template = await hub_at(self._exchange, self._nursery, self._plan("born"), born, DOOMED)
        wrong: dict[int, list[str]] = {}
        boundaries, _, found = await self._story(0)
        if found:
            wrong[0] = found
        results = await asyncio.gather(*(self._story(k) for k in range(1, boundaries + 1)))
        for k, (_, _, found) in enumerate(results, 1):
            if found:
                wrong[k] = found
        return SweepOutcome(
            name=self._name,
            boundaries=boundaries,
            kills=sum(killed for _, killed, _ in results),
            seconds=round(time.monotonic() - started, 1),
            wrong=wrong,
        )

    def _plan(self, name: str) -> Plan:
        account = f"{self._name}-{name}"
        return Plan(name=account, seed=1, signals=0, kills=0, knobs=self._knobs, native_stops=self._native)

    async def _story(self, k: int) -> tuple[int, bool, list[str]]:
        async with self._limit:
            return await self._told(k)

    async def _told(self, k: int) -> tuple[int, bool, list[str]]:
        """Tell the story to a hub that dies at boundary `k`; return the boundaries passed, whether it died, faults."""
        if self._template is None:
            raise RuntimeError("the hub is not born yet")
        account, place = f"{self._name}-{k}", self._directory / str(k)
        await self._exchange.set(account, self._knobs)
        shutil.copytree(self._template.data, place / "data")
        config = configured(place, self._exchange.port, self._plan(str(k)), DOOMED)
        hub = Hub(self._nursery, config, place / "data")
        hub.port, hub.path, hub.strike_at = free_port(), self._template.path, k
        found: list[str] = []
        sender = Sender(hub, [], 0)
        pid = await hub.start()
        died = False
        sending = asyncio.create_task(self._send(hub, sender))
        try:
            async with asyncio.timeout(WITHIN_S):
                while not sending.done() or not await self._settled(hub):
                    if not alive(pid):
                        if died or not k:
                            found.append("the hub ended by itself")
                            break
                        died, hub.strike_at = True, 0
                        pid = await hub.start()
                        await until_ready(hub.port, pid)
                    await asyncio.sleep(0.02)
        except TimeoutError:
            found.append("it did not settle")
        sending.cancel()
        await end(pid, gently=True)
        books, ledger = hub_books(hub.database), read_ledger(self._exchange.ledger(account))
        findings = audit(self._tale, sender.acknowledged, books, ledger)
        found += [f"{name}: {text}" for name, texts in findings.faults.items() for text in texts]
        found += [f"verify: {text}" for text in verify(hub.database).differences]
        passed = (hub.data / "boundaries").stat().st_size
        if not found:
            shutil.rmtree(place)
        return passed, died, found

    async def _settled(self, hub: Hub) -> bool:
        return await asyncio.to_thread(unsettled, hub.database) == 0

    async def _send(self, hub: Hub, sender: Sender) -> None:
        """Post the story line by line, each once the one before is settled."""
        for alert in self._tale:
            await sender.deliver(alert)
            await settled(lambda: self._settled(hub), WITHIN_S)
