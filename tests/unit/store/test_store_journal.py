"""The journal keeps what was committed, in order, under a chain that shows every change."""

from __future__ import annotations

import pytest
from sqlalchemy import create_engine, text

from tradewire.store import BEGINNING, Store, StoreError
from tradewire.store.chain import link
from tradewire.store.driver import location


def append(store: Store, *kinds: str, stream: str = "account:a") -> None:
    with store.transaction() as group:
        for kind in kinds:
            group.append(stream, kind, 5, kind.encode())


def tamper(url: str, statement: str) -> None:
    engine = create_engine(location(url))
    with engine.begin() as connection:
        assert connection.execute(text(statement)).rowcount > 0
    engine.dispose()


def test_an_empty_journal_has_a_beginning(store: Store) -> None:
    assert store.head("account:a") == BEGINNING
    assert store.streams() == []
    assert store.pos == 0
    assert list(store.read("account:a")) == []
    assert store.read_since(0, 10) == []


def test_rows_come_back_as_they_were_appended(store: Store) -> None:
    with store.transaction() as group:
        rows = [group.append("account:a", "step", 7, bytes(range(256))), group.append("account:a", "step", 8, b"")]
    assert list(store.read("account:a")) == rows
    assert store.queries.journal_row("account:a", 2) == rows[1]
    assert store.queries.journal_row("account:a", 3) is None


def test_streams_count_and_chain_apart_from_each_other(store: Store) -> None:
    with store.transaction() as group:
        first = group.append("a", "x", 1, b"1")
        other = group.append("b", "x", 1, b"1")
        second = group.append("a", "x", 1, b"1")
    assert (first.seq, second.seq, other.seq) == (1, 2, 1)
    assert second.hash == link(first.hash, b"a", 2, 1, b"x", b"1")
    assert first.hash != other.hash
    assert store.streams() == ["a", "b"]


def test_positions_follow_the_clock_and_never_repeat(store: Store, clock) -> None:
    append(store, "one", "two", stream="a")
    append(store, "three", stream="b")
    clock.time -= 10**9  # a clock set back
    append(store, "four", stream="a")
    clock.time += 10**10
    append(store, "five", stream="c")
    positions = [row.pos for row in store.read_since(0, 100)]
    assert [row.kind for row in store.read_since(0, 100)] == ["one", "two", "three", "four", "five"]
    assert positions == sorted(set(positions))
    assert positions[-1] == clock.time == store.pos
    assert [row.kind for row in store.read_since(positions[1], 2)] == ["three", "four"]


def test_reading_goes_on_behind_a_row_and_stops_at_a_limit(store: Store) -> None:
    append(store, *(str(n) for n in range(1, 301)))
    assert [row.seq for row in store.read("account:a")] == list(range(1, 301))
    assert [row.seq for row in store.read("account:a", after_seq=120, limit=150)] == list(range(121, 271))
    assert [row.seq for row in store.read("account:a", after_seq=299)] == [300]
    assert list(store.read("account:a", limit=0)) == []


def test_a_reopened_store_goes_on_where_it_stopped(url: str, clock) -> None:
    with Store.open(url, clock=clock) as store:
        append(store, "x", "y", stream="b")
        append(store, "x", stream="a")
        heads = {name: store.head(name) for name in store.streams()}
        pos = store.pos
    with Store.open(url, clock=clock) as store:
        assert {name: store.head(name) for name in store.streams()} == heads
        append(store, "z", stream="b")
        assert store.pos == pos + 1
        assert store.verify_chain() == []


def test_an_exception_in_the_group_leaves_no_trace_of_it(store: Store) -> None:
    append(store, "kept")

    def fail_half_way() -> None:
        with store.transaction() as group:
            group.append("account:a", "lost", 1, b"")
            group.upsert("snapshots", [("account:a", 1, b"lost")])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_half_way()
    assert store.head("account:a").seq == 1
    assert store.snapshot("account:a") is None
    append(store, "next")
    assert [row.kind for row in store.read("account:a")] == ["kept", "next"]
    assert store.verify_chain() == []


def test_one_group_at_a_time(store: Store) -> None:
    with pytest.raises(StoreError, match="open already"), store.transaction(), store.transaction():
        pass
    append(store, "works again")


def test_a_snapshot_replaces_the_one_before(store: Store) -> None:
    append(store, "x", "y")
    store.put_snapshot("account:a", 1, b"old")
    store.put_snapshot("account:a", 2, b"new")
    assert store.snapshot("account:a") == (2, b"new")
    assert store.snapshot("account:b") is None


@pytest.mark.parametrize(
    ("change", "seq", "reason"),
    [
        ("UPDATE journal SET data = hash WHERE seq = 2", 2, "not the one"),
        ("UPDATE journal SET ts = ts + 1 WHERE seq = 2", 2, "not the one"),
        ("UPDATE journal SET kind = 'other' WHERE seq = 3", 3, "not the one"),
        ("DELETE FROM journal WHERE seq = 2", 3, "row 2 is missing"),
        ("UPDATE journal SET pos = pos - 1 WHERE seq = 3", 3, "before its predecessor"),
        ("DELETE FROM journal WHERE seq = 4", 4, "behind 3 are missing"),
        ("DELETE FROM journal WHERE seq > 0", 4, "behind 0 are missing"),
    ],
)
def test_every_change_of_the_journal_is_named(store: Store, url: str, change: str, seq: int, reason: str) -> None:
    append(store, "one", "two", "three", "four")
    append(store, "untouched", stream="z")
    store.put_snapshot("account:a", 4, b"")
    assert store.verify_chain() == []
    tamper(url, change + " AND stream = 'account:a'")
    [found] = store.verify_chain()
    assert (found.stream, found.seq) == ("account:a", seq)
    assert reason in found.reason


def test_no_two_rows_share_a_layout() -> None:
    previous = bytes(32)
    assert link(previous, b"ab", 1, 1, b"c", b"d") != link(previous, b"a", 1, 1, b"bc", b"d")
    assert link(previous, b"a", 1, 1, b"bc", b"d") != link(previous, b"a", 1, 1, b"b", b"cd")
