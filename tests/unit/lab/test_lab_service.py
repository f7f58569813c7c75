"""Backtests wait in line, run one at a time, are kept, and survive whatever ends the hub."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from tradewire.api.lab import LabFailed, LabRefused, NoBacktest, Row
from tradewire.lab.clerk import Clerk
from tradewire.lab.frames import Frame
from tradewire.lab.service import BacktestLab
from tradewire.store import Store
from unit.api.fake_hub import FakeClock
from unit.lab.fake_worker import Hand

ASKED = {"strategy": "sma-cross", "data": "SAMPLE/15m", "sl": "2%"}


class Place:
    """A database and workers, on which Labs are opened one after the other."""

    def __init__(self, store: Store, root: Path) -> None:
        self.store = store
        self.root = root
        self.hand = Hand()
        self.news: list[dict[str, object]] = []
        self.heard = asyncio.Event()

    def lab(self) -> BacktestLab:
        strategies = {"sma-cross": "sma-cross", "mine": "mine.py:Mine"}
        return BacktestLab(self.store, FakeClock(), self.root, strategies, self.hand.make, self._hear)

    def _hear(self, data: bytes) -> None:
        self.news.append(msgspec.json.decode(data))
        self.heard.set()

    async def ended(self, lab: BacktestLab, id: str) -> Row:
        """Wait for the end of a backtest and return its row."""
        async with asyncio.timeout(10):
            while (row := lab.row(id))["state"] in ("queued", "running"):
                self.heard.clear()
                await self.heard.wait()
        return row


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    with Store.open(tmp_path / "hub.db", clock=FakeClock()) as store:
        yield Place(store, tmp_path)


async def test_a_backtest_is_checked_queued_run_and_kept(place: Place) -> None:
    parts = [Frame("part", "result", data=gzip.compress(b'{"a":1}')), Frame("progress", "trading", 0.5)]
    place.hand.said["run"] = [*parts, Frame("answer", data=b'{"trades":7}')]
    async with place.lab() as lab:
        begun = await lab.begin(ASKED)
        assert (begun["state"], begun["request"], begun["progress"]) == ("queued", ASKED, 0.0)
        row = await place.ended(lab, begun["id"])
        assert (row["state"], row["figures"], row["progress"]) == ("done", {"trades": 7}, 1.0)
        assert lab.part(row["id"], "result") == b'{"a":1}'
        assert lab.part(row["id"], "report") is None
        assert [one["id"] for one in lab.listed(None, 10, None)] == [row["id"]]
    assert [job["job"] for job in place.hand.jobs] == ["check", "run"]
    assert place.hand.jobs[1]["request"]["sl"] == "2%"
    told = {(one["state"], one["stage"]) for one in place.news}
    assert {("queued", ""), ("running", "trading"), ("done", "")} <= told


async def test_only_one_runs_and_each_in_a_process_of_its_own(place: Place) -> None:
    place.hand.held.add("run")
    async with place.lab() as lab:
        ids = [(await lab.begin(ASKED))["id"] for _ in range(3)]
        await place.hand.until(4)
        states = [lab.row(id)["state"] for id in ids]
        assert states == ["running", "queued", "queued"]
        place.hand.let_go()
        for id in ids:
            assert (await place.ended(lab, id))["state"] == "done"
    assert place.hand.most_alive == 2, "the one that answers questions, and the one that runs"
    assert place.hand.alive == 0


async def test_what_cannot_be_asked_is_refused_before_anything_is_kept(place: Place) -> None:
    async with place.lab() as lab:
        for asked, field, words in (
            ({"strategy": "sma-cros", "data": "SAMPLE/15m"}, "strategy", "did you mean sma-cross?"),
            ({"strategy": "os:system", "data": "SAMPLE/15m"}, "strategy", "shipped or configured"),
            ({**ASKED, "feee": "1%"}, "feee", "did you mean fee?"),
            ({**ASKED, "cash": -1}, "cash", ""),
            ({"strategy": "sma-cross"}, "data", "missing"),
        ):
            with pytest.raises(LabRefused) as refused:
                await lab.begin(asked)
            assert refused.value.field == field
            assert words in refused.value.reason
        place.hand.said["check"] = [Frame("refused", "params", data=b"fast must be less than slow")]
        with pytest.raises(LabRefused, match="params: fast must be less"):
            await lab.begin(ASKED)
        assert lab.listed(None, 10, None) == []


async def test_the_configured_name_stands_for_what_it_names(place: Place) -> None:
    async with place.lab() as lab:
        row = await lab.begin({**ASKED, "strategy": "mine"})
        await place.ended(lab, row["id"])
        assert row["strategy"] == "mine"
    assert [job["request"]["strategy"] for job in place.hand.jobs] == ["mine.py:Mine"] * 2


@pytest.mark.parametrize(
    ("said", "field", "reason"),
    [
        (
            Frame("refused", "strategy", data=b"mine failed: KeyError (line 3 of mine.py)"),
            "strategy",
            "line 3 of mine.py",
        ),
        (Frame("failed", data=b"ZeroDivisionError: division by zero"), None, "ZeroDivisionError"),
    ],
)
async def test_a_run_that_fails_says_why(place: Place, said: Frame, field: str | None, reason: str) -> None:
    place.hand.said["run"] = [said]
    async with place.lab() as lab:
        row = await place.ended(lab, (await lab.begin(ASKED))["id"])
    assert (row["state"], row["field"]) == ("failed", field)
    assert reason in row["reason"]


async def test_a_worker_that_dies_fails_its_run_and_the_next_one_goes_on(place: Place) -> None:
    place.hand.dying.add("run")
    async with place.lab() as lab:
        row = await place.ended(lab, (await lab.begin(ASKED))["id"])
        assert (row["state"], "want of memory" in row["reason"]) == ("failed", True)
        place.hand.dying.clear()
        assert (await place.ended(lab, (await lab.begin(ASKED))["id"]))["state"] == "done"


async def test_a_question_to_a_dead_worker_is_told_and_the_next_one_is_answered(place: Place) -> None:
    place.hand.said["strategies"] = [Frame("answer", data=b"[]")]
    place.hand.dying.add("strategies")
    async with place.lab() as lab:
        with pytest.raises(LabFailed, match="ended before"):
            await lab.strategies()
        place.hand.dying.clear()
        assert await lab.strategies() == []


async def test_a_question_without_an_answer_is_given_up(place: Place) -> None:
    place.hand.held.add("check")
    clerk = Clerk(place.hand.make, patience=0.01)
    with pytest.raises(LabFailed, match="no answer within"):
        await clerk.ask({"job": "check"})
    assert place.hand.alive == 0, "it would say its answer to the next question"
    place.hand.let_go()
    assert (await clerk.ask({"job": "check"}))["id"] == "SAMPLE/15m"
    await clerk.close()


async def test_the_form_asks_for_no_file_of_the_machine(place: Place) -> None:
    async with place.lab() as lab:
        form = lab.form()
    properties = form["properties"]
    assert "sharpe" in form["sweep"]["$defs"]["Objective"]["enum"]
    assert "symbol" not in properties
    assert [name for name, field in properties.items() if "file" in field.get("description", "")] == []


async def test_what_waits_or_runs_can_be_cancelled(place: Place) -> None:
    place.hand.held.add("run")
    async with place.lab() as lab:
        runs, waits = [(await lab.begin(ASKED))["id"] for _ in range(2)]
        await place.hand.until(3)
        assert (await lab.cancel(waits))["state"] == "cancelled"
        assert (await lab.cancel(runs))["state"] == "cancelled"
        place.hand.let_go()
        done = (await place.ended(lab, (await lab.begin(ASKED))["id"]))["id"]
        assert (await lab.cancel(done))["state"] == "done", "what has ended stays as it is"
        with pytest.raises(NoBacktest):
            await lab.cancel("b9")
    assert len(place.hand.asked_to("run")) == 2


async def test_a_forgotten_backtest_leaves_nothing(place: Place) -> None:
    place.hand.said["run"] = [Frame("part", "result", data=gzip.compress(b"{}")), Frame("answer", data=b"{}")]
    async with place.lab() as lab:
        id = (await place.ended(lab, (await lab.begin(ASKED))["id"]))["id"]
        await lab.remove(id)
        assert lab.part(id, "result") is None
        with pytest.raises(NoBacktest):
            lab.row(id)
    assert place.store.queries.backtest_parts(id) == []


async def test_what_ran_when_the_hub_ended_is_interrupted_and_what_waited_goes_on(place: Place) -> None:
    place.hand.held.add("run")
    async with place.lab() as lab:
        ran, waited = [(await lab.begin(ASKED))["id"] for _ in range(2)]
        await place.hand.until(3)
    place.hand.let_go()
    async with place.lab() as lab:
        row = lab.row(ran)
        assert (row["state"], row["reason"]) == ("interrupted", "the hub ended while it ran; run it again")
        assert (await place.ended(lab, waited))["state"] == "done"


async def test_what_ran_when_the_hub_was_killed_is_interrupted_too(place: Place) -> None:
    place.hand.held.add("run")
    lab = await place.lab().__aenter__()
    id = (await lab.begin(ASKED))["id"]
    await place.hand.until(2)
    with place.store.transaction() as group:
        group.upsert("backtest_parts", [(id, "trades-00000", b"half of it")])
    async with place.lab() as next_lab:
        assert next_lab.row(id)["state"] == "interrupted"
        assert place.store.queries.backtest_parts(id) == []
    await lab.__aexit__(None, None, None)
