"""Whatever order of commits, failures, snapshots and restarts: the store holds exactly what was acknowledged."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tradewire.store import RowRejected, Store

STREAMS = st.sampled_from(["account:a", "account:b", "intake", ""])
STEPS = st.lists(st.tuples(STREAMS, st.text("ab\x1f", max_size=3), st.binary(max_size=40)), max_size=6)
MARKS = st.lists(st.tuples(st.sampled_from("XYZ"), st.integers(0, 9)), max_size=4)


class Wanders:
    """A clock that goes wherever the test sends it."""

    def __init__(self) -> None:
        self.time = 1000

    def now(self) -> int:
        return self.time


class StoreAgainstLedger(RuleBasedStateMachine):
    """A plain list and a plain dict are the reference."""

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.clock = Wanders()
        self.store = Store.open(self.folder / "hub.db", clock=self.clock)
        self.ledger: list[tuple[str, str, bytes]] = []
        self.marks: dict[str, int] = {}

    @rule(steps=STEPS, marks=MARKS)
    def commit(self, steps: list[tuple[str, str, bytes]], marks: list[tuple[str, int]]) -> None:
        with self.store.transaction() as group:
            rows = [group.append(stream, kind, 5, data) for stream, kind, data in steps]
            group.upsert("exit_marks", [("a", symbol, seq) for symbol, seq in marks])
        assert rows == self.store.read_since(rows[0].pos - 1, 100) if rows else True
        self.ledger += steps
        self.marks |= dict(marks)

    @rule(steps=STEPS, marks=MARKS, early=st.booleans())
    def fail(self, steps: list[tuple[str, str, bytes]], marks: list[tuple[str, int]], early: bool) -> None:
        try:
            with self.store.transaction() as group:
                for stream, kind, data in steps:
                    group.append(stream, kind, 5, data)
                group.upsert("exit_marks", [("a", symbol, seq + 100) for symbol, seq in marks])
                if early:
                    raise InterruptedError
                group.insert("hooks", [("h", None, None, 1)])  # refused by the database itself
        except (InterruptedError, RowRejected):
            return
        raise AssertionError("the group must fail")

    @rule()
    def restart(self) -> None:
        self.store.close()
        self.store = Store.open(self.folder / "hub.db", clock=self.clock)

    @rule(by=st.integers(-2000, 2000))
    def move_the_clock(self, by: int) -> None:
        self.clock.time += by

    @invariant()
    def holds_what_was_acknowledged(self) -> None:
        rows = self.store.read_since(0, 10_000)
        assert [(row.stream, row.kind, row.data) for row in rows] == self.ledger
        for stream in {stream for stream, _, _ in self.ledger}:
            own = [row for row in rows if row.stream == stream]
            assert list(self.store.read(stream)) == own
            assert [row.seq for row in own] == list(range(1, len(own) + 1))
            assert self.store.head(stream).hash == own[-1].hash
        assert {mark["symbol"]: mark["seq"] for mark in self.store.queries.exit_marks()} == self.marks
        assert self.store.verify_chain() == []

    def teardown(self) -> None:
        self.store.close()
        shutil.rmtree(self.folder)


TestStoreAgainstLedger = StoreAgainstLedger.TestCase
TestStoreAgainstLedger.settings = settings(max_examples=10, stateful_step_count=15, deadline=None)
