"""Files of ticks: MetaTrader's exports, Binance's trades and aggTrades, CSV and Parquet with names.

Importing it costs what polars costs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from tradewire.backtest.data.files import COLUMNAR, floats, frames, names_of, opened, symbol_of, times_of
from tradewire.backtest.data.problems import BadHistory
from tradewire.backtest.data.texts import Shape, Table, first_line, text_pieces
from tradewire.backtest.data.ticks import TickColumns, Ticks, are_ticks, binance_columns, has_names, tick_columns
from tradewire.domain.bars import Floats

ROWS: Final = 500_000
"""How many ticks are in memory at once."""
TICKS: Final = Shape(has_names, tick_columns, binance_columns)


@dataclass(frozen=True, slots=True)
class TickReading:
    """A piece of a file, unchecked."""

    ticks: Ticks
    table: Table[TickColumns]

    def place(self, row: int) -> str:
        """Say where a tick stands in the file."""
        return self.table.place(row, self.table.columns.time).partition(",")[0]


def holds_ticks(path: Path) -> bool:
    """Tell whether a file is one of ticks.

    Raises:
        BadHistory: it cannot be read.
    """
    with opened(path):
        return are_ticks(names_of(path) if path.suffix in COLUMNAR else first_line(path))


def read_ticks(
    path: Path, symbol: str | None = None, zone: str | None = None, rows: int = ROWS
) -> Iterator[TickReading]:
    """Yield the ticks of a file as they stand, in pieces; only one is in memory.

    A bid or an ask that is left empty is the one before, as in MetaTrader's exports, unless the tick has a price.

    Raises:
        BadHistory: a column is missing, a cell cannot be read, or no tick is there.
    """
    name, bid, ask, found = symbol or symbol_of(path), np.nan, np.nan, False
    with opened(path):
        tables = frames(path, rows, tick_columns) if path.suffix in COLUMNAR else text_pieces(path, rows, TICKS)
        for table in tables:
            if not len(table.frame):
                continue
            ticks = _read(path, table, name, zone, bid, ask)
            bid, ask, found = float(ticks.bid[-1]), float(ticks.ask[-1]), True
            yield TickReading(ticks, table)
    if not found:
        raise BadHistory(f"{path}: no ticks")


def _read(path: Path, table: Table[TickColumns], symbol: str, zone: str | None, bid: float, ask: float) -> Ticks:
    columns = table.columns
    times = times_of(path, table, zone)
    sides = [
        _carried(floats(table, place), before) if place is not None else np.full(len(times), np.nan)
        for place, before in ((columns.bid, bid), (columns.ask, ask))
    ]
    price = np.full(len(times), np.nan) if columns.price is None else floats(table, columns.price)
    volume = np.zeros(len(times)) if columns.volume is None else floats(table, columns.volume)
    if columns.bid is not None:  # MetaTrader leaves them empty, or writes 0, where nobody traded
        price, volume = np.where(price == 0, np.nan, price), np.where(np.isnan(volume), 0.0, volume)
    return Ticks(symbol, times, sides[0], sides[1], price, volume)


def _carried(column: Floats, before: float) -> Floats:
    """Return the column with the value before in its empty places."""
    known = ~np.isnan(column)
    last = np.maximum.accumulate(np.where(known, np.arange(len(column)), -1))
    return np.where(last >= 0, column[last], before)
