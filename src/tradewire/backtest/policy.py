"""How a backtest assumes that orders fill: data, with presets for ourselves and for peers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tradewire.backtest.choices import Fills
from tradewire.exits.kernel import RAISE_AFTER, RAISE_WORST


@dataclass(frozen=True, slots=True)
class FillPolicy:
    """What bars do not tell, decided.

    `at_close`: what a strategy says at the close of a bar fills at that close; otherwise at the open of the next bar.
    `entry_bar`: stops and targets live in the bar at whose open the trade was entered; otherwise from the next one on.
    `open_first`: what the strategy said fills at the open, before stops and targets of the bar are looked at. Without
    it they go first, although they come later, and a trade that they end takes the strategy's word of that open along.
    `stop_first`: in a bar that reaches both, the stop goes before the targets (at the open the open decides).
    `raises`: when the bar's high may raise the stop (`exits.kernel.RAISE_…`).
    `close_at_end`: a trade that is open after the last bar closes at its close; otherwise it is marked there.
    """

    at_close: bool = False
    entry_bar: bool = True
    open_first: bool = True
    stop_first: bool = True
    raises: int = RAISE_WORST
    close_at_end: bool = True


PESSIMISTIC: Final = FillPolicy()
"""The default: where a bar leaves it open, the trade gets the worse."""
OPTIMISTIC: Final = FillPolicy(stop_first=False, raises=RAISE_AFTER)
VECTORBT: Final = FillPolicy(entry_bar=False, open_first=False, raises=RAISE_AFTER, close_at_end=False)
"""vectorbt's `from_signals` with signals moved by a bar, `price=open` and `stop_entry_price="fillprice"`."""
BACKTESTING: Final = FillPolicy(entry_bar=False, raises=RAISE_AFTER)
"""backtesting.py, where a strategy sets stop and target of a trade once it sees the fill."""

POLICIES: Final = {
    Fills.PESSIMISTIC: PESSIMISTIC,
    Fills.OPTIMISTIC: OPTIMISTIC,
    Fills.VECTORBT: VECTORBT,
    Fills.BACKTESTING: BACKTESTING,
}
