"""Ticks that were imported: one Parquet file a symbol, `SYMBOL/ticks.parquet`, all with one schema.

Importing it costs what polars costs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl

from tradewire.backtest.data.catalogue import Catalogue, whole
from tradewire.backtest.data.parquet import write_pieces
from tradewire.backtest.data.problems import BadHistory
from tradewire.backtest.data.ticks import VALUES, Ticks

SCHEMA: Final = {"ts": pl.Datetime("ns", "UTC")} | dict.fromkeys(VALUES, pl.Float64())


@dataclass(frozen=True, slots=True)
class KeptTicks:
    """The ticks of a symbol: their first and last time (epoch ns), and how many there are."""

    symbol: str
    first: int
    last: int
    ticks: int
    bytes: int


class TickStore:
    """The ticks under a directory, which need not be there yet."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def path(self, symbol: str) -> Path:
        """Return where the ticks of a symbol lie.

        Raises:
            BadHistory: the symbol cannot name a directory.
        """
        return Catalogue(self._root).path(symbol, 1).with_name("ticks.parquet")

    def names(self) -> Iterator[str]:
        """Yield the symbols whose ticks are there, in order."""
        files = self._root.glob("*/ticks.parquet") if self._root.is_dir() else ()
        yield from sorted(path.parent.name for path in files)

    def pieces(self, symbol: str, rows: int = 500_000) -> Iterator[Ticks]:
        """Yield the ticks of a symbol in pieces; only one is in memory.

        Raises:
            BadHistory: they are not there (what is, is told), or their file is broken.
        """
        path, first = self._there(symbol), 0
        with whole(path):
            scan = pl.scan_parquet(path)
            while len(frame := scan.slice(first, rows).collect()):
                yield Ticks(symbol, *(frame[name].cast(kind).to_physical().to_numpy() for name, kind in SCHEMA.items()))
                first += len(frame)

    def kept(self, symbol: str) -> KeptTicks:
        """Return what there is to say of a symbol's ticks.

        Raises:
            BadHistory: they are not there, or their file is broken.
        """
        path = self._there(symbol)
        with whole(path):
            time = pl.col("ts").to_physical()
            scan = pl.scan_parquet(path).select(time.min().alias("first"), time.max().alias("last"), pl.len())
            first, last, count = scan.collect().row(0)
        return KeptTicks(symbol, first, last, count, path.stat().st_size)

    def merge(self, symbol: str, pieces: Iterable[Ticks]) -> tuple[int, int]:
        """Put ticks, in order, in the place of all between the first and the last of them; the file at once.

        Returns how many are new and how many are there now.

        Raises:
            BadHistory: the symbol cannot be a name, or what is there is broken or cannot be written.
        """
        path, coming = self.path(symbol), (piece for piece in pieces if len(piece))
        head = next(coming, None)
        if head is None:
            raise BadHistory("nothing is left of the ticks once their faults are left out")
        new = _Counted(chain([head], coming))
        try:
            there = write_pieces(path, map(_frame, self._among(path, symbol, int(head.ts[0]), new)))
        except OSError as error:
            raise BadHistory(f"{path} cannot be written: {error.strerror}") from error
        return new.count, there

    def _among(self, path: Path, symbol: str, first: int, new: _Counted) -> Iterator[Ticks]:
        """Yield what is there before the new ticks, these, and what is there after them."""
        if not path.is_file():
            yield from new
            return
        for old in self.pieces(symbol):
            if cut := int(np.searchsorted(old.ts, first, "left")):
                yield old.part(0, cut)
            if cut < len(old):
                break
        yield from new
        for old in self.pieces(symbol):
            cut = int(np.searchsorted(old.ts, new.last, "right"))
            if cut < len(old):
                yield old.part(cut, len(old))

    def _there(self, symbol: str) -> Path:
        path = self.path(symbol)
        if not path.is_file():
            there = ", ".join(f"{name}/ticks" for name in self.names()) or "nothing yet"
            raise BadHistory(f"{symbol}/ticks was not imported; there is {there}")
        return path


class _Counted:
    """Pieces of ticks, with how many there were and the last moment, once they are through."""

    def __init__(self, pieces: Iterable[Ticks]) -> None:
        self.count = self.last = 0
        self._pieces = pieces

    def __iter__(self) -> Iterator[Ticks]:
        for ticks in self._pieces:
            self.count, self.last = self.count + len(ticks), int(ticks.ts[-1])
            yield ticks


def _frame(ticks: Ticks) -> pl.DataFrame:
    return pl.DataFrame({name: getattr(ticks, name) for name in SCHEMA}).with_columns(pl.col("ts").cast(SCHEMA["ts"]))
