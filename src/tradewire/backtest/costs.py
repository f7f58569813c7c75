"""What trading costs in a backtest."""

from __future__ import annotations

import math
from dataclasses import dataclass


class BadCosts(ValueError):
    """Costs that cannot be."""


@dataclass(frozen=True, slots=True)
class Costs:
    """What every fill costs; the prices of the bars count as the middle between bid and ask.

    `fee_percent` of the value at each side; `half_spread` in price, at every fill; `slippage_percent` of the price at
    every fill but a target's, which is a limit order.

    Raises:
        BadCosts: a cost that is negative, not a number, or 100 % and more.
    """

    fee_percent: float = 0.0
    half_spread: float = 0.0
    slippage_percent: float = 0.0

    def __post_init__(self) -> None:
        for name in ("fee_percent", "half_spread", "slippage_percent"):
            value = getattr(self, name)
            if not (math.isfinite(value) and value >= 0.0):
                raise BadCosts(f"{name} must be a number from 0 on, not {value}")
        for name in ("fee_percent", "slippage_percent"):
            if getattr(self, name) >= 100.0:
                raise BadCosts(f"{name} must be below 100, not {getattr(self, name)}")
