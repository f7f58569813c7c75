"""Taking a file into the catalogue: read, proven or mended by the rule that is named, merged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tradewire.backtest.data.catalogue import PIECE, Catalogue, Merged
from tradewire.backtest.data.files import read
from tradewire.backtest.data.loading import proven
from tradewire.backtest.data.mending import Mended, Rule, mend
from tradewire.backtest.data.problems import BadHistory
from tradewire.backtest.data.progress import Done, silent
from tradewire.backtest.data.streaming import chunks
from tradewire.domain.bars import Bars
from tradewire.domain.timeframes import timeframe_name


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one file."""

    file: Path
    symbol: str
    timeframe_s: int
    mended: Mapping[str, int]
    told_mended: tuple[str, ...]
    merged: Merged

    def told(self) -> str:
        """Return a sentence for people: what is there now, what was replaced, what was mended."""
        name = f"{self.symbol}/{timeframe_name(self.timeframe_s)}"
        parts = [f"{self.merged.added} bars added", f"{self.merged.replaced} replaced"]
        return f"{self.file}: {name}: {', '.join([*parts, *self.told_mended])}; {self.merged.bars} bars there"

    def figures(self) -> Mapping[str, Any]:
        """Return the same for programs."""
        return {
            "symbol": self.symbol,
            "timeframe_s": self.timeframe_s,
            "added": self.merged.added,
            "replaced": self.merged.replaced,
            "bars": self.merged.bars,
            "mended": dict(self.mended),
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

    Without a rule a file may be larger than the memory: it is read and merged in pieces.

    Raises:
        BadHistory: the file cannot be read, has faults and no rule, or nothing is left of it.
    """
    if rule is None:
        with suppress(Faulty):
            return _streamed(file, catalogue, chunks(file, PIECE, symbol, timeframe_s=timeframe_s, zone=zone), done)
    reading = read(file, symbol, timeframe_s, zone)
    done(len(reading.bars))
    if rule is None:
        mended = Mended(proven(reading.bars, str(file), reading.place), {})
    else:
        mended = mend(reading.bars, rule)
        proven(mended.bars, str(file))
    if not len(mended.bars):
        raise BadHistory(f"{file}: nothing is left once its faults are mended: {', '.join(mended.told())}")
    merged, bars = catalogue.merge(mended.bars), mended.bars
    return Taken(file, bars.symbol, bars.timeframe_s, mended.counts, tuple(mended.told()), merged)


class Faulty(Exception):
    """A piece of a file cannot be used: the whole is looked at, so that all of its faults are told."""


def _streamed(file: Path, catalogue: Catalogue, pieces: Iterator[Bars], done: Done) -> Taken:
    first: list[Bars] = []

    def sound() -> Iterator[Bars]:
        read = 0
        try:
            for bars in pieces:
                if not first:
                    first.append(bars.part(0, 0))
                read += len(bars)
                done(read)
                yield bars
        except BadHistory as error:
            raise Faulty from error

    merged = catalogue.merge_pieces(sound())
    return Taken(file, first[0].symbol, first[0].timeframe_s, {}, (), merged)
