"""Everything that happens, to whoever listens: journaled items without a gap, prices as they come."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Sequence
from typing import Protocol

from tradewire.engine.contract import StreamItem
from tradewire.engine.events import NAMES
from tradewire.store.chain import JournalRow

KEPT = 1_000
"""Items that a listener may be behind before it is led back to the journal."""
PAGE = 500


class Past(Protocol):
    """Reads journal rows of all streams behind a position, oldest first."""

    def read_since(self, pos: int, limit: int) -> Sequence[JournalRow]: ...


class Listener:
    """One listener's queue. When it cannot keep up, journaled items come from the journal again; prices are dropped."""

    def __init__(self) -> None:
        self.items: deque[StreamItem] = deque()
        self.lagging = False
        self.wake = asyncio.Event()

    def put(self, item: StreamItem) -> None:
        if len(self.items) >= KEPT:
            self.items.clear()
            self.lagging = True
        self.items.append(item)
        self.wake.set()


class Stream:
    """Fans out what the engine commits; `past` is the journal."""

    def __init__(self, past: Past) -> None:
        self._past = past
        self._listeners: set[Listener] = set()

    def __bool__(self) -> bool:
        """Tell whether anybody listens: nobody's items need not be made."""
        return bool(self._listeners)

    def publish(self, item: StreamItem) -> None:
        """Give an item to all listeners."""
        for listener in self._listeners:
            listener.put(item)

    async def listen(self, after: int | None, head: int) -> AsyncIterator[StreamItem]:
        """Yield items for ever: from behind `after` (or from now, journal position `head`, if None)."""
        listener = Listener()
        self._listeners.add(listener)
        last = head if after is None else after
        try:
            listener.lagging = after is not None
            while True:
                if listener.lagging:
                    listener.lagging = False
                    while page := self._past.read_since(last, PAGE):
                        for row in page:
                            last = row.pos
                            yield StreamItem(id=row.pos, kind=NAMES.get(row.kind, row.kind), data=row.data)
                        await asyncio.sleep(0)
                while listener.items and not listener.lagging:
                    item = listener.items.popleft()
                    if item.id is not None:
                        if item.id <= last:
                            continue
                        last = item.id
                    yield item
                if not listener.items and not listener.lagging:
                    listener.wake.clear()
                    await listener.wake.wait()
        finally:
            self._listeners.discard(listener)
