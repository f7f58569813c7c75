"""What a backtest hands to its report: the bars, the trades in columns, the equity after each bar, and what was set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields

import numpy as np
from numpy.typing import NDArray

from tradewire.domain.bars import Bars, Floats, Integers

Small = NDArray[np.int8]
LONG, SHORT = 1, -1
SIDES = {LONG: "long", SHORT: "short"}


class BadRun(ValueError):
    """Columns that do not fit together; the message says which."""


@dataclass(frozen=True, slots=True, eq=False)
class TradeColumns:
    """Trades, one row each; or what was closed, one row a part of a trade.

    Times are epoch ns: the beginning of the bar in which the fill happened; a fill at a bar's close bears the bar's
    end. `pnl` is net of `fees` and of `funding` (what holding has cost; below 0: brought), all in the account's money.
    `exit_reason` is a place in `reasons`, `symbol` a place in the run's bars. A trade that was closed in parts ends
    with the last of them, whose reason it bears; its exit price is theirs, weighted by quantity.
    """

    entry_ts: Integers
    exit_ts: Integers
    entry_price: Floats
    exit_price: Floats
    quantity: Floats
    pnl: Floats
    fees: Floats
    side: Small
    exit_reason: Small
    symbol: Integers
    reasons: tuple[str, ...]
    funding: Floats = field(default_factory=lambda: np.empty(0))

    def __len__(self) -> int:
        return len(self.entry_ts)

    def __post_init__(self) -> None:
        if not len(self.funding):
            object.__setattr__(self, "funding", np.zeros(len(self)))
        columns = [f.name for f in fields(self) if f.name != "reasons"]
        wrong = [name for name in columns if len(getattr(self, name)) != len(self)]
        if wrong:
            raise BadRun(f"trades: {', '.join(wrong)} differ in length from entry_ts ({len(self)})")
        if (self.exit_ts < self.entry_ts).any():
            raise BadRun(f"trade {int(np.argmax(self.exit_ts < self.entry_ts))} ends before it begins")
        if not _within(self.exit_reason, len(self.reasons)):
            raise BadRun(f"an exit_reason lies outside the {len(self.reasons)} reasons")
        for name in ("pnl", "fees", "funding", "entry_price", "exit_price", "quantity"):
            odd = np.flatnonzero(~np.isfinite(getattr(self, name)))
            if len(odd):
                raise BadRun(f"{name} of trade {odd[0]} is not a number")

    def only(self, chosen: NDArray[np.bool_] | NDArray[np.intp] | slice) -> TradeColumns:
        """Return the chosen rows."""
        columns = {f.name: getattr(self, f.name) for f in fields(self)}
        return TradeColumns(**{name: c if name == "reasons" else c[chosen] for name, c in columns.items()})


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """What trades were closed in: the rows of `closes` from `first[i]` to before `first[i + 1]` belong to trade i."""

    first: Integers
    closes: TradeColumns

    @classmethod
    def whole(cls, trades: TradeColumns) -> Parts:
        """Return trades as their own parts: each was closed at once."""
        return cls(np.arange(len(trades) + 1), trades)

    def only(self, chosen: NDArray[np.bool_] | NDArray[np.intp] | slice) -> Parts:
        """Return the parts of the chosen trades, in the order of the trades."""
        wanted = np.zeros(len(self.first) - 1, bool)
        wanted[chosen] = True
        counts = np.diff(self.first)
        first = np.concatenate(([0], np.cumsum(counts[wanted])))
        return Parts(first, self.closes.only(np.repeat(wanted, counts)))


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """One backtest, as run.

    `ts` is when each element of `equity` begins its bar (one symbol: the bars' own times; several: all their times in
    order, each once); `equity` is the account's worth at that bar's close, open positions included; `cash` is what it
    began with. `params` are the strategy's, `settings` everything else that was chosen (fees, fills, sizing). `closed`
    tells in which parts the trades were closed; without it each was closed at once.
    """

    bars: tuple[Bars, ...]
    trades: TradeColumns
    ts: Integers
    equity: Floats
    cash: float
    name: str
    params: Mapping[str, object] = field(default_factory=dict)
    settings: Mapping[str, object] = field(default_factory=dict)
    closed: Parts | None = None

    @property
    def parts(self) -> Parts:
        """The parts that the trades were closed in, one or more of each."""
        return self.closed or Parts.whole(self.trades)

    def __post_init__(self) -> None:
        if not self.bars or not len(self.ts):
            raise BadRun("a run needs bars")
        if len(self.ts) != len(self.equity):
            raise BadRun(f"{len(self.ts)} times but {len(self.equity)} values of equity")
        if not self.cash > 0:
            raise BadRun(f"cash {self.cash} is not an amount to begin with")
        if not np.isfinite(self.equity).all():
            raise BadRun(f"equity of bar {int(np.argmin(np.isfinite(self.equity)))} is not a number")
        if not _within(self.trades.symbol, len(self.bars)):
            raise BadRun(f"a trade's symbol lies outside the {len(self.bars)} symbols")
        first = self.parts.first
        if len(first) != len(self.trades) + 1 or first[0] or first[-1] != len(self.parts.closes):
            raise BadRun("the parts do not belong to these trades")
        if (np.diff(first) < 1).any():
            raise BadRun(f"trade {int(np.argmax(np.diff(first) < 1))} has no part")

    @property
    def timeframe_s(self) -> int:
        """The shortest timeframe of its bars, in seconds."""
        return min(bars.timeframe_s for bars in self.bars)


def _within(places: Integers | Small, count: int) -> bool:
    return not len(places) or 0 <= int(places.min()) <= int(places.max()) < count


def row_of(ts: Integers, moments: Integers) -> Integers:
    """Return the row of the bar in which each moment lies (the last that began by then; 0 before the first)."""
    return np.maximum(np.searchsorted(ts, moments, "right") - 1, 0).astype(np.int64)
