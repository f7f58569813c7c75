"""Kills a hub at every commit, in this process: what is on the disk at each commit is all that the next hub gets.

`run` plays a script of prices and moments undisturbed and keeps a copy of the database at each commit, before and after
it; `outcome` of a hub that takes up any of the copies and plays the rest must be that of the first.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from sqlite3 import connect
from typing import Any

from msgspec import Struct

from scenarios.story import Story

Outcome = tuple[Any, ...]
Beat = tuple[int, str, str]
"""Seconds that pass, and then a symbol's price."""


class Copy(Struct, frozen=True):
    """What is on the disk when a hub dies, how late it is by then, and how much of the script it has had."""

    database: bytes
    clock: int
    beats: int
    prices: dict[str, Any]


class CopyingDriver:
    """A driver that keeps a copy of the database after each group."""

    def __init__(self, hub: Story, copies: list[Copy], beats: list[int]) -> None:
        self._hub, self._inner, self._copies, self._beats = hub, hub.app.store._driver, copies, beats

    def write(self, batches: Sequence[Any]) -> None:
        self._inner.write(batches)
        self.keep()

    def keep(self) -> None:
        with closing(connect(self._hub.data.database)) as source, closing(connect(":memory:")) as target:
            source.backup(target)
            image = target.serialize()
        self._copies.append(Copy(image, self._hub.clock.time, self._beats[0], dict(self._hub.prices)))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


async def run(root: Path, beats: Sequence[Beat], **settings: Any) -> tuple[Outcome, list[Copy]]:
    """Play a script undisturbed; return what came of it, and the copies of each commit since the first beat."""
    copies: list[Copy] = []
    async with Story(root, **settings) as hub:
        played = [0]
        driver: Any = CopyingDriver(hub, copies, played)
        driver.keep()
        hub.app.store._driver = driver
        for seconds, symbol, price in beats:
            played[0] += 1
            await beat(hub, seconds, symbol, price)
        result = outcome(hub)
    return result, copies


async def take_up(root: Path, copy: Copy, beats: Sequence[Beat], **settings: Any) -> Outcome:
    """Start a hub on a copy, play the rest of the script, and return what came of all."""
    hub = Story(root, **settings)
    hub.data.make()
    hub.data.database.write_bytes(copy.database)
    hub.clock.time = copy.clock
    hub.prices = dict(copy.prices)
    async with hub:
        for seconds, symbol, price in beats[copy.beats :]:
            await beat(hub, seconds, symbol, price)
        return outcome(hub)


async def beat(hub: Story, seconds: int, symbol: str, price: str) -> None:
    hub.clock.time += seconds * 1_000_000_000
    await hub.price(symbol, price)


def outcome(hub: Story) -> Outcome:
    """Return all that must not depend on when a hub died: what was said, ordered and filled, and what programs know."""
    queries = hub.app.store.queries
    said = sorted((m["external_id"], m["text"]) for m in queries.messages(source="program", limit=None))
    orders = sorted(
        (o["signal_id"], o["leg"], o["symbol"], o["side"], o["quantity"], o["filled"], o["status"])
        for o in queries.orders(limit=None)
    )
    trades = sorted((t["id"], t["status"], t["quantity"], t["pnl"]) for t in queries.trades(limit=None))
    stands = [
        (name, runner.status, runner.reason, runner.kind.told(runner.params, runner.state))
        for name, runner in hub.engine.programs.runners.items()
    ]
    return said, orders, trades, stands
