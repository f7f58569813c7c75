"""Bars of one history from two sides, both in order and in pieces, put together in order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from tradewire.backtest.data.mending import rows
from tradewire.domain.bars import PRICES, Bars


class Merging:
    """Puts new bars among those that are there; of the same time the new one stays. Counts are whole at the end."""

    def __init__(self, there: Iterator[Bars], new: Iterable[Bars]) -> None:
        self.there = 0
        """Bars that were there."""
        self.replaced = 0
        self._old = there
        self._new = new
        self._held = self._next()
        """The piece of those that are there which is not yet written, or what is left of it."""

    def pieces(self) -> Iterator[Bars]:
        """Yield all bars in order."""
        for bars in self._new:
            yield from self._until(int(bars.ts[0]), "left")
            among = list(self._until(int(bars.ts[-1]), "right"))
            yield self._together(among, bars) if among else bars
        while self._held is not None:
            yield self._held
            self._held = self._next()

    def _next(self) -> Bars | None:
        piece = next(self._old, None)
        self.there += 0 if piece is None else len(piece)
        return piece

    def _until(self, ts: int, side: str) -> Iterator[Bars]:
        """Yield those that are there before a moment; with `right` those at it too."""
        while self._held is not None:
            cut = int(np.searchsorted(self._held.ts, ts, "left" if side == "left" else "right"))
            if cut:
                yield self._held.part(0, cut)
            if cut < len(self._held):
                self._held = self._held.part(cut, len(self._held))
                return
            self._held = self._next()

    def _together(self, among: list[Bars], bars: Bars) -> Bars:
        old = _joined(among)
        at = np.minimum(np.searchsorted(bars.ts, old.ts), len(bars) - 1)
        stays = bars.ts[at] != old.ts
        self.replaced += int((~stays).sum())
        if not stays.any():
            return bars
        both = _joined([rows(old, np.flatnonzero(stays)), bars])
        return rows(both, np.argsort(both.ts, kind="stable"))


def _joined(parts: list[Bars]) -> Bars:
    columns = [np.concatenate([getattr(part, name) for part in parts]) for name in ("ts", *PRICES, "volume")]
    return Bars(parts[0].symbol, parts[0].timeframe_s, *columns)
