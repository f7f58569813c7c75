"""Sweeps are kept chunk by chunk; a chunk that is written twice is there once."""

from __future__ import annotations

import pytest
from msgspec import structs

from tradewire.store import SchemaMismatch, Store
from tradewire.store.driver import connect, location
from tradewire.store.sweeps import DONE, RUNNING, NoSweep, SweepRow, SweepStore


def row(id: str, at: int = 1) -> SweepRow:
    return SweepRow(id, "sma-cross", "GOOG.csv", RUNNING, b"{}", "f", 30, None, at, at)


def test_what_was_written_is_read(url: str) -> None:
    with SweepStore.open(url) as store:
        store.put(row("one", 1))
        store.put(row("two", 2))
        store.put_chunk("one", 1, 10, b"b")
        store.put_chunk("one", 0, 20, b"a")
        store.put_chunk("one", 1, 10, b"b")
        store.put_chunk("two", 0, 5, b"other")
        assert list(store.chunks("one")) == [(0, b"a"), (1, b"b")]
        assert store.chunks_done("one") == {0: 20, 1: 10}
        assert store.count_done("one") == 30
        assert store.count_done("none") == 0
        assert [found.id for found in store.listed()] == ["two", "one"]
    with SweepStore.open(url, create=False) as store:
        assert store.get("one") == row("one")


def test_a_sweep_changes_but_not_when_it_began(url: str) -> None:
    with SweepStore.open(url) as store:
        store.put(row("one", 1))
        store.put(structs.replace(row("one", 9), status=DONE, result=b"r"))
        found = store.get("one")
    assert (found.status, found.result, found.ts_created, found.ts_updated) == (DONE, b"r", 1, 9)


def test_an_unknown_sweep_is_told_with_the_newest(url: str) -> None:
    with SweepStore.open(url) as store:
        with pytest.raises(NoSweep, match=r"there is no sweep x$"):
            store.get("x")
        store.put(row("one"))
        with pytest.raises(NoSweep, match="the newest is one"):
            store.get("x")


def test_a_hub_and_a_sweep_share_the_database(url: str, clock) -> None:
    with Store.open(url, clock=clock) as hub, SweepStore.open(url) as store:
        store.put(row("one"))
        hub.put_snapshot("s", 1, b"x")
        store.put_chunk("one", 0, 1, b"a")
        assert store.count_done("one") == 1


def test_a_database_without_the_tables_is_not_changed_unasked(url: str, tmp_path) -> None:
    connect(location(url), create=True).close()
    with pytest.raises(SchemaMismatch):
        SweepStore.open(url, create=False)
