"""`ema-cross`: with the trend, when a fast exponential moving average crosses a slow one."""

from __future__ import annotations

from tradewire.analysis.averages import ema, ema_memory
from tradewire.domain.bars import Bars
from tradewire.strategies.base import Signals, Strategy
from tradewire.strategies.sma_cross import CrossParams
from tradewire.strategies.turns import crossing


class EmaCross(Strategy[CrossParams]):
    """Long when the fast average rises above the slow one, short when it falls below.

    Warm-up: until the slow average has forgotten where it began (1e-9 of a price is left), and one bar for the bar
    before. A crossing counts from 1e-9 of the price on, so that what is left cannot make one.
    """

    name = "ema-cross"
    Params = CrossParams

    def warmup(self, params: CrossParams) -> int:
        """Return the memory of the slow average and one bar more."""
        return ema_memory(params.slow) + 1

    def signals(self, bars: Bars, params: CrossParams) -> Signals:
        """Return the crossings."""
        return crossing(ema(bars.close, params.fast), ema(bars.close, params.slow), self.warmup(params))
