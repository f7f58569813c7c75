"""Price ticks against ten thousand open trailing trades of one symbol, in the whole hub with its database on disk."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from statistics import median
from time import monotonic, perf_counter_ns

import uvloop

from bench.bars import Bar
from bench.latency import percentile
from bench.process import TookTooLong
from bench.scripted import SYMBOL, ScriptedQuotes
from tradewire.app import Application
from tradewire.datadir import DataDir
from tradewire.domain.instrument import Quote
from tradewire.engine.contract import Incoming
from tradewire.settings.model import Settings

TRADES = 10_000
QUIET = 2_000
MOVING = 200
PRICE = Decimal(60_000)
STEP = Decimal(10)
SPREAD = Decimal("0.1")
SETTINGS = Settings.model_validate(
    {
        "accounts": {"paper": {"config": {"balance": "10000000"}}},
        "feeds": {"script": {"type": "bench.scripted:ScriptedQuotes"}},
        "sources": {},
        "risk": {"default": {"max_leverage": None}},
        "engine": {"snapshot_every": 1_000_000},
    }
)


def measure(place: Path, rounds: int) -> Iterator[Bar]:
    """Open the trades by signals, then play ticks that stay and ticks that are each a new high."""
    place.mkdir(parents=True)
    quiet, moving, size = uvloop.run(_measured(place / "alike", rounds, lambda number: "2.8"))
    yield Bar(
        what=f"tick, {TRADES:,} trailing trades, nothing triggers",
        value=median(quiet),
        unit="µs",
        at_most=5,
        note=f"p99 {percentile(quiet, 99):.1f} µs: paper exchange, market, bounds of all trades",
    )
    yield Bar(
        what="tick that moves every stop, committed",
        value=median(moving),
        unit="ms",
        at_most=1.0,
        note=f"p99 {percentile(moving, 99):.2f} ms, {size:,.0f} bytes of journal a tick",
    )
    _, moving, size = uvloop.run(_measured(place / "unlike", rounds, lambda number: f"{2 + number / TRADES:.4f}"))
    yield Bar(
        what="the same where no two trades trail alike",
        value=median(moving),
        unit="ms",
        note=f"p99 {percentile(moving, 99):.2f} ms, {size:,.0f} bytes: the worst case of the journal's form",
    )


async def _measured(place: Path, rounds: int, percent: Callable[[int], str]) -> tuple[list[float], list[float], float]:
    async with Application(SETTINGS, DataDir(place / "data")) as application:
        engine, feed = application.engine, ScriptedQuotes.playing
        price = PRICE
        feed.play(quote(price, application.clock.now()))
        await _until(lambda: application.market.quotes and engine.posts["paper"].around.ready)
        for number in range(TRADES):
            await engine.receive(
                Incoming(
                    source="hook",
                    channel="bench",
                    text=f"buy btc 80 -tsl {percent(number)}",
                    external_id=str(number),
                    account="paper",
                )
            )
        state = engine.posts["paper"].state
        await _until(lambda: len(state.trades) == TRADES and not engine.backlog)
        for _ in range(50):  # The first ticks load the jitted exits.
            price += STEP
            await _moved(application, feed, price)
            await asyncio.sleep(0.05)
        quiet: list[float] = []
        moving: list[float] = []
        size = 0
        for _ in range(rounds):
            feed.spent.clear()
            for number in range(QUIET):
                feed.play(quote(price - STEP * (number % 2), application.clock.now()))
            await _until(lambda: len(feed.spent) == QUIET)
            quiet += [ns / 1e3 for ns in feed.spent]
            for _ in range(MOVING):
                price += STEP
                before = application.store.head("account:paper").seq
                moving.append(await _moved(application, feed, price))
                rows = application.store.read("account:paper", before)
                (moved,) = [row for row in rows if row.kind == "price_crossed"]
                size = len(moved.data)
        return quiet, moving, size


async def _moved(application: Application, feed: ScriptedQuotes, price: Decimal) -> float:
    """Return the ms from a tick to the commit of what it moved."""
    committed = asyncio.ensure_future(application.engine.next_commit())
    await asyncio.sleep(0)
    started = perf_counter_ns()
    feed.play(quote(price, application.clock.now()))
    await committed
    return (perf_counter_ns() - started) / 1e6


async def _until(condition: Callable[[], object], patience: float = 300) -> None:
    until = monotonic() + patience
    while not condition():
        if monotonic() > until:
            raise TookTooLong("a step of the ticks' benchmark")
        await asyncio.sleep(0.01)


def quote(bid: Decimal, now: int) -> Quote:
    return Quote(SYMBOL, bid, bid + SPREAD, now)
