"""Hook intake: every message durable before it is answered, beside a FastAPI endpoint that stores nothing."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import httpx

from bench.bars import Bar
from bench.database import Committed
from bench.process import free_port, hub, running, wait_until
from bench.wrk import Load, load

SECONDS = 4
SETTINGS = {"risk": {"default": {"max_open_trades": 10}}}
"""After ten open trades each signal is still read, sized and checked, and then refused."""


def measure(place: Path, rounds: int) -> Iterator[Bar]:
    """Alternate rounds against the hub and against its peer."""
    port = free_port()
    ours: list[Load] = []
    theirs: list[Load] = []
    drained: list[float] = []
    with (
        running(["-m", "bench.peer", str(port)], place / "peer.log"),
        hub(place / "hub", SETTINGS, "--no-demo") as tested,
        Committed(tested.database) as committed,
    ):
        peer = f"http://127.0.0.1:{port}/hook"
        wait_until(lambda: _answers(peer), "the peer's start")
        url = f"http://127.0.0.1:{tested.port}{tested.hook('paper')}"
        load(peer, 1, "warm")
        load(url, 1, "warm")
        wait_until(lambda: not committed.waiting, "the first backlog's end")
        before = committed.count("messages")
        for number in range(rounds):
            theirs.append(load(peer, SECONDS, f"p{number}"))
            ours.append(load(url, SECONDS, f"h{number}"))
            ended = time.monotonic()
            wait_until(lambda: not committed.waiting, "the backlog's end", every=0.1, patience=600)
            drained.append(time.monotonic() - ended)
        stored = committed.count("messages") - before
    acknowledged = sum(one.requests - one.failed for one in ours)
    ratio = median(a.rate / b.rate for a, b in zip(ours, theirs, strict=True))
    rate = median(one.rate for one in ours)
    yield Bar(what="hook intake, durable", value=rate, unit="/s", note=_times(ours))
    yield Bar(
        what="FastAPI endpoint that stores nothing",
        value=median(one.rate for one in theirs),
        unit="/s",
        note=_times(theirs),
    )
    yield Bar(what="hook intake over FastAPI", value=ratio, unit="×", at_least=1.5, note="32 connections, same rounds")
    # wrk ends while answers are under way: those messages are stored, and their senders would send them again.
    yield Bar(
        what="acknowledged and not stored",
        value=float(max(acknowledged - stored, 0)),
        at_most=0,
        note=f"{acknowledged:,} acknowledged, {stored:,} stored, {sum(one.failed for one in ours)} not answered 2xx",
    )
    yield Bar(
        what="backlog acted on after the load",
        value=median(drained),
        unit="s",
        note=f"{median(one.requests for one in ours) / (SECONDS + median(drained)):,.0f} signals/s acted on",
    )


def _times(loads: list[Load]) -> str:
    return f"p50 {median(one.p50 for one in loads):.2f} ms, p99 {median(one.p99 for one in loads):.2f} ms"


def _answers(url: str) -> bool:
    try:
        return httpx.post(url, json={}).status_code == 422
    except httpx.TransportError:
        return False
