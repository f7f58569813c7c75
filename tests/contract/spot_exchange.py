"""A stand-in for a spot exchange: answers Binance's public questions on loopback from the simulated market."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from tradewire.domain.instrument import Instrument
from tradewire.domain.numbers import plain
from tradewire.ports import Clock
from tradewire.sim.instruments import LISTINGS
from tradewire.sim.market import SimulatedMarket

MS = 1_000_000
CHUNK = 500
"""Bars that one answer has at most, although more are asked for."""


class SpotExchange:
    """`failing` answers are refused before the next one is given; `asked` has the paths of all questions."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.failing = 0
        self.asked: list[str] = []
        crypto = [listing for listing in LISTINGS if listing.instrument.quote == "USDT"]
        self.market = SimulatedMarket(1, crypto, speed=1.0, liveliness=1.0, grid_ns=10 * MS)

    @asynccontextmanager
    async def served(self) -> AsyncIterator[str]:
        """Answer on a free port; yield the address."""

        @web.middleware
        async def notice(request: web.Request, handler: Any) -> web.StreamResponse:
            self.asked.append(request.path)
            if self.failing:
                self.failing -= 1
                return web.json_response({"code": -1001, "msg": "Internal error"}, status=503)
            answer: web.StreamResponse = await handler(request)
            return answer

        app = web.Application(middlewares=[notice])
        app.router.add_get("/api/v3/exchangeInfo", self._info)
        app.router.add_get("/api/v3/klines", self._klines)
        app.router.add_get("/api/v3/aggTrades", self._trades)
        app.router.add_get("/api/v3/ticker/bookTicker", self._books)
        runner = web.AppRunner(app)
        await runner.setup()
        try:
            site = web.TCPSite(runner, "127.0.0.1", 0)
            await site.start()
            host, port = runner.addresses[0][:2]
            yield f"http://{host}:{port}"
        finally:
            await runner.cleanup()

    async def _info(self, request: web.Request) -> web.Response:
        return web.json_response({"symbols": [_listing(instrument) for instrument in self.market.instruments]})

    async def _klines(self, request: web.Request) -> web.Response:
        if request.query["interval"] != "1m":
            return web.json_response({"code": -1120, "msg": "Invalid interval."}, status=400)
        width = 60_000
        start = -(-int(request.query["startTime"]) // width) * width
        count = min(int(request.query["limit"]), CHUNK)
        now = self.clock.now()
        end = min(start + count * width, now // MS + 1)
        bars = self.market.bars(request.query["symbol"], width * MS, start * MS, end * MS, now) if start < end else []
        rows = []
        for bar in bars:
            prices = [plain(price) for price in (bar.open, bar.high, bar.low, bar.close, bar.volume)]
            rows.append([bar.ts // MS, *prices, bar.ts // MS + width - 1, "0", 1, "0", "0", "0"])
        return web.json_response(rows)

    async def _trades(self, request: web.Request) -> web.Response:
        """Answer with trades as `trades_between` makes them."""
        start, end = int(request.query["startTime"]), int(request.query.get("endTime", "0"))
        found = trades_between(start, min(end, self.clock.now() // MS) if end else self.clock.now() // MS)
        rows = [
            {"a": number, "p": price, "q": "0.5", "f": number, "l": number, "T": ts, "m": True, "M": True}
            for number, ts, price in found[: min(int(request.query["limit"]), CHUNK)]
        ]
        return web.json_response(rows)

    async def _books(self, request: web.Request) -> web.Response:
        names = json.loads(request.query["symbols"]) if "symbols" in request.query else [request.query["symbol"]]
        now = self.clock.now()
        quotes = self.market.quotes(now - now % (10 * MS), tuple(names))
        rows = [
            {"symbol": q.symbol, "bidPrice": plain(q.bid), "bidQty": "1", "askPrice": plain(q.ask), "askQty": "1"}
            for q in quotes
        ]
        return web.json_response(rows)


def trades_between(start: int, end: int) -> list[tuple[int, int, str]]:
    """Return (id, time in ms, price) of the trades in [start, end] ms: three every ten seconds, two at one time."""
    first = start // 10_000
    every = (
        (3 * ten + which, 10_000 * ten + (0, 4_000, 4_000)[which], str(100 + ten % 50 + which))
        for ten in range(first, end // 10_000 + 1)
        for which in range(3)
    )
    return [trade for trade in every if start <= trade[1] <= end]


def _listing(instrument: Instrument) -> dict[str, Any]:
    step = plain(instrument.qty_step)
    return {
        "symbol": instrument.symbol,
        "status": "TRADING",
        "baseAsset": instrument.base,
        "quoteAsset": instrument.quote,
        "baseAssetPrecision": 8,
        "quoteAssetPrecision": 8,
        "orderTypes": ["LIMIT", "MARKET"],
        "isSpotTradingAllowed": True,
        "permissionSets": [["SPOT"]],
        "filters": [
            {"filterType": "PRICE_FILTER", "minPrice": "0", "maxPrice": "0", "tickSize": plain(instrument.tick_size)},
            {"filterType": "LOT_SIZE", "minQty": plain(instrument.min_qty), "maxQty": "9000", "stepSize": step},
            {"filterType": "NOTIONAL", "minNotional": "5"},
        ],
    }
