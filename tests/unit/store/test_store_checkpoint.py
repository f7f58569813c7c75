"""The write-ahead log stays short, however busy its writer is."""

from __future__ import annotations

import sys
from pathlib import Path
from threading import Event, Thread
from time import perf_counter
from typing import Any

from tradewire.store import Store
from tradewire.store.checkpoint import INTERVAL_S, Checkpointer

MEGABYTE = 1_000_000


def test_the_log_of_a_writer_that_never_rests_begins_anew(tmp_path: Path, clock) -> None:
    log = tmp_path / "hub.db-wal"
    written = longest = 0
    with Store.open(tmp_path / "hub.db", clock=clock) as store:
        while written < 200 * MEGABYTE:
            with store.transaction() as group:
                group.append("account:a", "step", 1, bytes(100_000))
            written += 100_000
            longest = max(longest, log.stat().st_size)
        assert store.verify_chain() == []
    assert MEGABYTE < longest < 55 * MEGABYTE
    assert (tmp_path / "hub.db").stat().st_size > 200 * MEGABYTE


class Folded:
    """A connection that tells when it was asked to fold its log."""

    def __init__(self) -> None:
        self.asked = Event()

    def execute(self, statement: str) -> Folded:
        self.asked.set()
        return self

    def fetchone(self) -> tuple[int, int, int]:
        return 0, 1, 1

    def close(self) -> None:
        pass


def spin(seconds: float) -> None:
    """Keep this thread busy."""
    end = perf_counter() + seconds
    while perf_counter() < end:
        pass


def test_it_ends_also_when_told_so_while_its_pause_runs_out() -> None:
    connection: Any = Folded()

    def end_late() -> None:
        checkpointer = Checkpointer(lambda: connection)
        checkpointer.note(connection)
        connection.asked.wait()
        checkpointer.note(connection)
        spin(INTERVAL_S / 2)  # by now it pauses
        sys.setswitchinterval(10)
        spin(2 * INTERVAL_S)  # the pause is over and it cannot go on, as where a machine has much else to do
        checkpointer.end()

    before = sys.getswitchinterval()
    ending = Thread(target=end_late, daemon=True)
    try:
        ending.start()
        ending.join(10)
    finally:
        sys.setswitchinterval(before)
    assert not ending.is_alive()
