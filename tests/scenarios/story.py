"""A whole hub in the test's hand: wired by the composition root, with a database, prices and a clock of its own.

Nothing sleeps: every step waits for the engine's own commits.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from decimal import Decimal
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from scenarios.story_feed import BTC, ETH, SCRIPTS, Script
from tradewire.app import Application
from tradewire.datadir import DataDir
from tradewire.domain.instrument import Bar, Instrument, Quote
from tradewire.domain.order import OrderStatus
from tradewire.engine.contract import Incoming, LiveTrade, MessageStory, Receipt
from tradewire.engine.engine import Engine
from tradewire.engine.verify import verify
from tradewire.settings.model import Settings

D = Decimal
SECOND = 1_000_000_000
START = 1_767_600_000 * SECOND  # Monday 2026-01-05 08:00 UTC
PATIENCE = 10.0
_numbers = count(1)
LIMITS = {"max_quote_age": None, "max_signal_age": None, "max_leverage": None}


class Hands:
    """A clock whose hands the test moves; each look at it takes a microsecond."""

    def __init__(self, at: int = START) -> None:
        self.time = at

    def now(self) -> int:
        self.time += 1_000
        return self.time


class Story:
    """Enter it to start a hub; `restart` ends it cleanly and starts another on the same data."""

    def __init__(self, root: Path, **settings: Any) -> None:
        self.clock = Hands()
        self.name = f"story-{next(_numbers)}"
        self.data = DataDir(root)
        plugin = {"config": {"script": self.name}}
        given = {
            "sources": {},
            "feeds": {"script": {"type": "scenarios.story_feed:ScriptedFeed", **plugin}},
            "notifiers": {
                "kept": {"type": "scenarios.story_feed:KeepingNotifier", "severities": ["info", "warning", "error"]}
                | plugin
            },
            "accounts": {"main": {"config": {"balance": "10000", "taker_fee": "0", "maker_fee": "0"}}},
            "risk": {"default": LIMITS},
        }
        self.settings = Settings.model_validate(given | settings)
        self.script = Script(())
        self._messages = count(1)
        self.prices = {"BTCUSDT": D(60_000), "ETHUSDT": D(3_000)}
        self.offered: Sequence[Instrument] = (BTC, ETH)
        self.history: Sequence[Bar] = ()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.app.__aexit__(None, None, None)
        if kind is None:
            differences = verify(self.data.database).differences
            assert differences == (), differences

    async def start(self) -> None:
        """Start a hub on the data, and wait until its accounts are ready."""
        notices = self.script.notices
        self.script = SCRIPTS[self.name] = Script(
            [self.quote(symbol) for symbol in self.prices], self.offered, self.history
        )
        self.script.notices = notices
        self.app = await Application(self.settings, self.data, self.clock).__aenter__()
        await self.settle()

    async def restart(self) -> None:
        """End the hub cleanly and start it again."""
        await self.app.__aexit__(None, None, None)
        await self.start()

    @property
    def engine(self) -> Engine:
        return self.app.engine

    async def receive(self, text: str, **fields: Any) -> Receipt:
        """Bring a message in and return once it is durable."""
        plain = {"source": "test", "channel": "words", "external_id": f"{next(self._messages)}"}
        return await self.app.hub.receive(Incoming(text=text, **(plain | fields)))

    async def say(self, text: str, **fields: Any) -> MessageStory:
        """Bring a message in and return its story once everything has come of it that will for now."""
        receipt = await self.receive(text, **fields)
        await self.settle()
        story = await self.app.hub.story(receipt.message_id, wait=PATIENCE)
        assert story is not None
        return story

    def quote(self, symbol: str) -> Quote:
        price = self.prices[symbol]
        return Quote(symbol, price, price, self.clock.now())

    async def price(self, symbol: str, *prices: str | int) -> None:
        """Let prices come, one after the other, and everything that follows from each."""
        for price in prices:
            self.prices[symbol] = D(price)
            self.script.batches.put_nowait([self.quote(symbol)])
            await self.script.batches.join()
            await self.settle()

    async def settle(self) -> None:
        """Wait until nothing is under way: no backlog, no order without an answer, every account ready."""
        async with asyncio.timeout(PATIENCE):
            while self.engine.backlog or self._unanswered() or not self._ready():
                await self.engine.next_commit()

    def _ready(self) -> bool:
        return all(post.around.ready for post in self.engine.posts.values())

    def _unanswered(self) -> bool:
        in_flight = (OrderStatus.SUBMITTING, OrderStatus.UNKNOWN)
        return any(o.status in in_flight for post in self.engine.posts.values() for o in post.state.orders.values())

    def trade(self, account: str = "main") -> dict[str, Any]:
        """Return the only trade of an account, as its row."""
        (row,) = self.app.store.queries.trades(account=account)
        return row

    def live(self) -> LiveTrade:
        """Return the only open trade."""
        (trade,) = self.app.hub.open_trades()
        return trade

    def balance(self, account: str = "main") -> Decimal:
        return self.engine.posts[account].state.balance

    def orders(self, **wanted: Any) -> list[dict[str, Any]]:
        return self.app.store.queries.orders(**wanted)

    def position(self, symbol: str, account: str = "main") -> Decimal:
        row = self.app.store.queries.position(account, symbol)
        return D(0) if row is None else row["quantity"]


def stages(story: MessageStory) -> list[str]:
    """Return the stages of a message's only signal."""
    (signal,) = story.signals
    return [step.stage for step in signal.steps]


def codes(story: MessageStory) -> list[str | None]:
    """Return the refusal codes in a message's story."""
    return [step.code for signal in story.signals for step in signal.steps if step.stage == "refused"]
