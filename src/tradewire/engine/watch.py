"""Which accounts a price concerns: one comparison a symbol while it concerns none."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf

from tradewire.domain.instrument import Quote
from tradewire.engine.post import Post
from tradewire.exits.moves import Watch as Bounds

NOBODY = Bounds(-inf, inf, -inf, inf, 2**63 - 1)
"""Bounds that no price leaves."""


class Watch:
    """Keeps, for each symbol, the tightest bounds of all accounts' books.

    Bounds are taken from the books after each price that was looked at in full; a symbol whose trades changed since is
    marked stale, and looked at in full again.
    """

    def __init__(self) -> None:
        self._holders: dict[str, dict[str, None]] = {}
        """Accounts in the order of their first trade: a run is told again only if its order is kept."""
        self._bounds: dict[str, Bounds] = {}

    def hold(self, symbol: str, account: str) -> None:
        """An account's book of a symbol changed (or came to be)."""
        self._holders.setdefault(symbol, {})[account] = None
        self._bounds.pop(symbol, None)

    def bounds(self, symbol: str) -> Bounds | None:
        """Return what a symbol's price must leave to concern anybody; None: not known until the next price."""
        return self._bounds.get(symbol) if self._holders.get(symbol) else NOBODY

    def touched(self, quote: Quote, posts: Mapping[str, Post]) -> list[str]:
        """Return the accounts whose trades the price may concern."""
        symbol = quote.symbol
        holders = self._holders.get(symbol)
        if not holders:
            return []
        bid, ask, ts = float(quote.bid), float(quote.ask), quote.ts
        bounds = self._bounds.get(symbol)
        if bounds is not None and inside(bounds, bid, ask, ts):
            return []
        touched = []
        tightest = NOBODY
        for account in list(holders):
            book = posts[account].state.books.get(symbol)
            if not book:
                del holders[account]
                continue
            watch = book.watch
            if not inside(watch, bid, ask, ts):
                if book.wants_warm:
                    posts[account].warm()
                if book.on_quote(bid, ask, ts) is not None:
                    touched.append(account)
                    continue
                watch = book.watch
            tightest = Bounds(
                max(tightest.bid_above, watch.bid_above),
                min(tightest.bid_below, watch.bid_below),
                max(tightest.ask_above, watch.ask_above),
                min(tightest.ask_below, watch.ask_below),
                min(tightest.before, watch.before),
            )
        if touched:
            self._bounds.pop(symbol, None)
        else:
            self._bounds[symbol] = tightest
        return touched


def inside(bounds: Bounds, bid: float, ask: float, ts: int) -> bool:
    """Tell whether a price changes nothing."""
    bid_above, bid_below, ask_above, ask_below, before = bounds
    return bid_above < bid < bid_below and ask_above < ask < ask_below and ts < before
