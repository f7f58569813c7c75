"""The simulated feed keeps the contract of feeds and is one market with its own past."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

import pytest

from contract.paper_desk import SECOND, START
from contract.quotes_suite import MINUTE_NS, QuotesSuite, WallClock, take
from tradewire.domain.numbers import plain
from tradewire.feeds.simulated import Config, SimulatedQuotes, check
from tradewire.ports import Misconfigured


@pytest.fixture
def clock() -> WallClock:
    return WallClock(START + 20 * SECOND)


class TestContract(QuotesSuite):
    target = "simulated"

    @pytest.fixture
    def unworkable(self) -> Sequence[Mapping[str, Any]]:
        return [{"symbols": ["NOPE"]}, {"symbols": ["EURUSD", "EURUSD"]}]

    @pytest.fixture
    async def quotes(self, clock: WallClock) -> AsyncIterator[SimulatedQuotes]:
        async with SimulatedQuotes(Config(interval_ms=10), clock) as quotes:
            yield quotes

    @pytest.fixture
    def symbol(self) -> str:
        return "BTCUSDT"


async def test_the_first_batch_comes_at_once_with_all_symbols(clock: WallClock) -> None:
    feed = SimulatedQuotes(Config(interval_ms=60_000), clock)
    symbols = [instrument.symbol for instrument in await feed.instruments()]
    batch = await anext(feed.stream(symbols))
    assert [quote.symbol for quote in batch] == symbols
    assert {quote.ts for quote in batch} == {START}


async def test_a_restart_shows_the_same_market(clock: WallClock) -> None:
    batches = [await anext(SimulatedQuotes(Config(), clock).stream(["EURUSD", "AAPL"])) for _ in range(2)]
    assert batches[0] == batches[1]


async def test_a_chart_has_500_minutes_at_the_start_and_reaches_now(clock: WallClock) -> None:
    feed = SimulatedQuotes(Config(), clock)
    bars = await feed.bars("XAUUSD", 60, clock.now() - 500 * MINUTE_NS, clock.now())
    (quote,) = await take(feed, ["XAUUSD"], 1)
    assert len(bars) == 500
    assert bars[-1].ts <= quote.ts
    assert abs(bars[-1].close - quote.mid) <= quote.ask - quote.bid


async def test_only_the_configured_symbols_are_offered(clock: WallClock) -> None:
    feed = SimulatedQuotes(Config(symbols=("EURUSD",)), clock)
    assert [instrument.symbol for instrument in await feed.instruments()] == ["EURUSD"]
    with pytest.raises(Misconfigured, match="BTCUSDT"):
        await anext(feed.stream(["BTCUSDT"]))
    with pytest.raises(Misconfigured, match="symbols: NOPE is not one of EURUSD"):
        SimulatedQuotes(Config(symbols=("NOPE",)), clock)


async def test_a_livelier_market_moves_more(clock: WallClock) -> None:
    spans = []
    for liveliness in (0.5, 3.0):
        bars = await SimulatedQuotes(Config(liveliness=liveliness), clock).bars(
            "BTCUSDT", 60, START - 60 * MINUTE_NS, START
        )
        spans.append(sum(bar.high - bar.low for bar in bars))
    assert spans[1] > 3 * spans[0]


async def test_a_check_reads_the_market_of_this_moment(clock: WallClock) -> None:
    findings = await check(Config(symbols=("EURUSD",)), clock)
    (quote,) = await take(SimulatedQuotes(Config(), clock), ["EURUSD"], 1)
    assert findings[-1].detail == f"1 in all; EURUSD is at {plain(quote.mid)}"


async def test_a_check_names_every_symbol_that_is_wrong_once(clock: WallClock) -> None:
    findings = await check(Config(symbols=("NOPE", "EURUSD", "NIX", "EURUSD")), clock)
    assert [finding.detail for finding in findings] == [
        "NOPE is not in this market",
        "NIX is not in this market",
        "EURUSD stands there 2 times",
    ]
