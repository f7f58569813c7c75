"""A venue's life: entered, listened to, lost and entered again; whatever it raises, the hub learns and runs on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from types import TracebackType
from typing import Any, Self

import pytest

from tradewire.domain import venue_events as v
from tradewire.domain.instrument import Instrument
from tradewire.domain.order import OrderRequest
from tradewire.engine import facts as f
from tradewire.engine.runner import LOOKUPS_AT_ONCE, VenueRunner
from tradewire.ports import AuthFailed, Capabilities, Misconfigured, NotReady, OutcomeUnknown, PortError, Refused
from unit.engine.desk_harness import BTC
from unit.oms.oms_samples import CID, SENT, absent, request

EMPTY = v.Snapshot(balances=(), positions=(), open_orders=(), ts=SENT)


class Clock:
    def now(self) -> int:
        return SENT


class FakeVenue:
    """A venue whose every answer the test sets: a value, or an exception to raise; a list gives one answer a call."""

    id = "fake"
    capabilities = Capabilities(order_types=frozenset(), times_in_force=frozenset())

    def __init__(self, **answers: Any) -> None:
        self.answers: dict[str, Any] = {"enter": None, "snapshot": EMPTY, "submit": None, "cancel": None} | answers
        self.said: asyncio.Queue[v.VenueEvent | None] = asyncio.Queue()
        self.entered = 0
        self.listeners = 0

    def answer(self, what: str) -> Any:
        answer = self.answers[what]
        if isinstance(answer, list):
            answer = answer.pop(0) if len(answer) > 1 else answer[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def __aenter__(self) -> Self:
        self.entered += 1
        self.answer("enter")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    async def instruments(self) -> Sequence[Instrument]:
        return (BTC,)

    async def snapshot(self) -> v.Snapshot:
        return self.answer("snapshot")

    async def submit(self, request: OrderRequest) -> None:
        self.answer("submit")

    async def cancel(self, client_order_id: str) -> None:
        self.answer("cancel")

    async def lookup(self, client_order_id: str, since: int) -> v.LookupResult:
        return self.answer("lookup")

    async def events(self) -> AsyncIterator[v.VenueEvent]:
        self.listeners += 1
        try:
            while (event := await self.said.get()) is not None:
                yield event
        finally:
            self.listeners -= 1


class Stage:
    """A runner with everything that it posts."""

    def __init__(self, venue: FakeVenue) -> None:
        self.venue = venue
        self.posted: list[f.Event] = []
        self.reconciled: list[v.Snapshot] = []
        self._changed = asyncio.Event()
        self.runner = VenueRunner(
            "main",
            venue,
            Clock(),
            lambda account, event: self._keep(self.posted, event),
            lambda account, snapshot: self._keep(self.reconciled, snapshot),
            lambda account, instruments: None,
        )

    def _keep(self, kept: list[Any], what: Any) -> None:
        kept.append(what)
        self._changed.set()

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(5):
            while not holds():
                self._changed.clear()
                await self._changed.wait()

    def of(self, kind: type[Any]) -> list[Any]:
        return [event for event in self.posted if isinstance(event, kind)]

    async def __aenter__(self) -> Self:
        self.runner.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.runner.stop()


async def test_a_start_reconciles_before_it_says_ready() -> None:
    async with Stage(FakeVenue()) as stage:
        await stage.until(lambda: stage.runner.ready)
        assert stage.reconciled == [EMPTY]
        assert stage.posted == [f.BecameReady()]
        assert stage.runner.reason is None


async def test_what_the_venue_says_is_posted_in_its_order() -> None:
    async with Stage(FakeVenue()) as stage:
        await stage.until(lambda: stage.runner.ready)
        said = [v.Accepted(client_order_id=CID, ts=n) for n in range(3)]
        for event in said:
            stage.venue.said.put_nowait(event)
        await stage.until(lambda: len(stage.of(f.VenueSaid)) == 3)
        assert [event.event for event in stage.of(f.VenueSaid)] == said


async def test_a_venue_that_is_not_ready_is_tried_again_and_listened_to_once() -> None:
    venue = FakeVenue(snapshot=[NotReady("busy"), EMPTY])
    async with Stage(venue) as stage:
        await stage.until(lambda: stage.runner.ready)
        assert venue.entered == 2
        assert venue.listeners == 1
        assert [event.reason for event in stage.of(f.LostReady)] == ["NotReady: busy"]


@pytest.mark.parametrize("error", [Misconfigured("key", "is empty"), AuthFailed("the key is not accepted")])
async def test_what_only_the_owner_can_mend_is_named_and_not_tried_again(error: PortError) -> None:
    venue = FakeVenue(enter=error)
    async with Stage(venue) as stage:
        await stage.until(lambda: bool(stage.posted))
        assert stage.runner._main is not None
        await stage.runner._main
        assert venue.entered == 1
        assert str(error) in (stage.runner.reason or "")


async def test_a_cut_stream_is_not_ready_until_the_venue_is_reconciled_again() -> None:
    async with Stage(FakeVenue()) as stage:
        await stage.until(lambda: stage.runner.ready)
        stage.venue.said.put_nowait(v.Disconnected(reason="cut", ts=SENT))
        await stage.until(lambda: not stage.runner.ready)
        assert stage.of(f.LostReady) == [f.LostReady("cut")]
        stage.venue.said.put_nowait(v.Resynced(ts=SENT))
        await stage.until(lambda: stage.runner.ready)
        assert len(stage.reconciled) == 2


async def test_a_resync_that_fails_is_tried_again() -> None:
    venue = FakeVenue(snapshot=[EMPTY, NotReady("still away"), EMPTY])
    async with Stage(venue) as stage:
        await stage.until(lambda: stage.runner.ready)
        venue.said.put_nowait(v.Resynced(ts=SENT))
        await stage.until(lambda: len(stage.reconciled) == 2)
        assert [event.reason for event in stage.of(f.LostReady)] == ["NotReady: still away"]


async def test_a_stream_that_ends_is_entered_again() -> None:
    async with Stage(FakeVenue()) as stage:
        await stage.until(lambda: stage.runner.ready)
        stage.venue.said.put_nowait(None)
        await stage.until(lambda: len(stage.reconciled) == 2)
        assert stage.venue.entered == 2


@pytest.mark.parametrize(
    ("raised", "refused"),
    [(Refused("margin"), True), (OutcomeUnknown("504"), False), (ValueError("bad JSON"), False), (OSError(), False)],
)
async def test_only_a_proven_refusal_counts_as_one(raised: Exception, refused: bool) -> None:
    async with Stage(FakeVenue(submit=raised)) as stage:
        stage.runner.submit([request()])
        await stage.until(lambda: bool(stage.of(f.SubmitEnded)))
        (ended,) = stage.of(f.SubmitEnded)
        assert (ended.client_order_id, ended.refused) == (CID, refused)


async def test_a_plain_hand_over_posts_nothing() -> None:
    async with Stage(FakeVenue(lookup=absent(SENT))) as stage:
        await stage.until(lambda: stage.runner.ready)
        stage.runner.submit([request()])
        stage.runner.look_up(CID, 0)
        await stage.until(lambda: bool(stage.of(f.LookedUp)))
        assert stage.of(f.SubmitEnded) == []


@pytest.mark.parametrize("raised", [Refused("unknown order"), OutcomeUnknown("timeout")])
async def test_a_cancel_that_did_not_go_through_looks_the_order_up(raised: Exception) -> None:
    async with Stage(FakeVenue(cancel=raised, lookup=absent(SENT))) as stage:
        stage.runner.cancel(CID, 0)
        await stage.until(lambda: bool(stage.of(f.LookedUp)))
        assert stage.of(f.LookedUp) == [f.LookedUp(result=absent(SENT))]


async def test_a_look_up_without_an_answer_says_so() -> None:
    async with Stage(FakeVenue(lookup=TimeoutError())) as stage:
        stage.runner.look_up(CID, 0)
        await stage.until(lambda: bool(stage.of(f.LookupFailed)))


@pytest.mark.parametrize("raised", [NotReady("busy"), ValueError("bad JSON")])
async def test_what_the_venue_shows_cannot_be_read_is_one_kind_of_error(raised: Exception) -> None:
    stage = Stage(FakeVenue(snapshot=raised))
    with pytest.raises(PortError):
        await stage.runner.shown()
    stage.runner.check()
    await asyncio.gather(*stage.runner._tasks)
    assert stage.reconciled == [], "a read that failed proves nothing"


class CrowdedVenue(FakeVenue):
    """Counts how many look-ups it is asked at once; each takes a few turns of the loop."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0
        self.most = 0

    async def lookup(self, client_order_id: str, since: int) -> v.LookupResult:
        self.asked += 1
        self.most = max(self.most, self.asked)
        for _ in range(3):
            await asyncio.sleep(0)
        self.asked -= 1
        return absent(SENT)


async def test_many_orders_in_doubt_are_looked_up_a_few_at_a_time_and_all_in_the_end() -> None:
    venue = CrowdedVenue()
    async with Stage(venue) as stage:
        for number in range(100):
            stage.runner.look_up(f"tw{number}", SENT)
        await stage.until(lambda: len(stage.of(f.LookedUp)) == 100)
        assert venue.most == LOOKUPS_AT_ONCE
