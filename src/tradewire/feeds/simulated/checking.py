"""Says whether the made-up market lists what is asked for, and reads its prices of this moment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from tradewire.domain.numbers import plain
from tradewire.feeds.simulated.quotes import Config, SimulatedQuotes
from tradewire.ports import Clock, Finding, Topic
from tradewire.sim.instruments import LISTINGS


async def check(config: Config, clock: Clock) -> Sequence[Finding]:
    """Look at the symbols, then take one quote of each."""
    known = [listing.instrument.symbol for listing in LISTINGS]
    faults = [
        Finding(False, Topic.SYMBOLS, f"{symbol} is not in this market", f"take some of {', '.join(known)}")
        for symbol in dict.fromkeys(config.symbols)
        if symbol not in known
    ]
    faults += [
        Finding(False, Topic.SYMBOLS, f"{symbol} stands there {times} times", "name each symbol once")
        for symbol, times in Counter(config.symbols).items()
        if times > 1
    ]
    if faults:
        return faults
    symbols = config.symbols or tuple(known)
    async with SimulatedQuotes(config, clock) as market:
        first = (await anext(market.stream(symbols)))[0]
    return [
        Finding(True, Topic.SETTINGS, f"seed {config.seed}, a quote every {config.interval_ms} ms"),
        Finding(True, Topic.SYMBOLS, f"{len(symbols)} in all; {first.symbol} is at {plain(first.mid)}"),
    ]
