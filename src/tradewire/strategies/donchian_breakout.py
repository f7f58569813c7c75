"""`donchian-breakout`: with a close beyond the highest or lowest price of many bars (the turtles' way)."""

from __future__ import annotations

import numpy as np
from pydantic import Field

from tradewire.analysis.channels import highest, lowest
from tradewire.domain.bars import Bars, Floats
from tradewire.strategies.base import Params, Signals, Strategy
from tradewire.strategies.turns import silent


class DonchianParams(Params):
    """The channel that is broken and the one that ends a trade."""

    entry: int = Field(20, ge=1, le=2000, description="Bars before this one whose high or low must be passed to enter.")
    exit: int = Field(10, ge=1, le=2000, description="Bars before this one whose low or high, when passed, ends it.")


class DonchianBreakout(Strategy[DonchianParams]):
    """Long when the close passes the highest high of the `entry` bars before it, short when the lowest low.

    A long ends when the close falls below the lowest low of the `exit` bars before it. Warm-up: the longer channel.
    """

    name = "donchian-breakout"
    Params = DonchianParams

    def warmup(self, params: DonchianParams) -> int:
        """Return the length of the longer channel."""
        return max(params.entry, params.exit)

    def signals(self, bars: Bars, params: DonchianParams) -> Signals:
        """Return the breakouts."""
        warmup = self.warmup(params)
        return Signals(
            long_entry=silent(bars.close > _before(highest(bars.high, params.entry)), warmup),
            long_exit=silent(bars.close < _before(lowest(bars.low, params.exit)), warmup),
            short_entry=silent(bars.close < _before(lowest(bars.low, params.entry)), warmup),
            short_exit=silent(bars.close > _before(highest(bars.high, params.exit)), warmup),
        )


def _before(line: Floats) -> Floats:
    """Return the line as it stood a bar before."""
    return np.concatenate(([np.nan], line))[: len(line)]
