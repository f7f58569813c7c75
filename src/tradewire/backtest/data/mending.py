"""Mending a history by a named rule: `drop`, `first`, `last` or `fill`. What was mended is counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from tradewire.backtest.data.checking import Flags, impossible
from tradewire.domain.bars import Bars, Integers

ORDER = ("unsorted", "duplicate")


class Rule(StrEnum):
    """What becomes of bars that cannot be, and of those that have the same time. All rules put bars in order."""

    DROP = "drop"
    """Impossible bars are left out; of bars with the same time one stays if all are equal, else none."""
    FIRST = "first"
    """Impossible bars are left out; of bars with the same time the first stays."""
    LAST = "last"
    """Impossible bars are left out; of bars with the same time the last stays."""
    FILL = "fill"
    """As `last`, but an impossible bar becomes a flat one at the close before it, with no volume."""


@dataclass(frozen=True, slots=True)
class Mended:
    """Possible bars, and how many each step touched; only what happened is there."""

    bars: Bars
    counts: Mapping[str, int]

    def told(self) -> list[str]:
        """Return a sentence for each step."""
        return [f"{count} {'bar' if count == 1 else 'bars'} {what}" for what, count in self.counts.items()]


def mend(bars: Bars, rule: Rule) -> Mended:
    """Return the bars as far as they can be used; gaps and spikes stay as they are."""
    faults = impossible(bars)
    wrong: Flags = np.logical_or.reduce([flags for name, (flags, _) in faults.items() if name not in ORDER])
    counts = {"put in order": int(faults["unsorted"][0].sum())}
    order = np.argsort(bars.ts, kind="stable")
    if rule is not Rule.FILL:
        counts["left out as impossible"] = int(wrong.sum())
        order = order[~wrong[order]]
    kept = order[_stays(bars, order, wrong, rule)]
    counts["left out as the same time was there twice"] = len(order) - len(kept)
    result = rows(bars, kept)
    if rule is Rule.FILL:
        result, leading = _filled(result, wrong[kept])
        counts["made flat at the close before"] = int(wrong[kept].sum()) - leading
        counts["left out as impossible with nothing before"] = leading
    return Mended(result, {what: count for what, count in counts.items() if count})


def rows(bars: Bars, kept: Integers) -> Bars:
    """Return the bars of these rows, in this order."""
    return Bars(
        bars.symbol,
        bars.timeframe_s,
        bars.ts[kept],
        bars.open[kept],
        bars.high[kept],
        bars.low[kept],
        bars.close[kept],
        bars.volume[kept],
    )


def _stays(bars: Bars, order: Integers, wrong: Flags, rule: Rule) -> Flags:
    """Tell which of the ordered rows stay, one a time at most. Under `fill` a possible bar goes before others."""
    times = bars.ts[order]
    same = times[1:] == times[:-1]
    first, last = np.concatenate(([True], ~same)), np.concatenate((~same, [True]))
    if not len(order) or rule is Rule.FIRST:
        return first[: len(order)]
    if rule is Rule.LAST or not same.any():
        return last
    groups = np.cumsum(first) - 1
    if rule is Rule.FILL:
        rank = np.where(wrong[order], -1, np.arange(len(order)))
        best = np.full(groups[-1] + 1, -1)
        np.maximum.at(best, groups, rank)
        possible = best[groups] >= 0
        return np.where(possible, np.arange(len(order)) == best[groups], last)
    columns = [getattr(bars, name)[order] for name in ("open", "high", "low", "close", "volume")]
    differs = np.logical_or.reduce([column[1:] != column[:-1] for column in columns]) & same
    split = np.zeros(groups[-1] + 1, np.bool_)
    split[groups[1:][differs]] = True
    unequal: Flags = split[groups]
    return first & ~unequal


def _filled(bars: Bars, wrong: Flags) -> tuple[Bars, int]:
    """Return the bars with flat ones for the wrong ones, without those before the first right one; and their number."""
    leading = int(np.argmin(wrong)) if len(wrong) and not wrong.all() else len(wrong)
    bars, wrong = bars.part(leading, len(bars)), wrong[leading:]
    source = np.maximum.accumulate(np.where(wrong, 0, np.arange(len(wrong))))
    flat = np.where(wrong, bars.close[source], bars.close)
    prices = [np.where(wrong, flat, getattr(bars, name)) for name in ("open", "high", "low")]
    volume = np.where(wrong, 0.0, bars.volume)
    return Bars(bars.symbol, bars.timeframe_s, bars.ts, prices[0], prices[1], prices[2], flat, volume), leading
