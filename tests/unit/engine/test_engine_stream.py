"""Whoever listens hears everything that is journaled, once and in order, however slow; prices may be missed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

from tradewire.engine.contract import StreamItem
from tradewire.engine.stream import KEPT, Stream
from tradewire.store.chain import JournalRow


class Journal:
    """Rows 1 to `end`."""

    def __init__(self, end: int = 0) -> None:
        self.end = end

    def read_since(self, pos: int, limit: int) -> Sequence[JournalRow]:
        return [
            JournalRow("inbox", n, n, 0, "kind", b"%d" % n, b"") for n in range(pos + 1, min(self.end, pos + limit) + 1)
        ]


def item(n: int | None) -> StreamItem:
    return StreamItem(id=n, kind="kind" if n else "quotes", data=b"%d" % (n or 0))


async def take(listening: AsyncIterator[StreamItem], count: int) -> list[int | None]:
    async with asyncio.timeout(5):
        return [(await anext(listening)).id for _ in range(count)]


async def begin(
    stream: Stream, after: int | None, head: int
) -> tuple[AsyncIterator[StreamItem], asyncio.Task[StreamItem]]:
    """Start to listen; the task waits for the first item."""
    listening = stream.listen(after, head)
    first = asyncio.ensure_future(anext(listening))
    await asyncio.sleep(0)
    return listening, first


async def test_a_new_listener_hears_what_comes_from_now_on() -> None:
    stream = Stream(Journal(5))
    assert not stream
    listening, first = await begin(stream, None, 5)
    assert stream
    for n in (6, 7):
        stream.publish(item(n))
    assert (await first).id == 6
    assert await take(listening, 1) == [7]


async def test_one_who_comes_back_hears_the_past_and_then_the_present_without_a_gap_or_a_repeat() -> None:
    journal = Journal(3)
    stream = Stream(journal)
    listening, first = await begin(stream, 1, 3)
    journal.end = 4
    stream.publish(item(4))
    stream.publish(item(None))
    stream.publish(item(5))
    assert (await first).id == 2
    assert await take(listening, 4) == [3, 4, None, 5]


async def test_one_who_is_too_slow_is_led_back_to_the_journal() -> None:
    journal = Journal(0)
    stream = Stream(journal)
    listening, first = await begin(stream, None, 0)
    count = KEPT + 300
    for n in range(1, count + 1):
        journal.end = n
        stream.publish(item(n))
        stream.publish(item(None))
    heard = [(await first).id, *(await take(listening, count - 1))]
    assert [n for n in heard if n is not None] == list(range(1, len([n for n in heard if n]) + 1))
    rest = await take(listening, count - len([n for n in heard if n]))
    assert [n for n in (*heard, *rest) if n is not None] == list(range(1, count + 1))


async def test_who_stops_listening_is_forgotten() -> None:
    stream = Stream(Journal(0))
    listening, first = await begin(stream, None, 0)
    stream.publish(item(1))
    await first
    await listening.aclose()  # type: ignore[attr-defined]
    assert not stream


async def test_a_row_of_an_older_version_comes_under_the_name_of_today() -> None:
    class Old(Journal):
        def read_since(self, pos: int, limit: int) -> Sequence[JournalRow]:
            return [JournalRow("account:main", 1, 1, 0, "quote_broke", b"{}", b"")] if pos == 0 else []

    async with asyncio.timeout(5):
        heard = await anext(Stream(Old()).listen(0, 1))
    assert (heard.id, heard.kind) == (1, "price_crossed")
