"""Ticks in columns, which column of a file is which, and what is wrong with some."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from tradewire.backtest.data.checking import Flags
from tradewire.backtest.data.columns import UnknownColumns
from tradewire.domain.bars import Floats, Integers
from tradewire.domain.columns import NAMES, bare, places

VALUES: Final = ("bid", "ask", "price", "volume")
_NUMBER: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_BOOLEANS: Final = ("true", "false")


@dataclass(frozen=True, slots=True, eq=False)
class Ticks:
    """Quotes or trades of one symbol, oldest first; several may have one time (epoch ns).

    `bid` and `ask` are NaN where nobody quoted, `price` (of a trade) where nobody traded; `volume` is 0 then.
    """

    symbol: str
    ts: Integers
    bid: Floats
    ask: Floats
    price: Floats
    volume: Floats

    def __len__(self) -> int:
        return len(self.ts)

    def rows(self, kept: Integers | Flags) -> Ticks:
        """Return the ticks of these rows, in this order."""
        return Ticks(self.symbol, self.ts[kept], *(getattr(self, name)[kept] for name in VALUES))

    def part(self, start: int, stop: int) -> Ticks:
        """Return the ticks from row `start` to before row `stop`, without copying."""
        cut = slice(start, stop)
        return Ticks(self.symbol, self.ts[cut], *(getattr(self, name)[cut] for name in VALUES))

    def worth(self) -> Floats:
        """Return what each tick says the price is: that of its trade, else the middle between bid and ask."""
        return np.where(np.isnan(self.price), (self.bid + self.ask) / 2, self.price)


@dataclass(frozen=True, slots=True)
class TickColumns:
    """Places (from 0) of what makes a tick; `clock` is the time of day where it stands apart from the day."""

    time: int
    bid: int | None = None
    ask: int | None = None
    price: int | None = None
    volume: int | None = None
    clock: int | None = None

    @property
    def wanted(self) -> tuple[int, ...]:
        others = (self.bid, self.ask, self.price, self.volume, self.clock)
        return (self.time, *(place for place in others if place is not None))


def are_ticks(first: Sequence[str]) -> bool:
    """Tell whether the first line of a file, or its columns, are those of ticks and not of bars."""
    if not has_names(first):
        return _maker_flag(first) is not None
    found = places(first)
    return "time" in found and not {"open", "high", "low", "close"} <= found.keys() and _priced(found)


def has_names(first: Sequence[str]) -> bool:
    """Tell whether a line holds names: no cell is a number."""
    return not any(_NUMBER.fullmatch(cell.strip()) for cell in first)


def tick_columns(header: Sequence[str]) -> TickColumns:
    """Return which column is which by their names.

    Raises:
        UnknownColumns: the time is missing, or there is neither a price nor both bid and ask.
    """
    names, found = bare(header), places(header)
    if "time" not in found or not _priced(found):
        usual = " or ".join(", ".join(repr(name) for name in NAMES[one]) for one in ("bid", "ask", "price"))
        raise UnknownColumns(f"no time, or neither bid and ask nor price, among {', '.join(header)}: name them {usual}")
    time, clock = found["time"], None
    if "date" in names and "time" in names:
        time, clock = names.index("date"), names.index("time")
    return TickColumns(time, found.get("bid"), found.get("ask"), found.get("price"), found.get("volume"), clock)


def binance_columns(first: Sequence[str]) -> TickColumns:
    """Return which column is which in Binance's trades and aggTrades without a header.

    They are id, price, quantity, …, time, whether the buyer was the maker: the time stands before the first word.

    Raises:
        UnknownColumns: it is neither.
    """
    flag = _maker_flag(first)
    if flag is None:
        raise UnknownColumns(f"{len(first)} columns and no header: write time and price, or time, bid and ask, above")
    return TickColumns(flag - 1, price=1, volume=2)


def impossible(ticks: Ticks) -> dict[str, tuple[Flags, str]]:
    """Return for each rule which ticks break it, and what it says of them."""
    quoted = ~(np.isnan(ticks.bid) & np.isnan(ticks.ask))
    priced = ~np.isnan(ticks.price)
    backward = np.zeros(len(ticks), np.bool_)
    backward[1:] = ticks.ts[1:] < np.maximum.accumulate(ticks.ts)[:-1]
    with np.errstate(invalid="ignore"):
        wrong = [priced & ~((ticks.price > 0) & (ticks.price < np.inf))]
        wrong += [(side <= 0) | (side == np.inf) for side in (ticks.bid, ticks.ask)]
        return {
            "unsorted": (backward, "earlier than a tick before"),
            "missing": (~priced & np.isnan(ticks.bid + ticks.ask), "neither a price nor both bid and ask"),
            "price": (np.logical_or.reduce(wrong), "a price is no positive number"),
            "crossed": (quoted & (ticks.bid > ticks.ask), "the bid is above the ask"),
            "volume": (~((ticks.volume >= 0) & (ticks.volume < np.inf)), "the volume is no amount"),
        }


def _priced(found: Collection[str]) -> bool:
    return {"bid", "ask"} <= set(found) or "price" in found


def _maker_flag(first: Sequence[str]) -> int | None:
    """Return the place of the first word of yes or no, where Binance's trades have it."""
    words = [place for place, cell in enumerate(first) if cell.strip().lower() in _BOOLEANS]
    return words[0] if words and words[0] >= 4 else None
