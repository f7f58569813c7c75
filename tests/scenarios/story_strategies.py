"""Strategies of a user, by `module:Class`, that say what a test writes into the last digit of a close."""

from __future__ import annotations

import numpy as np

from scenarios.story import SECOND, Story
from tradewire.domain.bars import Bars
from tradewire.domain.instrument import Bar
from tradewire.domain.numbers import ONE
from tradewire.strategies.base import Params, Signals, Strategy

MINUTE = 60 * SECOND


class NoParams(Params):
    """Nothing to set."""


class Digits(Strategy[NoParams]):
    """1 enters long, 2 leaves long, 3 enters short, 4 leaves short; 9 raises, as long as it is the newest."""

    name = "digits"
    Params = NoParams

    def warmup(self, params: NoParams) -> int:
        """Return 0: each bar speaks for itself."""
        return 0

    def signals(self, bars: Bars, params: NoParams) -> Signals:
        """Return what the digits say."""
        digits = bars.close.astype(np.int64) % 10
        if len(digits) and digits[-1] == 9:
            raise RuntimeError("nine is too much")
        return Signals(*(digits == digit for digit in (1, 2, 3, 4)))


class Measured(Digits):
    """As `Digits`, with a size of its own and a stop 300 away."""

    name = "measured"

    def signals(self, bars: Bars, params: NoParams) -> Signals:
        """Return what the digits say."""
        said = super().signals(bars, params)
        size, distance = np.full(len(bars), 0.01), np.full(len(bars), 300.0)
        return Signals(said.long_entry, said.long_exit, said.short_entry, said.short_exit, size, distance)


def digits(*names: str, **settings: object) -> dict[str, dict[str, object]]:
    """Return the configuration of strategies that trade BTCUSDT by the minute."""
    given = {"strategy": "scenarios.story_strategies:Digits", "symbols": ["BTCUSDT"], "timeframe": "1m"}
    return {name: given | {"side": "both", "size": "600"} | settings for name in names or ("digits",)}


async def pass_time(hub: Story, seconds: float) -> None:
    """Let time pass, and everything happen that is due then."""
    hub.clock.time += int(seconds * SECOND)
    await happen(hub)


async def happen(hub: Story) -> None:
    """Let everything happen that is due."""
    hub.app.clockwork.due.look()
    await hub.app.clockwork.due.idle()
    await hub.settle()


def add_bar(hub: Story, close: int) -> None:
    """Let the minute pass, with a bar that ends at `close` in the feed's history."""
    start = hub.clock.time - hub.clock.time % MINUTE
    assert isinstance(hub.history, list)
    hub.history.append(Bar("", start, *[ONE * close] * 4))
    hub.clock.time = start + MINUTE


async def bar(hub: Story, *closes: int) -> None:
    """Let bars close, each with everything that follows."""
    await hub.app.clockwork.due.idle()
    for close in closes:
        await hub.price("BTCUSDT", close)
        add_bar(hub, close)
        await happen(hub)


def spoken(hub: Story) -> list[str]:
    """Return what strategies have said, oldest first."""
    return [row["text"] for row in reversed(hub.app.store.queries.messages(source="strategy"))]
