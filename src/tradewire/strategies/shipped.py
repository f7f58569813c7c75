"""The strategies that come with Tradewire: their ids, and where their classes are. None is imported here."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

SHIPPED: Mapping[str, str] = MappingProxyType(
    {
        "bollinger-reversion": "tradewire.strategies.bollinger_reversion:BollingerReversion",
        "donchian-breakout": "tradewire.strategies.donchian_breakout:DonchianBreakout",
        "ema-cross": "tradewire.strategies.ema_cross:EmaCross",
        "macd": "tradewire.strategies.macd:Macd",
        "rsi-momentum": "tradewire.strategies.rsi_momentum:RsiMomentum",
        "session-range": "tradewire.strategies.session_range:SessionRange",
        "sma-cross": "tradewire.strategies.sma_cross:SmaCross",
        "supertrend": "tradewire.strategies.supertrend:Supertrend",
    }
)
