"""How a backtest assumes that orders fill: data, with presets for ourselves and for peers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tradewire.backtest.choices import Fills
from tradewire.exits.kernel import RAISE_AFTER, RAISE_WORST, STOP_ALWAYS, STOP_INSIDE, STOP_LAST


@dataclass(frozen=True, slots=True)
class FillPolicy:
    """What bars do not tell, decided.

    `at_close`: what a strategy says at the close of a bar fills at that close; otherwise at the open of the next bar.
    `entry_bar`: stops and targets live in the bar at whose open the trade was entered; otherwise from the next one on.
    `open_first`: what the strategy said fills at the open, before stops and targets of the bar are looked at. Without
    it they go first, although they come later, and a trade that they end takes the strategy's word of that open along.
    `entry_high`: where stops and targets live from the next bar on only, the high of the entry bar counts nevertheless:
    the stop is trailed by it, or set to breakeven, when that bar is over.
    `stop_first`: what goes first in a bar that reaches stop and targets (`exits.kernel.STOP_…`).
    `raises`: when the bar's high may raise the stop (`exits.kernel.RAISE_…`).
    `close_at_end`: a trade that is open after the last bar closes at its close; otherwise it is marked there.
    """

    at_close: bool = False
    entry_bar: bool = True
    open_first: bool = True
    stop_first: int = STOP_INSIDE
    raises: int = RAISE_WORST
    close_at_end: bool = True
    entry_high: bool = False


PESSIMISTIC: Final = FillPolicy()
"""The default: where a bar leaves it open, the trade gets the worse."""
OPTIMISTIC: Final = FillPolicy(stop_first=STOP_LAST, raises=RAISE_AFTER)
VECTORBT: Final = FillPolicy(
    entry_bar=False, open_first=False, stop_first=STOP_ALWAYS, raises=RAISE_AFTER, close_at_end=False
)
"""vectorbt's `from_signals` with signals moved by a bar, `price=open` and `stop_entry_price="fillprice"`."""
BACKTESTING: Final = FillPolicy(
    entry_bar=False, entry_high=True, stop_first=STOP_ALWAYS, raises=RAISE_AFTER, close_at_end=False
)
"""backtesting.py, where `next` sets the exits of the trades that it sees, so that they act from the bar after the fill.

Stop and target: `trade.sl = trade.entry_price * 0.98` and `trade.tp = trade.entry_price * 1.04` once; a trailing stop:
`trade.sl = max(trade.sl or 0, self.data.High[-1] * 0.98)` at every bar, that of the entry included. `finalize_trades`
is left off, as it is by default: what is open after the last bar stays open (on, it would close at that bar's open).
"""

POLICIES: Final = {
    Fills.PESSIMISTIC: PESSIMISTIC,
    Fills.OPTIMISTIC: OPTIMISTIC,
    Fills.VECTORBT: VECTORBT,
    Fills.BACKTESTING: BACKTESTING,
}
