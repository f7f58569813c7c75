"""Notifiers, feeds and sources of strangers may fail; they delay nobody but themselves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from types import TracebackType
from typing import Any, Self

import pytest

from tradewire.domain.instrument import Bar, Instrument, Quote
from tradewire.domain.message import Message
from tradewire.engine import notices
from tradewire.engine.contract import Incoming, IntakeUnavailable, Receipt
from tradewire.engine.intake import Prices, listen, supervised
from tradewire.engine.notices import Notices
from tradewire.ports import AuthFailed, Misconfigured, Notice, NotReady, Refused, SourceDown, SourceUp, TryLater
from unit.engine.desk_harness import BTC, ETH, NOW, D


class Told:
    """A notifier that first fails as it is told to."""

    def __init__(self, name: str, *failures: Exception, enough: int = 1) -> None:
        self.id = name
        self.enough = enough
        self.failures = list(failures)
        self.heard: list[str] = []
        self.done = asyncio.Event()

    async def send(self, notice: Notice) -> None:
        if self.failures:
            raise self.failures.pop(0)
        self.heard.append(notice.title)
        if len(self.heard) == self.enough:
            self.done.set()


def notice(title: str, severity: str = "error") -> Notice:
    return Notice(severity=severity, title=title, body="", ts=0)


async def test_each_notifier_hears_the_severities_it_is_set_to_and_a_refusal_delays_no_other() -> None:
    refusing, calm = Told("refusing", Refused("unknown chat")), Told("calm", enough=3)
    told = Notices({refusing: ("error",), calm: ("error", "info")})
    told.start()
    told.tell(notice("one"))
    told.tell(notice("two", "info"))
    told.tell(notice("three", "warning"))
    told.tell(notice("four"))
    async with asyncio.timeout(5):
        await refusing.done.wait()
        await calm.done.wait()
    await told.stop()
    assert refusing.heard == ["four"], "what it refused is not tried again"
    assert calm.heard == ["one", "two", "four"]


async def test_a_notifier_that_asks_for_a_pause_is_told_after_it() -> None:
    busy = Told("busy", TryLater(0.0), TryLater(0.0))
    told = Notices({busy: ("error",)})
    told.start()
    told.tell(notice("one"))
    async with asyncio.timeout(5):
        await busy.done.wait()
    await told.stop()


async def test_a_notifier_that_is_too_slow_loses_notices_and_holds_up_nobody() -> None:
    slow = Told("slow", enough=notices.KEPT)
    told = Notices({slow: ("error",)})
    for n in range(notices.KEPT + 5):
        told.tell(notice(str(n)))
    told.start()
    async with asyncio.timeout(5):
        await slow.done.wait()
    await told.stop()
    assert len(slow.heard) == notices.KEPT


class Feed:
    """A feed that offers some instruments and yields one batch."""

    def __init__(self, *offers: Instrument, broken: Exception | None = None) -> None:
        self.offers = offers
        self.broken = broken
        self.left = False
        self.asked: list[list[str]] = []

    async def __aenter__(self) -> Self:
        if self.broken is not None:
            raise self.broken
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.left = True

    async def instruments(self) -> Sequence[Instrument]:
        return self.offers

    async def stream(self, symbols: Iterable[str]) -> AsyncIterator[Sequence[Quote]]:
        self.asked.append(list(symbols))
        yield [Quote(symbol, D(1), D(1), NOW) for symbol in symbols]
        await asyncio.Event().wait()

    async def bars(self, symbol: str, timeframe_s: int, start: int, end: int) -> Sequence[Bar]:
        return [Bar(symbol, start, D(1), D(1), D(1), D(1))]


async def test_a_symbol_comes_from_the_first_feed_that_offers_it_and_a_broken_feed_is_left_out() -> None:
    broken, first, second = Feed(BTC, broken=NotReady("no")), Feed(BTC), Feed(BTC, ETH)
    prices = Prices({"broken": broken, "first": first, "second": second})
    await prices.open()
    assert list(prices.instruments) == ["BTCUSDT", "ETHUSDT"]
    taken: list[str] = []
    both = asyncio.Event()

    def take(batch: Sequence[Quote]) -> None:
        taken.extend(quote.symbol for quote in batch)
        if len(taken) == 2:
            both.set()

    tasks = prices.run(take)
    async with asyncio.timeout(5):
        await both.wait()
    assert (first.asked, second.asked) == ([["BTCUSDT"]], [["ETHUSDT"]])
    assert len(await prices.bars("ETHUSDT", 60, 0, 1)) == 1
    assert await prices.bars("XYZ", 60, 0, 1) == ()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await prices.close()
    assert (first.left, second.left, broken.left) == (True, True, False)


@pytest.mark.parametrize("error", [Misconfigured("path", "does not exist"), AuthFailed("expired")])
async def test_what_only_the_owner_can_mend_is_not_run_again(error: Exception) -> None:
    runs = 0

    async def work() -> None:
        nonlocal runs
        runs += 1
        raise error

    async with asyncio.timeout(5):
        await supervised("feed", work)
    assert runs == 1


async def test_what_fails_or_ends_is_run_again() -> None:
    runs: list[int] = []
    enough = asyncio.Event()

    async def work() -> None:
        runs.append(len(runs))
        if len(runs) == 1:
            raise ValueError("a stranger's mistake")
        enough.set()

    running = asyncio.create_task(supervised("feed", work))
    async with asyncio.timeout(5):
        await enough.wait()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert len(runs) == 2


class Source:
    id = "source"

    async def messages(self, after: str | None) -> AsyncIterator[Any]:
        yield SourceDown("cut")
        yield SourceUp()
        for n in range(2):
            yield Message(
                id="", source="s", channel="c", text=f"{n}", external_id=f"{n}", author="a", ts_event=n, ts_init=0
            )


async def test_every_message_of_a_source_is_brought_until_it_is_stored() -> None:
    brought: list[Incoming] = []

    async def receive(incoming: Incoming) -> Receipt:
        brought.append(incoming)
        if len(brought) == 1:
            raise IntakeUnavailable("no room")
        return Receipt(message_id="m", duplicate=False)

    async with asyncio.timeout(5):
        await listen(Source(), "main", receive)
    assert [(i.text, i.external_id, i.account, i.ts_event) for i in brought] == [
        ("0", "0", "main", 0),
        ("0", "0", "main", 0),
        ("1", "1", "main", 1),
    ]
