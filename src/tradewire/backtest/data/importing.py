"""Taking a file into the catalogue: read, mended if a rule is named, proven, merged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tradewire.backtest.data.catalogue import Catalogue, Merged
from tradewire.backtest.data.files import read
from tradewire.backtest.data.loading import proven
from tradewire.backtest.data.mending import Mended, Rule, mend
from tradewire.backtest.data.problems import BadHistory
from tradewire.backtest.data.progress import Done, silent
from tradewire.domain.timeframes import timeframe_name


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one file."""

    file: Path
    mended: Mended
    merged: Merged

    def told(self) -> str:
        """Return a sentence for people: what is there now, what was replaced, what was mended."""
        bars = self.mended.bars
        name = f"{bars.symbol}/{timeframe_name(bars.timeframe_s)}"
        parts = [f"{self.merged.added} bars added", f"{self.merged.replaced} replaced"]
        return f"{self.file}: {name}: {', '.join([*parts, *self.mended.told()])}; {self.merged.bars} bars there"

    def figures(self) -> Mapping[str, Any]:
        """Return the same for programs."""
        return {
            "symbol": self.mended.bars.symbol,
            "timeframe_s": self.mended.bars.timeframe_s,
            "added": self.merged.added,
            "replaced": self.merged.replaced,
            "bars": self.merged.bars,
            "mended": dict(self.mended.counts),
        }


def take(
    file: Path,
    catalogue: Catalogue,
    symbol: str | None = None,
    timeframe_s: int | None = None,
    zone: str | None = None,
    rule: Rule | None = None,
    done: Done = silent,
) -> Taken:
    """Keep the bars of a file; without a rule impossible ones refuse it. `done` hears how many were read.

    Raises:
        BadHistory: the file cannot be read, has faults and no rule, or nothing is left of it.
    """
    reading = read(file, symbol, timeframe_s, zone)
    done(len(reading.bars))
    if rule is None:
        mended = Mended(proven(reading.bars, str(file), reading.place), {})
    else:
        mended = mend(reading.bars, rule)
        proven(mended.bars, str(file))
    if not len(mended.bars):
        raise BadHistory(f"{file}: nothing is left once its faults are mended: {', '.join(mended.told())}")
    return Taken(file, mended, catalogue.merge(mended.bars))
