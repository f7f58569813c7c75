"""`supertrend`: with the trend that a line of average true ranges below or above the price tells."""

from __future__ import annotations

import numpy as np
from pydantic import Field

from tradewire.analysis.averages import rma_memory
from tradewire.analysis.channels import supertrend
from tradewire.analysis.volatility import atr
from tradewire.domain.bars import Bars
from tradewire.strategies.base import Params, Signals, Strategy
from tradewire.strategies.turns import turning


class SupertrendParams(Params):
    """The line and how long it is remembered."""

    length: int = Field(10, ge=1, le=200, description="Bars of the average true range.")
    multiple: float = Field(3.0, ge=0.1, le=20, description="Average true ranges from the middle of a bar to the line.")
    memory: int = Field(1000, ge=50, le=20_000, description="Bars in which a trend has to show itself once.")


class Supertrend(Strategy[SupertrendParams]):
    """Long when the trend turns up, short when it turns down.

    Warm-up: until the average true range has forgotten where it began; only from there on the line is drawn, for its
    ratchet would keep an error for ever. Then `memory` bars: a line knows no bound to the age of its trend, but what
    it was at the beginning is forgotten once an up trend and a down trend followed from there have come to the same,
    and before that nothing is said.
    """

    name = "supertrend"
    Params = SupertrendParams

    def warmup(self, params: SupertrendParams) -> int:
        """Return the memory of the average true range, `memory`, and one bar for the bar before."""
        return self._settled(params) + params.memory + 1

    def signals(self, bars: Bars, params: SupertrendParams) -> Signals:
        """Return the turns of the trend."""
        reach = params.multiple * atr(bars.high, bars.low, bars.close, params.length)
        reach[: self._settled(params)] = np.nan
        trend, _ = supertrend(bars.high, bars.low, bars.close, reach)
        before = np.concatenate((np.zeros(1, np.int8), trend))[: len(trend)]
        return turning((trend > 0) & (before < 0), (trend < 0) & (before > 0), self.warmup(params))

    def _settled(self, params: SupertrendParams) -> int:
        return rma_memory(params.length) + 1
