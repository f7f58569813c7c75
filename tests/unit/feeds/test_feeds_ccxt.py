"""An exchange that ccxt knows is a feed like any other: against a stand-in on loopback, through ccxt itself."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

import pytest

from contract.paper_desk import SECOND, START
from contract.quotes_suite import MINUTE_NS, QuotesSuite, WallClock, take
from contract.spot_exchange import CHUNK, MS, SpotExchange, trades_between
from tradewire.feeds.ccxt import CcxtQuotes, Config
from tradewire.ports import Clock, Misconfigured, NotReady


@pytest.fixture
def clock() -> WallClock:
    return WallClock(START + 20 * SECOND)


@pytest.fixture
def exchange(clock: WallClock) -> SpotExchange:
    return SpotExchange(clock)


@pytest.fixture
async def address(exchange: SpotExchange) -> AsyncIterator[str]:
    async with exchange.served() as address:
        yield address


def config(address: str, *symbols: str, **more: Any) -> Config:
    given = {"exchange": "binance", "symbols": symbols, "interval_ms": 100, "base_url": address, **more}
    return Config.model_validate(given)


class TestContract(QuotesSuite):
    target = "ccxt"
    moving = 5

    @pytest.fixture
    def check_clock(self, clock: WallClock) -> Clock:
        return clock

    @pytest.fixture
    def settings(self, address: str) -> Mapping[str, Any]:
        return {"exchange": "binance", "symbols": ["BTCUSDT", "ETHUSDT"], "base_url": address}

    @pytest.fixture
    def unworkable(self, address: str) -> Sequence[Mapping[str, Any]]:
        return [
            {"exchange": "binanse"},
            {"exchange": "binance", "symbols": ["BTCUSDTT"], "base_url": address},
            {"exchange": "binance", "base_url": "http://127.0.0.1:9", "timeout_s": 2},
        ]

    @pytest.fixture
    async def quotes(self, address: str, clock: WallClock) -> AsyncIterator[CcxtQuotes]:
        async with CcxtQuotes(config(address, "BTCUSDT"), clock) as quotes:
            yield quotes

    @pytest.fixture
    def symbol(self) -> str:
        return "BTCUSDT"


async def test_steps_and_least_sizes_are_those_of_the_exchange(address: str, clock: WallClock) -> None:
    async with CcxtQuotes(config(address, "ETHUSDT", "BTCUSDT"), clock) as feed:
        first, second = await feed.instruments()
    assert (first.symbol, second.symbol) == ("ETHUSDT", "BTCUSDT")
    assert (second.base, second.quote, second.tick_size, second.min_notional) == (
        "BTC",
        "USDT",
        Decimal("0.1"),
        Decimal(5),
    )


async def test_a_long_history_is_paged_without_a_gap_or_a_bar_twice(
    address: str, clock: WallClock, exchange: SpotExchange
) -> None:
    start = START - (3 * CHUNK + 7) * MINUTE_NS
    async with CcxtQuotes(config(address, "BTCUSDT"), clock) as feed:
        bars = await feed.bars("BTCUSDT", 60, start, START)
    assert [bar.ts for bar in bars] == list(range(start, START, MINUTE_NS))
    assert exchange.asked.count("/api/v3/klines") == 4


async def test_trades_are_paged_without_one_lost_or_twice(
    address: str, clock: WallClock, exchange: SpotExchange
) -> None:
    start, end = START - 3 * 3600 * SECOND, START - 1800 * SECOND
    async with CcxtQuotes(config(address, "BTCUSDT"), clock) as feed:
        found = [tick async for batch in feed.ticks("BTCUSDT", start, end) for tick in batch]
    told = trades_between(start // MS, end // MS - 1)
    assert [(tick.ts // MS, tick.price) for tick in found] == [(ts, Decimal(price)) for _, ts, price in told]
    assert len(found) > 4 * CHUNK
    assert {str(tick.volume) for tick in found} == {"0.5"}


async def test_a_read_that_fails_is_repeated_and_at_last_told(
    address: str, clock: WallClock, exchange: SpotExchange
) -> None:
    async with CcxtQuotes(config(address, "BTCUSDT"), clock, pauses=(0, 0)) as feed:
        exchange.failing = 2
        assert await feed.bars("BTCUSDT", 60, START - 5 * MINUTE_NS, START)
        exchange.failing = 3
        with pytest.raises(NotReady, match="binance"):
            await feed.bars("BTCUSDT", 60, START - 5 * MINUTE_NS, START)


async def test_what_the_exchange_does_not_have_is_named(address: str, clock: WallClock) -> None:
    with pytest.raises(Misconfigured, match="did you mean binance"):
        await CcxtQuotes(Config(exchange="binanse"), clock).__aenter__()
    with pytest.raises(Misconfigured, match="did you mean BTCUSDT"):
        await CcxtQuotes(config(address, "BTCUSDTT"), clock).__aenter__()
    async with CcxtQuotes(config(address, "BTCUSDT"), clock) as feed:
        with pytest.raises(Misconfigured, match=r"no bars of 7 s: it has 1s, 1m"):
            await feed.bars("BTCUSDT", 7, START, START + SECOND)


async def test_prices_that_stand_still_are_told_once(address: str, clock: WallClock) -> None:
    async with CcxtQuotes(config(address, "BTCUSDT", "ETHUSDT"), clock) as feed:
        seen = await take(feed, ["BTCUSDT", "ETHUSDT"], 6)
    told = [(quote.symbol, quote.bid, quote.ask) for quote in seen]
    assert all(told[at] not in told[max(0, at - 2) : at] for at in range(len(told)))
