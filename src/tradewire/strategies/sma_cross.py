"""`sma-cross`: with the trend, when a fast simple moving average crosses a slow one."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from tradewire.analysis.crossings import sma_crossings
from tradewire.domain.bars import Bars
from tradewire.strategies.base import Params, Signals, Strategy
from tradewire.strategies.turns import turning


class CrossParams(Params):
    """Two averages, the fast one shorter."""

    fast: int = Field(20, ge=1, le=1000, description="Bars in the fast average.")
    slow: int = Field(100, ge=2, le=5000, description="Bars in the slow average; more than in the fast one.")

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.fast >= self.slow:
            raise ValueError(f"fast ({self.fast}) must be less than slow ({self.slow})")
        return self


class SmaCross(Strategy[CrossParams]):
    """Long when the fast average rises above the slow one, short when it falls below.

    Warm-up: the slow average of the bar before, `slow` bars.
    """

    name = "sma-cross"
    Params = CrossParams

    def warmup(self, params: CrossParams) -> int:
        """Return `slow`: a crossing looks at this bar's averages and at those of the bar before."""
        return params.slow

    def signals(self, bars: Bars, params: CrossParams) -> Signals:
        """Return the crossings."""
        return turning(*sma_crossings(bars.close, params.fast, params.slow), self.warmup(params))
