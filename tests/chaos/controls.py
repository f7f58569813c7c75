"""Positive controls: traders that are known to be bad. Not catching one is the harness's failure."""

from __future__ import annotations

import asyncio
import sqlite3
import sys
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Literal

from chaos.books import Booked, Books, Handled
from chaos.exchange.knobs import rough
from chaos.hubs import ENVIRONMENT, ExchangeProcess, free_port
from chaos.world import Outcome, Plan, run

Bad = Literal["blind_resend", "record_after_send"]
SYMPTOMS: dict[Bad, tuple[str, ...]] = {"blind_resend": ("doubled",), "record_after_send": ("ghosts", "lost")}
"""What must be found, each of it."""


class ModelTrader:
    """A process of `chaos.strategies`."""

    path = "/hooks/any"

    def __init__(self, name: Bad, database: Path, exchange: ExchangeProcess, account: str) -> None:
        self.port = free_port()
        self.database = database
        self._command = (name, str(self.port), str(database), str(exchange.port), account)

    async def start(self) -> int:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "chaos.strategies", *self._command, env=ENVIRONMENT, stderr=asyncio.subprocess.DEVNULL
        )
        return process.pid

    def rows(self) -> list[tuple[str, str]]:
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as connection:
            return connection.execute("SELECT id, state FROM signals").fetchall()

    async def quiet(self) -> bool:
        return not any(state == "new" for _, state in self.rows())

    def books(self) -> Books:
        """Return what the model says: done is filled, failed never was, and what was claimed is nobody's."""
        signals = {number: Handled((f"tw{number}",) if state != "claimed" else ()) for number, state in self.rows()}
        orders = {
            f"tw{number}": Booked(
                f"tw{number}",
                "BTCUSDT",
                "filled" if state == "done" else "rejected",
                Decimal("0.1") if state == "done" else Decimal(0),
                True,
            )
            for number, state in self.rows()
            if state in ("done", "failed")
        }
        total = sum((order.filled for order in orders.values()), Decimal(0))
        return Books(signals, orders, {"BTCUSDT": total} if total else {})


async def run_control(exchange: ExchangeProcess, name: Bad, directory: Path, *, signals: int, kills: int) -> Outcome:
    """Run a bad trader under the same conditions as the hub; see whether it is `caught`."""
    plan = Plan(name=name, seed=99, signals=signals, kills=kills, knobs=rough(99), plain=True)
    await exchange.set(name, plan.knobs)
    trader = ModelTrader(name, directory / f"{name}.db", exchange, name)
    return await run(exchange, trader, plan, trader.quiet, trader.books)


def caught(name: Bad, outcome: Outcome) -> bool:
    """Tell whether the audit found what this trader is bad at."""
    return all(outcome.findings.faults.get(symptom) for symptom in SYMPTOMS[name])
