"""What waits for a price in one symbol, sorted so that a quote that touches nothing costs four comparisons."""

from __future__ import annotations

from decimal import Decimal
from enum import IntEnum
from heapq import heapify, heappop, heappush
from typing import Final

from tradewire.domain.instrument import Quote

_NEVER_BELOW: Final = Decimal("-Infinity")
_NEVER_ABOVE: Final = Decimal("Infinity")
_COMPACT_FROM: Final = 64


class Trigger(IntEnum):
    """The price movement that something waits for; stops come before limits when one quote touches both."""

    ASK_RISES = 0
    """Buy stops, and the margin watch of short positions."""
    BID_FALLS = 1
    """Sell stops, and the margin watch of long positions."""
    ASK_FALLS = 2
    """Buy limits."""
    BID_RISES = 3
    """Sell limits."""


class Waiting:
    """Something of an account (`owner`) that waits in at most one book.

    It leaves by changing its `token`: entries of the book with an old one are dead.
    """

    __slots__ = ("owner", "token", "waits")

    def __init__(self, owner: str) -> None:
        self.owner = owner
        self.token = 0
        self.waits = False


_Entry = tuple[Decimal, int, Waiting, int]


class Book:
    """Four heaps of waiting things, by price and then by arrival."""

    __slots__ = ("_arrivals", "_dead", "_heaps", "ask_falls", "ask_rises", "bid_falls", "bid_rises")

    def __init__(self) -> None:
        self._heaps: tuple[list[_Entry], ...] = ([], [], [], [])
        self._arrivals = 0
        self._dead = 0
        self._see_tops()

    def __len__(self) -> int:
        return sum(len(heap) for heap in self._heaps) - self._dead

    def add(self, trigger: Trigger, price: Decimal, item: Waiting) -> None:
        """Let `item` wait until the price reaches `price` (equal counts as reached)."""
        self._arrivals += 1
        item.waits = True
        key = price if trigger in (Trigger.ASK_RISES, Trigger.BID_RISES) else price.copy_negate()
        heappush(self._heaps[trigger], (key, self._arrivals, item, item.token))
        self._see_tops()

    def remove(self, item: Waiting) -> None:
        """Take `item` out of the book, if it waits there."""
        if not item.waits:
            return
        item.waits = False
        item.token += 1
        self._dead += 1
        if self._dead > _COMPACT_FROM and self._dead > len(self):
            self._compact()

    def touched_by(self, quote: Quote) -> bool:
        """Tell whether `quote` may reach anything; most quotes do not."""
        return (
            quote.ask <= self.ask_falls
            or quote.ask >= self.ask_rises
            or quote.bid >= self.bid_rises
            or quote.bid <= self.bid_falls
        )

    def take(self, quote: Quote) -> list[Waiting]:
        """Remove and return what `quote` reaches: stops before limits, best price first, then first come."""
        bounds = (quote.ask, quote.bid.copy_negate(), quote.ask.copy_negate(), quote.bid)
        taken: list[Waiting] = []
        for heap, bound in zip(self._heaps, bounds, strict=True):
            while heap and (heap[0][0] <= bound or heap[0][2].token != heap[0][3]):
                _, _, item, token = heappop(heap)
                if item.token == token:
                    item.token += 1
                    item.waits = False
                    taken.append(item)
                else:
                    self._dead -= 1
        self._see_tops()
        return taken

    def _see_tops(self) -> None:
        rising_ask, falling_bid, falling_ask, rising_bid = self._heaps
        self.ask_rises = rising_ask[0][0] if rising_ask else _NEVER_ABOVE
        self.bid_falls = falling_bid[0][0].copy_negate() if falling_bid else _NEVER_BELOW
        self.ask_falls = falling_ask[0][0].copy_negate() if falling_ask else _NEVER_BELOW
        self.bid_rises = rising_bid[0][0] if rising_bid else _NEVER_ABOVE

    def _compact(self) -> None:
        for heap in self._heaps:
            heap[:] = [entry for entry in heap if entry[2].token == entry[3]]
            heapify(heap)
        self._dead = 0
        self._see_tops()
