"""The kinds of market, the figures that decide them, and what a trend takes; `analysis/regime.py` judges."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct
from pydantic import Field

from tradewire.domain.moments import SECOND
from tradewire.domain.policy import Policy


class Regime(StrEnum):
    """The kind of a market."""

    BULL = "bull"
    BEAR = "bear"
    LATERAL = "lateral"


class Thresholds(Policy):
    """What a trend takes. The defaults fit prices that move like a random walk of any volatility."""

    length: int = Field(default=100, ge=20, le=1000, description="bars of efficiency, slope and volatility")
    adx_length: int = Field(default=14, ge=2, le=100, description="bars of ADX and of the average true range")
    adx: float = Field(default=20, ge=0, le=100, description="least ADX of a trend")
    efficiency: float = Field(default=0.25, ge=0, le=1, description="least efficiency ratio of a trend")
    t: float = Field(default=3, ge=0, le=100, description="least t-statistic of a trend's slope, either way")
    keep: float = Field(default=0.6, ge=0, le=1, description="share of the three below which a trend is over")

    @property
    def warmup(self) -> int:
        """How many bars before a bar its figures need."""
        return max(self.length, 8 * self.adx_length)

    @property
    def window(self) -> int:
        """How many bars are looked at: by then ADX has forgotten what was before."""
        return self.warmup + 16 * self.adx_length


class Figures(Struct, frozen=True, kw_only=True):
    """What a label is made of. `slope` and `volatility` (standard deviation) in percent a bar, `slope_atr` in ATRs."""

    adx: float
    efficiency: float
    slope: float
    slope_atr: float
    t: float
    volatility: float

    @property
    def told(self) -> str:
        """The figures in words."""
        return (
            f"ADX {self.adx:.1f}, efficiency {self.efficiency:.2f}, slope {self.slope:+.3f} % a bar "
            f"({self.slope_atr:+.2f} ATR, t {self.t:+.1f}), volatility {self.volatility:.2f} % a bar"
        )


class Judged(Struct, frozen=True, kw_only=True):
    """How a symbol stands on a timeframe after the bar that began at `bar`; `since`: the bar that changed the label."""

    symbol: str
    timeframe_s: int
    regime: Regime
    figures: Figures
    bar: int
    since: int

    @property
    def closed(self) -> int:
        """When the bar closed (epoch ns)."""
        return self.bar + self.timeframe_s * SECOND


Book = Mapping[tuple[str, int], Judged]
"""What is known, by symbol and timeframe in seconds."""
