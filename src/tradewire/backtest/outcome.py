"""What a backtest came to, in columns and as plain objects."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tradewire.backtest import terms
from tradewire.domain.bars import Floats, Integers
from tradewire.exits import kernel

REASONS: Final = {
    kernel.STOP: "stop",
    kernel.TARGET: "target",
    kernel.TIME_LIMIT: "time_limit",
    kernel.SESSION_END: "session_end",
    terms.TRAILED: "trailing",
    terms.EVENED: "breakeven",
    terms.SIGNAL: "signal",
    terms.END: "end",
    terms.OPEN: "open",
    terms.LIQUIDATED: "liquidated",
}
"""Words of the codes in `Trades.reason`. `end`: closed because the bars ended; `open`: only marked there."""


class Closed(NamedTuple):
    """A trade, or the part of one that was closed at once."""

    entry_row: int
    exit_row: int
    side: str
    exit_reason: str
    entry_price: float
    exit_price: float
    quantity: float
    fees: float
    pnl: float
    funding: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Trades:
    """Closes in columns, in the order in which they happened: a trade closed in three parts is three rows.

    Rows count bars from 0; `side` is 1 or -1; `reason` a key of `REASONS`; `fees` those of the exit and the part's
    share of the entry's, `funding` its share of what holding has cost; `pnl` is net of both.
    """

    entry_row: Integers
    exit_row: Integers
    side: NDArray[np.int8]
    reason: NDArray[np.int8]
    entry_price: Floats
    exit_price: Floats
    quantity: Floats
    fees: Floats
    pnl: Floats
    funding: Floats

    def __len__(self) -> int:
        return len(self.pnl)

    def __iter__(self) -> Iterator[Closed]:
        for entry, left, side, reason, *numbers in zip(
            self.entry_row.tolist(),
            self.exit_row.tolist(),
            self.side.tolist(),
            self.reason.tolist(),
            self.entry_price.tolist(),
            self.exit_price.tolist(),
            self.quantity.tolist(),
            self.fees.tolist(),
            self.pnl.tolist(),
            self.funding.tolist(),
            strict=True,
        ):
            yield Closed(entry, left, "long" if side > 0 else "short", REASONS[reason], *numbers)


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """Trades, the equity at each bar's close, and entries that did not happen.

    `unaffordable` entries asked for more than cash and leverage pay; for `unmeasured` ones a distance (an ATR, an R, a
    risk) was not known; `untradable` ones were smaller or larger than the venue takes.
    """

    trades: Trades
    equity: Floats
    cash: float
    unaffordable: int
    unmeasured: int
    untradable: int = 0

    @property
    def equity_final(self) -> float:
        return float(self.equity[-1]) if len(self.equity) else self.cash


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Together(Outcome):
    """An outcome of several symbols: rows of trades count the bars of their own symbol, which `symbol` tells.

    `ts` are the moments of `equity`: all at which a bar begins, each once. `crowded` entries were left out because
    enough trades were open.
    """

    ts: Integers
    symbol: Integers
    crowded: int
