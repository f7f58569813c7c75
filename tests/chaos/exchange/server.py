"""The fake exchange's process: many accounts, each with its own ledger, behind one loopback port."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import msgspec

from chaos.exchange.book import Book, NotTaken, Wanted
from chaos.exchange.knobs import Fault, Knobs, draw
from chaos.exchange.ledger import Ledger
from chaos.exchange.listing import LISTINGS, OPENING_BALANCE
from chaos.wire import Cut, Request, response, serve_connection

SILENCE_S = 5.0
"""How long the exchange says nothing before it drops a connection; every client gives up earlier."""
MS = 1000


class Desk:
    """One account as its clients meet it: a book behind a bad line."""

    def __init__(self, ledger: Path, knobs: Knobs) -> None:
        self.knobs = knobs
        self.injected: dict[str, int] = {}
        self._chance = Random(knobs.seed)
        self._events: list[bytes] = []
        self._grown = asyncio.Event()
        self.book = Book(Ledger(ledger), self._publish, client_ids=knobs.client_ids, hedging=knobs.hedging)

    def _publish(self, event: dict[str, Any]) -> None:
        """Tell it now, later than what follows, or twice."""
        loop, line = asyncio.get_running_loop(), msgspec.json.encode(event)
        if self._chance.random() < self.knobs.reordered:
            loop.call_later(self._chance.uniform(0.005, 0.03), self._append, line)
        else:
            self._append(line)
        if self._chance.random() < self.knobs.duplicated:
            loop.call_later(self._chance.uniform(0.0, 0.05), self._append, line)

    def _append(self, line: bytes) -> None:
        self._events.append(line)
        self._grown.set()
        self._grown = asyncio.Event()

    async def stream(self, after: int, writer: asyncio.StreamWriter) -> None:
        """Write every event behind `after`, for as long as the client listens."""
        writer.write(b"HTTP/1.1 200 x\r\ncontent-type: application/x-ndjson\r\n\r\n")
        while not writer.is_closing():
            writer.write(b"".join(line + b"\n" for line in self._events[after:]))
            after = len(self._events)
            grown = self._grown
            await writer.drain()
            if len(self._events) == after:
                await grown.wait()

    async def order(self, wanted: Wanted) -> bytes:
        """Treat an order as the knobs say."""
        fault = await self._delayed()
        match fault:
            case "refuse":
                self.book.note("refused", wanted, reason="not today")
                return answer(400, {"error": "not today"})
            case "late":
                pause = self._chance.uniform(*self.knobs.late_ms) / MS
                asyncio.get_running_loop().call_later(pause, self._take_late, wanted)
                return await silence()
        return await self._misbehaved(fault, lambda: self._taken(wanted))

    async def cancel(self, tag: str) -> bytes:
        """Treat a cancel as the knobs say."""
        fault = await self._delayed()
        return await self._misbehaved("ok" if fault in ("refuse", "late") else fault, lambda: self._cancelled(tag))

    async def _delayed(self) -> Fault:
        fault = draw(self._chance, self.knobs.faults)
        self.injected[fault] = self.injected.get(fault, 0) + 1
        if self.knobs.latency_ms[1]:
            await asyncio.sleep(self._chance.uniform(*self.knobs.latency_ms) / MS)
        return fault

    async def _misbehaved(self, fault: Fault, act: Callable[[], bytes]) -> bytes:
        match fault:
            case "drop":
                return await silence()
            case "cut_before":
                raise Cut
            case "error_before":
                return answer(503, {"error": "overloaded"})
        done = act()
        match fault:
            case "execute_then_timeout":
                return await silence()
            case "execute_then_cut":
                raise Cut
            case "execute_then_error":
                return answer(502, {"error": "bad gateway"})
            case "execute_then_garble":
                return response(200, b'{"order": <html>')
        return done

    def _taken(self, wanted: Wanted) -> bytes:
        try:
            order = self.book.take(wanted, self._chance, self.knobs.partial)
        except NotTaken as error:
            return answer(400, {"error": str(error)})
        return answer(200, {"order": order.id})

    def _take_late(self, wanted: Wanted) -> None:
        """Take it after all, unless the request's own expiry, which this exchange honours, is past."""
        if time.time_ns() > wanted.expires_at:
            self.book.note("expired", wanted)
        else:
            self._taken(wanted)

    def _cancelled(self, tag: str) -> bytes:
        try:
            self.book.cancel(tag)
        except NotTaken as error:
            return answer(400, {"error": str(error)})
        return answer(200, {})

    async def look(self, name: str) -> bytes:
        """Show an order (by the client's id, or `#` and ours), unless it is too fresh to be seen yet."""
        await self._disturb_reading()
        if name.startswith("~"):
            number = int(name[1:])
            order = self.book.orders[number - 1] if number <= len(self.book.orders) else None
        else:
            order = None if self.knobs.client_ids == "none" else self.book.find(name)
        now = time.time_ns()
        if order is None or now - order.taken_at < self.knobs.stale_ms * 1e6:
            return answer(404, {"now": now})
        return answer(200, {"now": now, "executions": order.executions, **self.book.shown(order)})

    async def account(self) -> bytes:
        """Show money, positions and open orders."""
        await self._disturb_reading()
        book = self.book
        return answer(
            200,
            {
                "now": time.time_ns(),
                "balance": OPENING_BALANCE,
                "events": len(self._events),
                "positions": [
                    {"symbol": symbol, "position": ref or None, "quantity": quantity, "price": book.prices[symbol]}
                    for (symbol, ref), quantity in book.positions.items()
                    if quantity
                ],
                "orders": [book.shown(order) for order in book.orders if order.open],
            },
        )

    async def _disturb_reading(self) -> None:
        if self._chance.random() < self.knobs.read_errors:
            raise Cut


class Exchange:
    """All accounts of one process."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._desks: dict[str, Desk] = {}

    async def handle(self, request: Request, writer: asyncio.StreamWriter) -> bytes:
        """Answer one request: `/ACCOUNT/WHAT[/NAME]`."""
        account, what, *rest = request.path.strip("/").split("/")
        match request.method, what:
            case "PUT", "knobs":
                return self.set(account, msgspec.json.decode(request.body, type=Knobs))
            case "GET", "injected":
                return answer(200, self._desks[account].injected)
            case "POST", "price":
                self._desks[account].book.move(rest[0], Decimal(rest[1]))
                return answer(200, {})
            case "GET", "instruments":
                return answer(200, {name: listing._asdict() for name, listing in LISTINGS.items()})
            case "GET", "account":
                return await self._desks[account].account()
            case "GET", "events":
                await self._desks[account].stream(int(rest[0]), writer)
                raise Cut
            case "GET", "orders":
                return await self._desks[account].look(rest[0])
            case "POST", "orders":
                return await self._desks[account].order(msgspec.json.decode(request.body, type=Wanted))
            case "DELETE", "orders":
                return await self._desks[account].cancel(rest[0])
        return answer(404, {})

    def set(self, account: str, knobs: Knobs) -> bytes:
        """Open an account, or change how an open one behaves."""
        if account in self._desks:
            self._desks[account].knobs = knobs
        else:
            self._desks[account] = Desk(self._directory / f"{account}.jsonl", knobs)
        return answer(200, {})


def answer(status: int, content: object) -> bytes:
    return response(status, msgspec.json.encode(content))


async def silence() -> bytes:
    await asyncio.sleep(SILENCE_S)
    raise Cut


async def serve(directory: Path, port: int) -> None:
    """Serve until the process is ended; say the port on standard output once it is open."""
    exchange = Exchange(directory)
    server = await asyncio.start_server(
        lambda reader, writer: serve_connection(reader, writer, exchange.handle), "127.0.0.1", port, backlog=512
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()
