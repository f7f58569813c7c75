"""`rsi-momentum`: with the move, once the relative strength index shows that there is one."""

from __future__ import annotations

from typing import Self

import numpy as np
from pydantic import Field, model_validator

from tradewire.analysis.averages import rma_memory
from tradewire.analysis.crossings import crosses_above, crosses_below
from tradewire.analysis.momentum import rsi
from tradewire.domain.bars import Bars
from tradewire.strategies.base import Params, Signals, Strategy
from tradewire.strategies.turns import silent


class RsiParams(Params):
    """The index and the levels that it crosses."""

    length: int = Field(14, ge=2, le=500, description="Bars of the index.")
    upper: float = Field(60, ge=50, le=99, description="Long when the index rises above this; more than `middle`.")
    lower: float = Field(40, ge=1, le=50, description="Short when the index falls below this; less than `middle`.")
    middle: float = Field(50, ge=1, le=99, description="A long ends below this, a short above it.")

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.lower < self.middle < self.upper:
            raise ValueError(f"lower ({self.lower:g}) < middle ({self.middle:g}) < upper ({self.upper:g}) is needed")
        return self


class RsiMomentum(Strategy[RsiParams]):
    """Long when the index rises above `upper`, out when it falls below `middle`; short below `lower`.

    Warm-up: until Wilder's averages have forgotten where they began, one bar for the first change and one for the bar
    before.
    """

    name = "rsi-momentum"
    Params = RsiParams

    def warmup(self, params: RsiParams) -> int:
        """Return the memory of Wilder's average and two bars more."""
        return rma_memory(params.length) + 2

    def signals(self, bars: Bars, params: RsiParams) -> Signals:
        """Return the crossings of the levels."""
        index = rsi(bars.close, params.length)
        upper, middle, lower = (np.full(len(bars), level) for level in (params.upper, params.middle, params.lower))
        warmup = self.warmup(params)
        return Signals(
            long_entry=silent(crosses_above(index, upper), warmup),
            long_exit=silent(crosses_below(index, middle), warmup),
            short_entry=silent(crosses_below(index, lower), warmup),
            short_exit=silent(crosses_above(index, middle), warmup),
        )
