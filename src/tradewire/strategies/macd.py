"""`macd`: with the trend, when MACD crosses its signal line."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from tradewire.analysis.averages import ema_memory
from tradewire.analysis.momentum import macd
from tradewire.domain.bars import Bars
from tradewire.strategies.base import Params, Signals, Strategy
from tradewire.strategies.turns import crossing


class MacdParams(Params):
    """Two averages and the smoothing of their difference."""

    fast: int = Field(12, ge=1, le=500, description="Bars in the fast average.")
    slow: int = Field(26, ge=2, le=1000, description="Bars in the slow average; more than in the fast one.")
    signal: int = Field(9, ge=1, le=500, description="Bars in the signal line.")

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.fast >= self.slow:
            raise ValueError(f"fast ({self.fast}) must be less than slow ({self.slow})")
        return self


class Macd(Strategy[MacdParams]):
    """Long when MACD rises above its signal line, short when it falls below.

    Warm-up: the memory of the slow average and then that of the signal line, which is an average of averages, and one
    bar for the bar before.
    """

    name = "macd"
    Params = MacdParams

    def warmup(self, params: MacdParams) -> int:
        """Return the memories of both smoothings, one after the other, and one bar more."""
        return ema_memory(params.slow) + ema_memory(params.signal) + 1

    def signals(self, bars: Bars, params: MacdParams) -> Signals:
        """Return the crossings."""
        line, behind = macd(bars.close, params.fast, params.slow, params.signal)
        return crossing(line, behind, self.warmup(params), bars.close)
