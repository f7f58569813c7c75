"""Connects to the exchange, reads its markets, its clock and one price of each symbol."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from tradewire.domain.numbers import plain
from tradewire.feeds.ccxt.config import Config
from tradewire.feeds.ccxt.quotes import CcxtQuotes
from tradewire.ports import Clock, Finding, Misconfigured, NotReady, Topic

_SHOWN: Final = 5


async def check(config: Config, clock: Clock) -> Sequence[Finding]:
    """Say whether the exchange answers, has the symbols, and what they cost."""
    try:
        async with CcxtQuotes(config, clock, pauses=()) as feed:
            instruments = await feed.instruments()
            shown = [instrument.symbol for instrument in instruments[:_SHOWN]]
            quotes = await anext(feed.stream(shown))
    except Misconfigured as error:
        topic = Topic.SYMBOLS if error.field == "symbols" else Topic.SETTINGS
        return [Finding(False, topic, error.reason, f"correct {error.field}")]
    except NotReady as error:
        remedy = "see that this machine reaches the exchange and is not barred from it, or name a mirror as base_url"
        return [Finding(False, Topic.REACHABLE, str(error), remedy)]
    first = quotes[0]
    return [
        Finding(True, Topic.REACHABLE, f"{config.exchange} answers"),
        Finding(True, Topic.SYMBOLS, f"{len(instruments)} in all; {first.symbol} is at {plain(first.mid)}"),
    ]
