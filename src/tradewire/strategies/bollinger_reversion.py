"""`bollinger-reversion`: against a move that left its Bollinger band, back to the middle."""

from __future__ import annotations

from pydantic import Field

from tradewire.analysis.crossings import crosses_above, crosses_below
from tradewire.analysis.volatility import bollinger
from tradewire.domain.bars import Bars
from tradewire.strategies.base import Params, Signals, Strategy
from tradewire.strategies.turns import silent


class BollingerParams(Params):
    """The bands."""

    length: int = Field(20, ge=2, le=2000, description="Bars of the average and of the deviation.")
    width: float = Field(2.0, ge=0.1, le=10, description="Standard deviations from the average to a band.")


class BollingerReversion(Strategy[BollingerParams]):
    """Long when the close falls below the lower band, out when it rises above the middle; short above the upper band.

    Warm-up: the band of the bar before, `length` bars.
    """

    name = "bollinger-reversion"
    Params = BollingerParams

    def warmup(self, params: BollingerParams) -> int:
        """Return `length`: a crossing looks at this bar's bands and at those of the bar before."""
        return params.length

    def signals(self, bars: Bars, params: BollingerParams) -> Signals:
        """Return the crossings of the bands."""
        upper, middle, lower = bollinger(bars.close, params.length, params.width)
        warmup, close = self.warmup(params), bars.close
        return Signals(
            long_entry=silent(crosses_below(close, lower, close), warmup),
            long_exit=silent(crosses_above(close, middle, close), warmup),
            short_entry=silent(crosses_above(close, upper, close), warmup),
            short_exit=silent(crosses_below(close, middle, close), warmup),
        )
