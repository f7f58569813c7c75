"""What a new user sees first: the demo's commands on the built-in market."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from scenarios.story import LIMITS, Story, codes
from tradewire.sim.instruments import INSTRUMENTS, LISTINGS
from tradewire.sources.demo.source import SCRIPT


async def test_of_the_demos_commands_the_market_refuses_only_the_last(tmp_path: Path) -> None:
    hub = Story(tmp_path, risk={"default": LIMITS | {"max_leverage": 30, "sizing": {"size": "2%"}}})
    hub.offered = INSTRUMENTS
    hub.prices = {listing.instrument.symbol: Decimal(str(listing.price)) for listing in LISTINGS}
    async with hub:
        refused = {text: codes(await hub.say(text)) for text in SCRIPT}
        assert {text: why for text, why in refused.items() if why} == {SCRIPT[-1]: ["max_leverage"]}
        gold = hub.app.store.queries.trades(symbol="XAUUSD")[0]
        await hub.price("XAUUSD", "2391.2")
        (left,) = [trade for trade in hub.app.hub.open_trades() if trade.symbol == "XAUUSD"]
        assert (left.quantity, left.open_quantity, left.stop) == (2, 1, gold["entry_price"])
