"""From a strategy's columns of flags to its words."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tradewire.backtest import machine
from tradewire.backtest.machine import still
from tradewire.backtest.words import MEANINGS, Flags, Words
from tradewire.domain.bars import Bars, Floats, Integers
from tradewire.strategies.base import Signals

FLAGS = ("long_entry", "long_exit", "short_entry", "short_exit")
FEW = 65_536
"""Room for words that is made at first: memory that is not touched need not be cleared."""


class BadSignals(ValueError):
    """Columns of a strategy that do not fit its bars."""


def words_of(bars: Bars, signals: Signals, atr: Floats | None = None, *, at_close: bool = False) -> Words:
    """Return what is to be done where, from flags that hold one element a bar; nothing follows from the last bar's.

    Raises:
        BadSignals: columns that do not fit the bars.
    """
    flags = [_flags(bars, name, getattr(signals, name)) for name in FLAGS]
    count, room = FEW, 0
    while count > room:
        room = count
        rows, codes = np.empty(room, np.int64), np.empty(room, np.int8)
        count = machine.gathered()(*flags, MEANINGS, rows, codes)
    if count and rows[count - 1] == len(bars) - 1:
        count -= 1
    said = rows[:count].copy()
    heard = said if at_close else said + 1
    return Words(
        heard,
        (bars.close if at_close else bars.open)[heard],
        bars.ts[said + 1],
        codes[:count].copy(),
        sizes=_floats(bars, "size", signals.size, said),
        distances=_floats(bars, "stop_distance", signals.stop_distance, said),
        atr=_floats(bars, "atr", atr, said),
    )


def _flags(bars: Bars, name: str, column: Flags) -> NDArray[np.uint64]:
    _fits(bars, name, column)
    if column.dtype != np.bool_:
        raise BadSignals(f"{name} holds {column.dtype}, not True and False")
    if len(column) % 8 == 0 and column.flags.c_contiguous and column.ctypes.data % 8 == 0:
        return still(column.view(np.uint64))
    eights = np.zeros(-(-len(column) // 8), np.uint64)
    eights.view(np.bool_)[: len(column)] = column
    return still(eights)


def _floats(bars: Bars, name: str, column: Floats | None, rows: Integers) -> Floats:
    if column is None:
        return np.empty(0)
    _fits(bars, name, column)
    return np.asarray(column, np.float64)[rows]


def _fits(bars: Bars, name: str, column: NDArray[Any]) -> None:
    if np.shape(column) != (len(bars),):
        raise BadSignals(
            f"{name} has the shape {np.shape(column)} where one element for each of {len(bars)} bars is due"
        )
