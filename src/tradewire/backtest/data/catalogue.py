"""What was imported: one Parquet file a symbol and timeframe, `SYMBOL/60s.parquet`, all with one schema.

Importing it costs what polars costs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Final

import polars as pl

from tradewire.backtest.data.checking import gaps_after
from tradewire.backtest.data.merging import Merging
from tradewire.backtest.data.parquet import write_pieces
from tradewire.backtest.data.problems import BadHistory
from tradewire.domain.bars import PRICES, Bars
from tradewire.domain.timeframes import timeframe_name

SCHEMA: Final = {"ts": pl.Datetime("ns", "UTC")} | dict.fromkeys((*PRICES, "volume"), pl.Float64())
PIECE: Final = 500_000
"""How many bars of a history are in memory while it is merged."""
_SYMBOL: Final = re.compile(r"[A-Z0-9][A-Z0-9._]{0,39}", re.ASCII)
_FILE: Final = re.compile(r"(\d+)s\.parquet", re.ASCII)


@dataclass(frozen=True, slots=True)
class Kept:
    """One history: its first and last bar (epoch ns), how many bars, and how many times some are missing."""

    symbol: str
    timeframe_s: int
    first: int
    last: int
    bars: int
    gaps: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Merged:
    """What an import did: bars that were not there, that replaced others, and all that are there now."""

    path: Path
    added: int
    replaced: int
    bars: int


class Catalogue:
    """The histories under a directory, which need not be there yet."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def path(self, symbol: str, timeframe_s: int) -> Path:
        """Return where a history lies.

        Raises:
            BadHistory: the symbol cannot name a directory.
        """
        if not _SYMBOL.fullmatch(symbol):
            raise BadHistory(f"{symbol!r} is not a symbol: name one such as BTCUSDT")
        return self._root / symbol / f"{timeframe_s}s.parquet"

    def names(self) -> Iterator[tuple[str, int]]:
        """Yield symbol and timeframe (s) of what is there, in order."""
        files = self._root.glob("*/*.parquet") if self._root.is_dir() else ()
        found = ((path.parent.name, _FILE.fullmatch(path.name)) for path in files)
        yield from sorted((symbol, int(match[1])) for symbol, match in found if match)

    def read(self, symbol: str, timeframe_s: int) -> Bars:
        """Return a history.

        Raises:
            BadHistory: it is not there (what is, is told), or its file is broken.
        """
        path = self._there(symbol, timeframe_s)
        with whole(path):
            return _bars(symbol, timeframe_s, pl.read_parquet(path))

    def pieces(self, symbol: str, timeframe_s: int, rows: int) -> Iterator[Bars]:
        """Yield a history in pieces of so many bars; only one is in memory.

        Raises:
            BadHistory: as for `read`.
        """
        path, first = self._there(symbol, timeframe_s), 0
        with whole(path):
            scan = pl.scan_parquet(path)
            while len(frame := scan.slice(first, rows).collect()):
                yield _bars(symbol, timeframe_s, frame)
                first += len(frame)

    def _there(self, symbol: str, timeframe_s: int) -> Path:
        path = self.path(symbol, timeframe_s)
        if not path.is_file():
            there = ", ".join(f"{name}/{timeframe_name(length)}" for name, length in self.names()) or "nothing yet"
            raise BadHistory(f"{symbol}/{timeframe_name(timeframe_s)} was not imported; there is {there}")
        return path

    def merge(self, bars: Bars) -> Merged:
        """Add bars to their history; of the same time the new one stays. The file is replaced in one step.

        Raises:
            BadHistory: a symbol that cannot be a name, or what is there is broken or cannot be written.
        """
        return self.merge_pieces([bars])

    def merge_pieces(self, pieces: Iterable[Bars]) -> Merged:
        """Do the same with bars of one history that come in pieces, in order; only a few pieces are in memory.

        Raises:
            BadHistory: as for `merge`; or no piece came.
        """
        coming = iter(pieces)
        first = next(coming, None)
        if first is None:
            raise BadHistory("no bars to keep")
        path = self.path(first.symbol, first.timeframe_s)
        there = self.pieces(first.symbol, first.timeframe_s, PIECE) if path.is_file() else iter(())
        merging = Merging(there, chain([first], coming))
        try:
            bars = write_pieces(path, map(_frame, merging.pieces()))
        except OSError as error:
            raise BadHistory(f"{path} cannot be written: {error.strerror}") from error
        return Merged(path, bars - merging.there, merging.replaced, bars)

    def kept(self, symbol: str, timeframe_s: int) -> Kept:
        """Return what there is to say of a history.

        Raises:
            BadHistory: its file is broken.
        """
        bars = self.read(symbol, timeframe_s)
        gaps = int((gaps_after(bars.ts, timeframe_s) > 0).sum())
        size = self.path(symbol, timeframe_s).stat().st_size
        return Kept(symbol, timeframe_s, int(bars.ts[0]), int(bars.ts[-1]), len(bars), gaps, size)


@contextmanager
def whole(path: Path) -> Iterator[None]:
    """Say that a file is broken where it cannot be read."""
    try:
        yield
    except (OSError, pl.exceptions.PolarsError) as error:
        raise BadHistory(f"{path} is broken: {str(error).partition(chr(10))[0]}; import it again") from error


def _bars(symbol: str, timeframe_s: int, frame: pl.DataFrame) -> Bars:
    columns = [frame[name].cast(kind).to_physical().to_numpy() for name, kind in SCHEMA.items()]
    ts, opened, high, low, close, volume = columns
    return Bars(symbol, timeframe_s, ts, opened, high, low, close, volume)


def _frame(bars: Bars) -> pl.DataFrame:
    frame = pl.DataFrame({name: getattr(bars, name) for name in SCHEMA})
    return frame.with_columns(pl.col("ts").cast(SCHEMA["ts"]))
