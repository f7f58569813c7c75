"""The write-ahead log stays short, however busy its writer is."""

from __future__ import annotations

from pathlib import Path

from tradewire.store import Store

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
