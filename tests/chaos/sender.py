"""Posts numbered signals as alert services do: again and again until they are acknowledged, and sometimes twice."""

from __future__ import annotations

import asyncio
from random import Random
from typing import Protocol

import msgspec

from chaos.wire import Client

CONNECTIONS = 6
ANSWER_WITHIN_S = 3.0
"""TradingView waits as long."""
PAUSE_S = 0.02
DUPLICATES = 0.2


class Target(Protocol):
    """Where signals go."""

    port: int
    path: str


class Alert(msgspec.Struct, frozen=True):
    """One signal. `entry`: it must lead to exactly one order."""

    id: str
    text: str
    entry: bool = True


def alerts(seed: int, count: int, *, plain: bool = False) -> list[Alert]:
    """Return numbered signals: entries with and without stops, resting ones, closes, cancels; `plain`: buys only."""
    chance = Random(seed)
    made = []
    for number in range(count):
        point = 0.0 if plain else chance.random()
        side, word = chance.choice(("buy", "sell")), chance.choice(("btc", "eth", "sol"))
        if point < 0.50:
            text = f"{'buy' if plain else side} {word} 0.1u"
        elif point < 0.80:
            text = f"{side} {word} 0.2u -sl 30% -tp 60%"
        elif point < 0.88:
            text = f"{side} {word} 0.1u -tsl 20%"
        elif point < 0.91:
            text = "buy xrp 10u -lim 1.8"
        elif point < 0.92:
            text = "cancel xrp"
        else:
            text = f"close {word}"
        made.append(Alert(f"a{seed}-{number}", text, entry=not text.startswith(("cancel", "close"))))
    return made


class Sender:
    """Sends what `allow` lets through; `acknowledged` holds which message each signal became, as the answers said."""

    def __init__(self, target: Target, signals: list[Alert], seed: int) -> None:
        self.acknowledged: dict[str, set[str]] = {}
        self.duplicates = 0
        self._client = Client("127.0.0.1", target.port)
        self._target = target
        self._left = iter(signals)
        self._chance = Random(seed)
        self._allowed = 0
        self._taken = 0
        self._more = asyncio.Condition()

    async def allow(self, total: int) -> None:
        """Let the first `total` signals go."""
        async with self._more:
            self._allowed = total
            self._more.notify_all()

    async def run(self) -> None:
        """Send everything; returns once all are acknowledged."""
        await asyncio.gather(*(self._work() for _ in range(CONNECTIONS)))
        self._client.close()

    async def _work(self) -> None:
        while True:
            async with self._more:
                await self._more.wait_for(lambda: self._taken < self._allowed)
                alert = next(self._left, None)
                if alert is None:
                    return
                self._taken += 1
            twice = self._chance.random() < DUPLICATES
            self.duplicates += twice
            if twice and self._chance.random() < 0.5:
                await asyncio.gather(self.deliver(alert), self.deliver(alert))
            else:
                await self.deliver(alert)
                if twice:
                    await self.deliver(alert)

    async def deliver(self, alert: Alert) -> None:
        """Post one signal until it is acknowledged."""
        body = msgspec.json.encode({"id": alert.id, "text": alert.text})
        while True:
            try:
                async with asyncio.timeout(ANSWER_WITHIN_S):
                    status, answer = await self._client.ask("POST", self._target.path, body)
            except (OSError, TimeoutError, asyncio.IncompleteReadError):
                status, answer = 0, b""
            if status in (200, 202):
                message = msgspec.json.decode(answer)["message_id"]
                self.acknowledged.setdefault(alert.id, set()).add(message)
                return
            await asyncio.sleep(PAUSE_S)
