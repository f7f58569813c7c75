"""From the client's send to the committed fill, seen in the database by a third party."""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median, quantiles

from bench.bars import Bar
from bench.database import Committed
from bench.process import PATIENCE, Hub, TookTooLong, hub
from tradewire.domain import ids

ACCOUNT = "paper"
SIGNALS = 500
RATE = 200
CONNECTIONS = 16
CLOSE_EVERY = 10
SETTINGS = {"risk": {"default": {"max_leverage": None}}}


class Poster:
    """Posts signals over kept connections with as little client as there can be."""

    def __init__(self, hub: Hub, path: str, connections: int) -> None:
        self._head = f"POST {path} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nContent-Length: "
        self.sockets = [socket.create_connection(("127.0.0.1", hub.port)) for _ in range(connections)]
        for each in self.sockets:
            each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._sent = 0

    def send(self, external_id: str, text: str) -> None:
        """Send one signal; the answer is read by `take_answers`."""
        body = f'{{"id":"{external_id}","text":"{text}"}}'
        self.sockets[self._sent % len(self.sockets)].sendall(f"{self._head}{len(body)}\r\n\r\n{body}".encode())
        self._sent += 1

    def take_answers(self) -> int:
        """Read what has come; return how many answers it was.

        Raises:
            RuntimeError: a signal was not stored.
        """
        answers = 0
        for each in select.select(self.sockets, [], [], 0)[0]:
            received = each.recv(65536)
            if received.count(b"HTTP/1.1 ") != received.count(b"HTTP/1.1 202"):
                raise RuntimeError(f"a signal was not taken: {received[:300]!r}")
            answers += received.count(b"HTTP/1.1 202")
        return answers

    def close(self) -> None:
        for each in self.sockets:
            each.close()


def measure(place: Path, rounds: int) -> Iterator[Bar]:
    """One connection that waits for each fill, then 200 signals a second whatever happens."""
    with hub(place, SETTINGS, "--no-demo") as tested, Committed(tested.database) as committed:
        path = tested.hook(ACCOUNT)
        closed_loop(tested, committed, path, "warm", SIGNALS // 2)
        alone = [closed_loop(tested, committed, path, f"c{number}", SIGNALS) for number in range(rounds)]
        steady = [open_loop(tested, committed, path, f"o{number}", RATE * 5) for number in range(rounds)]
    p50 = median(median(times) for times in alone)
    p99 = median(percentile(times, 99) for times in steady)
    yield Bar(
        what="hook to paper fill, one connection, p50",
        value=p50,
        unit="ms",
        at_most=1.0,
        note=f"p99 {median(percentile(times, 99) for times in alone):.2f} ms",
    )
    yield Bar(
        what=f"hook to paper fill, {RATE}/s, p99",
        value=p99,
        unit="ms",
        at_most=5.0,
        note=f"p50 {median(median(times) for times in steady):.2f} ms, max {max(map(max, steady)):.1f} ms",
    )


def closed_loop(hub: Hub, committed: Committed, path: str, run: str, signals: int) -> list[float]:
    """Open and close trades in turn, each signal after the fill of the one before; return the entries' ms."""
    poster = Poster(hub, path, 1)
    last = committed.last_fill()
    times = []
    for number in range(signals):
        for verb, text in (("b", "buy btc 80 -tsl 2.8"), ("c", "close btc")):
            sent = time.time_ns()
            poster.send(f"{run}{verb}{number}", text)
            seen, last = next_fill(committed, last)
            if verb == "b":
                times.append((seen - sent) / 1e6)
            while not poster.take_answers():
                pass
    poster.close()
    return times


def next_fill(committed: Committed, last: int) -> tuple[int, int]:
    """Wait for a fill behind a row; return when it was seen (epoch ns), and its row."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        seen, fills = committed.new_fills(last)
        if fills:
            return seen, fills[-1][0]
    raise TookTooLong("the fill of a signal")


def open_loop(hub: Hub, committed: Committed, path: str, run: str, signals: int) -> list[float]:
    """Send at the moments of a timetable; return the entries' ms from those moments, so that no lateness hides.

    Every tenth signal closes what the nine before opened: what is open stays bounded.
    """
    poster = Poster(hub, path, CONNECTIONS)
    last = committed.last_fill()
    awaited: dict[str, int] = {}
    times: list[float] = []
    start = time.time_ns() + 20_000_000
    number = 0
    until = time.monotonic() + signals / RATE + PATIENCE
    while number < signals or awaited:
        now = time.time_ns()
        due = start + number * 1_000_000_000 // RATE
        if number < signals and now >= due:
            if number % CLOSE_EVERY == CLOSE_EVERY - 1:
                poster.send(f"{run}-{number}", "close btc")
            else:
                awaited[entry_of(f"{run}-{number}")] = due
                poster.send(f"{run}-{number}", "buy btc 80 -tsl 2.8")
            number += 1
        poster.take_answers()
        seen, fills = committed.new_fills(last)
        for row, order in fills:
            last = row
            if order in awaited:
                times.append((seen - awaited.pop(order)) / 1e6)
        if time.monotonic() > until:
            raise TookTooLong(f"{len(awaited)} fills")
    poster.close()
    return times


def entry_of(external_id: str) -> str:
    """Return the client_order_id of the entry that a message with this id leads to: identities are derived."""
    message = ids.message_id("hook", "bench", f"id:{external_id}", 0)
    return ids.client_order_id(ids.signal_id(message, 0), ACCOUNT, "entry")


def percentile(times: list[float], which: int) -> float:
    return quantiles(times, n=100, method="inclusive")[which - 1]
