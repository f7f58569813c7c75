"""Streams an exchange's best prices by asking for them, and pages through its bars."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from decimal import Decimal
from types import TracebackType
from typing import Any, Final, Self

from tradewire.domain.instrument import Bar, Instrument, Quote, Tick
from tradewire.domain.symbols import nearest
from tradewire.feeds.ccxt.client import client, in_our_words
from tradewire.feeds.ccxt.config import Config
from tradewire.feeds.ccxt.markets import listed
from tradewire.ports import Clock, Misconfigured, NotReady

_SECOND_NS: Final = 1_000_000_000
_MS_NS: Final = 1_000_000
_AT_ONCE: Final = 1_000
"""Bars asked for at once; exchanges that give fewer are asked on from where they stopped."""
_TOLD_OF_MS: Final = 3_600_000
"""An exchange that is asked for trades looks at so much time at most: none found there does not mean none later."""
_PAUSES: Final = (0.5, 2.0, 5.0)
"""Seconds between attempts of a read that failed."""


class CcxtQuotes:
    """Public prices of one exchange. It is entered before anything else is asked."""

    def __init__(self, config: Config, clock: Clock, pauses: Sequence[float] = _PAUSES) -> None:
        self._config = config
        self._clock = clock
        self._pauses = pauses
        self._client: Any = None
        self._names: dict[str, str] = {}
        """ccxt's names by our symbols."""
        self._instruments: tuple[Instrument, ...] = ()

    async def __aenter__(self) -> Self:
        self._client = client(self._config)
        try:
            await self._open()
        except BaseException:
            await self._client.close()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.close()

    async def _open(self) -> None:
        markets = await self._read("load_markets")
        there = listed(markets.values(), self._config.market, self._client.precisionMode)
        wanted = self._config.symbols or tuple(there)
        for symbol in wanted:
            if symbol not in there:
                near = nearest(symbol, there)
                raise Misconfigured(
                    "symbols",
                    f"{self._config.exchange} has no {self._config.market} market {symbol}"
                    f"{f'; did you mean {near}?' if near else ''}",
                )
        self._names = {symbol: there[symbol][0] for symbol in wanted}
        self._instruments = tuple(there[symbol][1] for symbol in wanted)

    async def instruments(self) -> Sequence[Instrument]:
        return self._instruments

    async def stream(self, symbols: Iterable[str]) -> AsyncIterator[Sequence[Quote]]:
        """Yield what changed, one batch a look; a look that fails is tried again, and ends the stream if all fail."""
        names = {self._name(symbol): symbol for symbol in symbols}
        last: dict[str, tuple[Decimal, Decimal]] = {}
        while True:
            quotes = [quote for quote in await self._look(names) if last.get(quote.symbol) != (quote.bid, quote.ask)]
            last.update({quote.symbol: (quote.bid, quote.ask) for quote in quotes})
            if quotes:
                yield quotes
            await asyncio.sleep(self._config.interval_ms / 1000)

    async def _look(self, names: dict[str, str]) -> list[Quote]:
        ask_for = "fetch_bids_asks" if self._client.has.get("fetchBidsAsks") else "fetch_tickers"
        tickers = await self._read(ask_for, list(names))
        now = self._clock.now()
        return [
            Quote(names[name], Decimal(str(ticker["bid"])), Decimal(str(ticker["ask"])), now)
            for name, ticker in tickers.items()
            if name in names and ticker.get("bid") and ticker.get("ask")
        ]

    async def bars(self, symbol: str, timeframe_s: int, start: int, end: int) -> Sequence[Bar]:
        """Return bars as the exchange tells them; where nothing was traded it has none.

        Raises:
            Misconfigured: the exchange does not have the symbol, or bars of that length.
            NotReady: it does not answer.
        """
        name, timeframe, width = self._name(symbol), self._timeframe(timeframe_s), timeframe_s * 1000
        at, until = -(-start // _MS_NS), -(-end // _MS_NS)
        found: dict[int, Bar] = {}
        while at < until:
            wanted = min(_AT_ONCE, -(-(until - at) // width) + 1)
            rows = await self._read("fetch_ohlcv", name, timeframe, at, wanted)
            inside = [row for row in rows if at <= row[0] < until]
            found |= {row[0] * _MS_NS: _bar(symbol, row) for row in inside}
            at = max([row[0] + 1 for row in inside], default=at + _AT_ONCE * width)
            if inside and inside[-1][0] + width >= until:
                break
        return [found[ts] for ts in sorted(found)]

    async def ticks(self, symbol: str, start: int, end: int) -> AsyncIterator[Sequence[Tick]]:
        """Yield the trades that the exchange still tells of.

        Raises:
            Misconfigured: the exchange does not have the symbol, or tells of no trades.
            NotReady: it does not answer.
        """
        name, at, until = self._name(symbol), -(-start // _MS_NS), -(-end // _MS_NS)
        seen: set[str] = set()
        while at < until:
            rows = await self._read("fetch_trades", name, at, _AT_ONCE)
            new = [row for row in rows if at <= row["timestamp"] < until and row["id"] not in seen]
            if new:
                yield [_tick(row) for row in new]
                at = new[-1]["timestamp"]
                seen = {row["id"] for row in rows if row["timestamp"] == at}
            elif rows:
                at = max(at, rows[-1]["timestamp"]) + 1
            else:
                at += _TOLD_OF_MS

    def _timeframe(self, timeframe_s: int) -> str:
        offered: dict[str, Any] = self._client.timeframes or {}
        for word in offered:
            if self._client.parse_timeframe(word) == timeframe_s:
                return word
        there = ", ".join(offered) or "none"
        raise Misconfigured("timeframe", f"{self._config.exchange} has no bars of {timeframe_s} s: it has {there}")

    def _name(self, symbol: str) -> str:
        if symbol not in self._names:
            raise Misconfigured("symbols", f"{symbol} is not offered by this feed of {self._config.exchange}")
        return self._names[symbol]

    async def _read(self, what: str, *arguments: Any) -> Any:
        """Ask the exchange; a read may be repeated freely."""
        for pause in (*self._pauses, None):
            try:
                with in_our_words(self._config.exchange):
                    return await getattr(self._client, what)(*arguments)
            except NotReady:
                if pause is None:
                    raise
                await asyncio.sleep(pause)
        raise NotReady(f"{self._config.exchange} does not answer")


def _bar(symbol: str, row: Sequence[Any]) -> Bar:
    opened, high, low, close, volume = (Decimal(str(value or 0)) for value in row[1:6])
    return Bar(symbol, row[0] * _MS_NS, opened, high, low, close, volume)


def _tick(row: Any) -> Tick:
    return Tick(row["timestamp"] * _MS_NS, Decimal(str(row["price"])), Decimal(str(row["amount"])))
