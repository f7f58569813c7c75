"""A hub of the past runs the programs of its settings, each time the same to the byte."""

from __future__ import annotations

from decimal import Decimal

from scenarios.story import LIMITS, SECOND, START
from scenarios.story_feed import BTC
from tradewire.backtest.exact.hub import PastHub
from tradewire.domain.instrument import Quote
from tradewire.settings.model import Settings

HOUR = 3600 * SECOND
SETTINGS = Settings.model_validate(
    {
        "sources": {},
        "risk": {"default": LIMITS},
        "accounts": {"main": {"config": {"balance": "10000"}}},
        "programs": {
            "hourly": {
                "program": "dca",
                "account": "main",
                "params": {"symbol": "btc", "size": 80, "schedule": {"every": "interval"}, "max_trades": 3},
            },
            "net": {
                "program": "grid",
                "account": "main",
                "params": {"symbol": "btc", "low": 58000, "high": 61000, "levels": 4, "size": 100},
            },
        },
    }
)


def lived() -> tuple[str, list[str]]:
    hub = PastHub(SETTINGS, [BTC], START, keeps=True)
    with hub.running():
        for number, price in enumerate((60500, 58900, 60100, 58900, 60200, 60300)):
            hub.recorder.rows["BTCUSDT"] = number
            hub.loop.advance(START + number * HOUR)
            quote = Quote("BTCUSDT", Decimal(price), Decimal(price), START + number * HOUR)
            hub.show(quote, quote)
        told = [f"{live.status}: {live.told}" for live in hub.engine.programs.live()]
        return hub.journal_hash, told


def test_programs_of_the_past_do_the_same_each_time() -> None:
    journal, told = lived()
    assert told[0].startswith("done: 3 made")
    assert "2 closed" in told[1]
    assert lived() == (journal, told)
