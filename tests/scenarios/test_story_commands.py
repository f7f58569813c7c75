"""The commands of docs/commands.md are carried out as the page says, each on a hub with something to act on."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from scenarios.story import LIMITS, Story, codes
from scenarios.test_commands_doc import COMMANDS, code
from tradewire.domain.instrument import Bar
from tradewire.oms.reconcile import PositionDrift
from tradewire.sim.instruments import INSTRUMENTS
from unit.engine.desk_harness import Desk, instrument, refused

D = Decimal
TEXTS = [code(row[0]) for row in COMMANDS]
ENTRIES = [text for text in TEXTS if text.lstrip("/").split()[0] in ("buy", "sell", "long", "short")]
ADOPTIONS = [text for text in TEXTS if text.startswith("adopt")]
OTHERS = [text for text in TEXTS if text not in ENTRIES + ADOPTIONS]
PRICES = {"BTCUSDT": 62_000, "ETHUSDT": 3_000, "EURUSD": D("1.1"), "NAS100": 20_000, "XAUUSD": 2_450} | {
    "SOLUSDT": 150,
    "AAPL": 200,
}
ACCOUNTS = {
    name: {"config": {"balance": "200000", "taker_fee": "0", "maker_fee": "0"}} for name in ("main", "bybit", "demo")
}
EVERYWHERE = [{"name": "everywhere", "accounts": ["*"]}]
RESTING = ("-lim", "-stop", "@ ")


def hub_of(root: Path) -> Story:
    """Return a hub of three accounts with the symbols of the page and an average true range of 10."""
    profile = LIMITS | {"max_entry_distance": None, "sizing": {"size": "100"}, "leverage": "50"}
    hub = Story(root, accounts=ACCOUNTS, routes=EVERYWHERE, risk={"default": profile})
    hub.offered = INSTRUMENTS
    hub.prices = {symbol: D(price) for symbol, price in PRICES.items()}
    hub.history = [Bar("", n, D(100), D(110), D(100), D(100)) for n in range(20)]
    return hub


@pytest.mark.parametrize("text", ENTRIES)
async def test_an_entry_opens_a_trade_or_rests(tmp_path: Path, text: str) -> None:
    async with hub_of(tmp_path) as hub:
        story = await hub.say(text, source="api")
        assert codes(story) == []
        accounts = text.split("-e ")[1].split(",") if "-e " in text else list(ACCOUNTS)
        shown = {(order["account"], order["status"]) for order in hub.orders()}
        rests = any(word in text for word in RESTING)
        assert shown == {(name, "working" if rests else "filled") for name in accounts}


DONE: dict[str, Any] = {
    "close btc": ("open", 0),
    "close btc 50%": ("open", D("0.5")),
    "close btc half": ("open", D("0.5")),
    "close btc 0.01": ("open", D("0.99")),
    "close btc long 80u -e bybit": ("open", 0),
    "close all": ("open", 0),
    "close btc long -id swing-7": ("open", 0),
    "close all -id swing-7": ("open", 0),
    "exit tqz5m2c4d6e7f3g7h2i3j": ("open", 0),
    "cancel btc": ("resting", 0),
    "cancel twqz5m2c4d6e7f3g7h2i3j": ("resting", 0),
    "cancel -id swing-7": ("resting", 0),
    "cancel all": ("resting", 0),
    "move btc -lim 59500": ("moved", (59_500, None, D("0.00172"))),
    "move twqz5m2c4d6e7f3g7h2i3j 0.02 -stop 65000 -lim 65200": ("moved", (65_200, 65_000, D("0.02"))),
    "move -id swing-7 0.5lot -e demo": ("moved", (58_000, None, D("0.5"))),
    "sl btc 60000": ("stop", 60_000),
    "sl btc 59000 -force": ("stop", 59_000),
    "sl btc 2%": ("stop", 59_780),
    "tp btc 65000@50%,70000": ("targets", [65_000, 70_000]),
    "tp btc none": ("targets", []),
    "be btc": ("stop", 61_000),
    "be btc +10p": ("stop", 61_001),
    "be btc 1r": ("breakeven", (63_000, None)),
    "be tqz5m2c4d6e7f3g7h2i3j tp1": ("breakeven", (None, 1)),
    "trail btc 2%": ("stop", D("60760")),
    "trail all 2atr -e demo": ("stop", 61_980),
    "flatten": ("open", 0),
    "flatten -e demo": ("open", 0),
    "halt": ("halted", True),
    "resume": ("halted", False),
    "halt -e demo,bybit": ("halted", True),
    "close eth; buy btc 80 -sl 2%": ("open", D("1.00129")),
}
"""What each command does to a trade of 1 BTC from 61000, stop 59000, target 66000, or to a resting entry."""


def test_every_command_of_the_page_is_carried_out() -> None:
    assert set(OTHERS) == set(DONE)


@pytest.mark.parametrize("text", OTHERS)
async def test_a_command_does_to_a_trade_what_the_page_says(tmp_path: Path, text: str) -> None:
    async with hub_of(tmp_path) as hub:
        account = "bybit" if "bybit" in text else "demo"
        post = hub.engine.posts[account]
        await hub.price("BTCUSDT", 61_000)
        mine = " -id swing-7" if text.startswith("close") and "-id" in text else ""
        await hub.say(f"buy btc 1u -sl 59000 -tp 66000{mine} -e {account}")
        await hub.say(f"buy eth 100 -e {account}")
        at = "-stop 64000 -lim 64200" if "-stop" in text else "-lim 58000"
        await hub.say(f"buy btc 100 {at} -id swing-7 -e {account}")
        await hub.price("BTCUSDT", 62_000)
        (trade,) = [t for t in post.state.trades.values() if t.symbol == "BTCUSDT"]
        (order,) = post.state.orders
        given = text.replace("twqz5m2c4d6e7f3g7h2i3j", order).replace("tqz5m2c4d6e7f3g7h2i3j", trade.id)
        where = "" if "-e" in given or ";" in given else f" -e {account}"
        story = await hub.say(given + where, source="api")
        ours = [step for signal in story.signals for step in signal.steps if step.account == account]
        assert not [step for step in ours if step.stage == "refused"]
        await hub.price("BTCUSDT", 62_000)
        what, expected = DONE[text]
        if what == "open":
            assert sum(t.open_quantity for t in post.state.trades.values() if t.symbol == "BTCUSDT") == expected
        elif what == "resting":
            assert len(post.state.orders) == expected
        elif what == "moved":
            request = post.state.orders[order].request
            assert (request.limit_price, request.stop_price, request.quantity) == expected
        elif what == "halted":
            assert post.state.halted is expected
        else:
            exits, book = post.state.trades[trade.id].exits, post.state.books["BTCUSDT"]
            assert exits is not None
            even = exits.breakeven
            seen = {
                "stop": book.stop(trade.id, D("0.1")),
                "targets": [target.price for target in exits.targets],
                "breakeven": None if even is None else (even.at, even.after_target),
            }
            assert seen[what] == expected


@pytest.mark.parametrize("text", ADOPTIONS)
def test_a_position_is_adopted_with_the_exits_that_are_given(text: str) -> None:
    desk = Desk()
    symbol = "EURUSD" if "eurusd" in text else "BTCUSDT"
    desk.around.instruments[symbol] = instrument(symbol, symbol[:3])
    desk.price(symbol, "62000")
    desk.find(PositionDrift(symbol, D(0), D(3)))
    assert refused(desk.type(text)) is None
    trade = desk.trade()
    assert (trade.symbol, trade.open_quantity) == (symbol, 3)
    assert (trade.exits is not None and trade.exits.stop) == (60_000 if "-sl 60000" in text else None)
    desk.check()
