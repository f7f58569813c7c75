"""A history of bars in columns: what indicators, strategies and backtests look at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
PRICES = ("open", "high", "low", "close")


class BadBars(ValueError):
    """Bars that cannot be; the message names the first bad one (its row from 0, and its time)."""


@dataclass(frozen=True, slots=True, eq=False)
class Bars:
    """Bars of one symbol, oldest first; all columns have the same length.

    `ts` is the moment (epoch ns) at which a bar begins and rises strictly; `timeframe_s` is how long one lasts. Prices
    are floats: what is reckoned from them is a signal or a statistic, never money that is sent anywhere.
    """

    symbol: str
    timeframe_s: int
    ts: Integers
    open: Floats
    high: Floats
    low: Floats
    close: Floats
    volume: Floats

    def __len__(self) -> int:
        return len(self.ts)

    def part(self, start: int, stop: int) -> Bars:
        """Return the bars from row `start` to before row `stop`, without copying."""
        cut = slice(start, stop)
        return Bars(
            self.symbol,
            self.timeframe_s,
            self.ts[cut],
            self.open[cut],
            self.high[cut],
            self.low[cut],
            self.close[cut],
            self.volume[cut],
        )

    @classmethod
    def checked(
        cls, symbol: str, timeframe_s: int, ts: Any, open: Any, high: Any, low: Any, close: Any, volume: Any = None
    ) -> Bars:
        """Return bars from any columns of numbers, once it is proven that they can be.

        Raises:
            BadBars: columns of different lengths, a time that does not rise, a price that is not a positive number, a
                high below or a low above one of the bar's other prices, a negative volume.
        """
        times = np.ascontiguousarray(ts, np.int64)
        bars = cls(
            symbol,
            timeframe_s,
            times,
            np.ascontiguousarray(open, np.float64),
            np.ascontiguousarray(high, np.float64),
            np.ascontiguousarray(low, np.float64),
            np.ascontiguousarray(close, np.float64),
            np.zeros(len(times)) if volume is None else np.ascontiguousarray(volume, np.float64),
        )
        _check(bars)
        return bars


def _check(bars: Bars) -> None:
    lengths = {name: len(getattr(bars, name)) for name in ("ts", *PRICES, "volume")}
    if len(set(lengths.values())) != 1:
        told = ", ".join(f"{name} {length}" for name, length in lengths.items())
        raise BadBars(f"the columns differ in length: {told}")
    backward = np.flatnonzero(bars.ts[1:] <= bars.ts[:-1])
    if len(backward):
        at = int(backward[0]) + 1
        same = bars.ts[at] == bars.ts[at - 1]
        raise BadBars(f"{_place(bars, at)}: {'the same time as' if same else 'earlier than'} the bar before")
    for name in PRICES:
        column = getattr(bars, name)
        _refuse(bars, ~((column > 0) & (column < np.inf)), f"{name} {{}} is not a positive price", column)
    _refuse(bars, bars.high < np.maximum(bars.open, bars.close), "high {} is below the open or the close", bars.high)
    _refuse(bars, bars.low > np.minimum(bars.open, bars.close), "low {} is above the open or the close", bars.low)
    _refuse(bars, ~(bars.volume >= 0), "volume {} is not an amount", bars.volume)


def _refuse(bars: Bars, wrong: NDArray[np.bool_], sentence: str, column: Floats) -> None:
    if wrong.any():
        at = int(np.argmax(wrong))
        raise BadBars(f"{_place(bars, at)}: {sentence.format(column[at])}")


def _place(bars: Bars, row: int) -> str:
    return f"bar {row} ({np.datetime64(int(bars.ts[row]), 'ns')}Z)"
