"""Bars made of ticks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import numpy as np

from tradewire.backtest.data.ticks import Ticks
from tradewire.domain.bars import PRICES, Bars, Floats

SECOND: Final = 1_000_000_000
SIDES: Final = ("price", "bid", "ask", "mid")


def bars_of(pieces: Iterable[Ticks], timeframe_s: int, side: str | None = None) -> Iterator[Bars]:
    """Yield bars of ticks that come in pieces and in order: first, highest, lowest and last price, sum of the volume.

    `side` is what a price is: `price` of trades, `bid`, `ask`, `mid`; none: that of a trade, else the middle. Bars
    begin at whole timeframes since 1970 (UTC); where there is no such price none is made. Each bar is yielded once,
    when it is over or the ticks are; the last one may be incomplete.
    """
    width, rest = timeframe_s * SECOND, None
    for ticks in pieces:
        made = _made(ticks, width, timeframe_s, side)
        if not len(made):
            continue
        if rest is not None:
            made = _joined(rest, made)
        if len(made) > 1:
            yield made.part(0, len(made) - 1)
        rest = made.part(len(made) - 1, len(made))
    if rest is not None:
        yield rest


def gathered(pieces: Iterable[Bars]) -> Bars | None:
    """Return all bars as one history, None where there is none."""
    parts = list(pieces)
    if not parts:
        return None
    columns = [np.concatenate([getattr(part, name) for part in parts]) for name in ("ts", *PRICES, "volume")]
    return Bars(parts[0].symbol, parts[0].timeframe_s, *columns)


def _made(ticks: Ticks, width: int, timeframe_s: int, side: str | None) -> Bars:
    price = _side(ticks, side)
    there = np.flatnonzero(~np.isnan(price))
    price, volume, begin = price[there], ticks.volume[there], ticks.ts[there] // width * width
    if not len(there):
        return Bars(ticks.symbol, timeframe_s, begin, price, price, price, price, volume)
    first = np.flatnonzero(np.concatenate(([True], begin[1:] != begin[:-1])))
    last = np.concatenate((first[1:], [len(begin)])) - 1
    return Bars(
        ticks.symbol,
        timeframe_s,
        begin[first],
        price[first],
        np.maximum.reduceat(price, first),
        np.minimum.reduceat(price, first),
        price[last],
        np.add.reduceat(volume, first),
    )


def _side(ticks: Ticks, side: str | None) -> Floats:
    if side in (None, "mid"):
        return ticks.worth() if side is None else (ticks.bid + ticks.ask) / 2
    column: Floats = getattr(ticks, str(side))
    return column


def _joined(rest: Bars, made: Bars) -> Bars:
    """Return the bars with the one before them, which the first of them may go on."""
    both = [np.concatenate((getattr(rest, name), getattr(made, name))) for name in ("ts", *PRICES, "volume")]
    if rest.ts[0] == made.ts[0]:
        ts, opened, high, low, close, volume = both
        high[1], low[1] = max(high[:2]), min(low[:2])
        opened[1], volume[1] = opened[0], volume[0] + volume[1]
        both = [column[1:] for column in (ts, opened, high, low, close, volume)]
    return Bars(made.symbol, made.timeframe_s, *both)
