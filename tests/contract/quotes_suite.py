"""What every feed of prices must do. A plug-in's test subclasses `QuotesSuite`."""

from __future__ import annotations

import asyncio
from itertools import islice, pairwise
from typing import ClassVar

import pytest

from contract.plugin_suite import ManualClock, PluginSuite
from tradewire.domain.instrument import Quote
from tradewire.ports import Clock, Kind, PortError, Quotes

__all__ = ["MINUTE_NS", "ManualClock", "QuotesSuite", "WallClock", "take"]

PATIENCE_S = 5.0
MINUTE_NS = 60 * 1_000_000_000


class WallClock:
    """The machine's clock moved to a chosen start, so that a test runs at a known moment."""

    def __init__(self, start: int) -> None:
        self._start = start
        self._began: float | None = None

    def now(self) -> int:
        at = asyncio.get_running_loop().time()
        self._began = at if self._began is None else self._began
        return self._start + int((at - self._began) * 1_000_000_000)


class QuotesSuite(PluginSuite):
    """Subclasses provide the fixtures `quotes` (an entered feed, quick enough for a test), `clock` and `symbol`.

    Among `moving` quotes of a symbol there are two different ones.
    """

    kind = Kind.FEED
    moving: ClassVar[int] = 40

    async def test_its_instruments_have_names_and_ticks(self, quotes: Quotes, symbol: str) -> None:
        instruments = await quotes.instruments()
        assert symbol in {instrument.symbol for instrument in instruments}
        assert all(instrument.tick_size > 0 and instrument.symbol.isalnum() for instrument in instruments)

    async def test_quotes_come_in_time_order_on_their_ticks_and_not_crossed(self, quotes: Quotes, symbol: str) -> None:
        tick = next(i.tick_size for i in await quotes.instruments() if i.symbol == symbol)
        seen = await take(quotes, [symbol], 8)
        for quote in seen:
            assert quote.symbol == symbol
            assert 0 < quote.bid <= quote.ask
            assert quote.bid % tick == quote.ask % tick == 0
        assert all(before.ts <= after.ts for before, after in pairwise(seen))

    async def test_the_price_moves(self, quotes: Quotes, symbol: str) -> None:
        assert len({(quote.bid, quote.ask) for quote in await take(quotes, [symbol], self.moving)}) > 1

    async def test_only_what_was_asked_for_is_streamed(self, quotes: Quotes, symbol: str) -> None:
        assert {quote.symbol for quote in await take(quotes, [symbol], 3)} == {symbol}

    async def test_bars_lie_in_the_range_asked_for_and_make_sense(
        self, quotes: Quotes, symbol: str, clock: Clock
    ) -> None:
        await take(quotes, [symbol], 1)
        start, end = clock.now() - 30 * MINUTE_NS, clock.now()
        bars = await quotes.bars(symbol, 60, start, end)
        assert bars
        for bar in bars:
            assert start <= bar.ts < end
            assert bar.ts % MINUTE_NS == 0
            assert 0 < bar.low <= min(bar.open, bar.close) <= max(bar.open, bar.close) <= bar.high
        assert all(before.ts < after.ts for before, after in pairwise(bars))

    async def test_bars_end_where_the_stream_is(self, quotes: Quotes, symbol: str, clock: Clock) -> None:
        (quote,) = await take(quotes, [symbol], 1)
        newest = (await quotes.bars(symbol, 60, quote.ts - 30 * MINUTE_NS, quote.ts + 1))[-1]
        assert newest.low <= quote.ask
        assert newest.high >= quote.bid
        assert newest.ts <= clock.now()

    async def test_an_unknown_symbol_is_an_error_in_words(self, quotes: Quotes) -> None:
        with pytest.raises(PortError, match="NOSUCHTHING"):
            await take(quotes, ["NOSUCHTHING"], 1)


async def take(quotes: Quotes, symbols: list[str], count: int) -> list[Quote]:
    """Return the first `count` quotes of a stream."""
    seen: list[Quote] = []
    async with asyncio.timeout(PATIENCE_S):
        async for batch in quotes.stream(symbols):
            seen += islice(batch, count - len(seen))
            if len(seen) == count:
                break
    return seen
