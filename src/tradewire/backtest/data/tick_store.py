"""Ticks that were imported: one Parquet file a symbol, `SYMBOL/ticks.parquet`, all with one schema.

Importing it costs what polars costs.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from tradewire.backtest.data.catalogue import Catalogue, whole
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
        path = self.path(symbol)
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(prefix=".ticks-", dir=path.parent) as folder:
                parts, first, last = _parts(Path(folder), pieces)
                new = [pl.scan_parquet(part) for part in parts]
                if path.is_file():
                    there, time = pl.scan_parquet(path), pl.col("ts").to_physical()
                    new = [there.filter(time < first), *new, there.filter(time > last)]
                made = Path(folder) / "ticks.parquet"
                with whole(path):
                    pl.concat(new).sink_parquet(made, compression="lz4", row_group_size=131_072)
                    counts = [pl.scan_parquet(one).select(pl.len()).collect().item() for one in (*parts, made)]
                with made.open("rb") as file:
                    os.fsync(file.fileno())
                made.replace(path)
        except OSError as error:
            raise BadHistory(f"{path} cannot be written: {error.strerror}") from error
        return sum(counts[:-1]), counts[-1]

    def _there(self, symbol: str) -> Path:
        path = self.path(symbol)
        if not path.is_file():
            there = ", ".join(f"{name}/ticks" for name in self.names()) or "nothing yet"
            raise BadHistory(f"{symbol}/ticks was not imported; there is {there}")
        return path


def _parts(folder: Path, pieces: Iterable[Ticks]) -> tuple[list[Path], int, int]:
    """Write each piece to a file; return them, and the first and the last time."""
    parts: list[Path] = []
    first = last = 0
    for ticks in pieces:
        if not len(ticks):
            continue
        first, last = (first if parts else int(ticks.ts[0])), int(ticks.ts[-1])
        parts.append(folder / f"{len(parts)}.parquet")
        frame = pl.DataFrame({name: getattr(ticks, name) for name in ("ts", *VALUES)})
        frame.with_columns(pl.col("ts").cast(SCHEMA["ts"])).write_parquet(parts[-1], compression="lz4")
    if not parts:
        raise BadHistory("nothing is left of the ticks once their faults are left out")
    return parts, first, last
