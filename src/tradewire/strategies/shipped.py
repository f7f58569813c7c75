"""The strategies that come with Tradewire: their ids, and where their classes are. None is imported here."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

SHIPPED: Mapping[str, str] = MappingProxyType(
    {
        "ema-cross": "tradewire.strategies.ema_cross:EmaCross",
        "sma-cross": "tradewire.strategies.sma_cross:SmaCross",
    }
)
