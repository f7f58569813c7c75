"""Two ways to lose money, as small model traders: the harness is believed only because it catches them.

`python -m chaos.strategies NAME PORT DATABASE EXCHANGE_PORT ACCOUNT`. Both store a signal before they answer, know
duplicates, use one client order id for ever, and go on after a restart. What they lack is the outcome policy.
"""

from __future__ import annotations

import asyncio
import sqlite3
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec

from chaos.wire import Client, Request, response, serve_connection

BUY = {"symbol": "BTCUSDT", "side": 1, "type": "market", "quantity": "0.1"}
PATIENCE_S = 0.1
EXPIRY_NS = 300_000_000
TABLE = "CREATE TABLE IF NOT EXISTS signals (id TEXT PRIMARY KEY, state TEXT NOT NULL)"


class Model:
    """A trader with one table. `state`: new, claimed, done, failed."""

    def __init__(self, database: Path, exchange_port: int, account: str) -> None:
        self._db = sqlite3.connect(database, isolation_level=None)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute(TABLE)
        self._exchange = Client("127.0.0.1", exchange_port)
        self._account = account
        self._work: asyncio.Queue[str] = asyncio.Queue()

    async def handle(self, request: Request, writer: asyncio.StreamWriter) -> bytes:
        """Store a signal, then answer."""
        number = msgspec.json.decode(request.body)["id"]
        new = self._db.execute("INSERT OR IGNORE INTO signals VALUES (?, 'new')", (number,)).rowcount
        if new:
            self._work.put_nowait(number)
        return response(202 if new else 200, msgspec.json.encode({"message_id": number}))

    def mark(self, number: str, state: str) -> None:
        """Write down where a signal stands."""
        self._db.execute("UPDATE signals SET state = ? WHERE id = ?", (state, number))

    def take_up(self, *states: str) -> None:
        """Go on with what an earlier run left in these states."""
        marks = ",".join("?" * len(states))
        for (number,) in self._db.execute(f"SELECT id FROM signals WHERE state IN ({marks})", states).fetchall():
            self._work.put_nowait(number)

    async def work(self, one: Callable[[str], Awaitable[None]]) -> None:
        """Do one signal after the other."""
        while True:
            await one(await self._work.get())

    async def place(self, number: str) -> int:
        """Send the order and return the exchange's status; any exception means that nobody knows."""
        order = {**BUY, "tag": f"tw{number}", "expires_at": time.time_ns() + EXPIRY_NS}
        async with asyncio.timeout(PATIENCE_S):
            status, _ = await self._exchange.ask("POST", f"/{self._account}/orders", msgspec.json.encode(order))
        return status

    async def blind_resend(self, number: str) -> None:
        """Intent first, but whatever is not an answer is sent again: a client id is taken for an idempotency key."""
        self.mark(number, "claimed")
        while True:
            try:
                status = await self.place(number)
            except (OSError, TimeoutError, asyncio.IncompleteReadError):
                continue
            if status in (200, 400):
                self.mark(number, "done" if status == 200 else "failed")
                return

    async def record_after_send(self, number: str) -> None:
        """Claim, place, record; what raised has failed, and what was claimed is not looked at again."""
        self.mark(number, "claimed")
        try:
            status = await self.place(number)
        except (OSError, TimeoutError, asyncio.IncompleteReadError):
            status = 0
        self.mark(number, "done" if status == 200 else "failed")


async def main(name: str, port: int, database: Path, exchange_port: int, account: str) -> None:
    """Be a bad trader until the end."""
    model = Model(database, exchange_port, account)
    if name == "blind_resend":
        model.take_up("new", "claimed")
        one = model.blind_resend
    else:
        model.take_up("new")
        one = model.record_after_send
    server = await asyncio.start_server(lambda r, w: serve_connection(r, w, model.handle), "127.0.0.1", port)
    async with server:
        await asyncio.gather(*(model.work(one) for _ in range(4)))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4]), sys.argv[5]))
