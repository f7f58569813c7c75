"""The crossing of two averages as a strategy of freqtrade; its stops are set from outside."""

from __future__ import annotations

from typing import Any

from freqtrade.strategy import IStrategy


class Cross(IStrategy):  # type: ignore[misc]
    """Long only, one unit."""

    INTERFACE_VERSION = 3
    timeframe = "1m"
    startup_candle_count = 0
    process_only_new_candles = True
    stoploss = -0.02

    def populate_indicators(self, dataframe: Any, metadata: Any) -> Any:
        fast, slow = (dataframe["close"].rolling(width).mean() for width in (20, 100))
        dataframe["above"] = fast > slow
        dataframe["known"] = slow.shift(1).notna()
        return dataframe

    def populate_entry_trend(self, dataframe: Any, metadata: Any) -> Any:
        before = dataframe["above"].shift(1, fill_value=False)
        dataframe["enter_long"] = (dataframe["above"] & ~before & dataframe["known"]).astype(int)
        return dataframe

    def populate_exit_trend(self, dataframe: Any, metadata: Any) -> Any:
        before = dataframe["above"].shift(1, fill_value=False)
        dataframe["exit_long"] = (~dataframe["above"] & before & dataframe["known"]).astype(int)
        return dataframe

    def custom_stake_amount(self, *given: Any, **named: Any) -> float:
        return float(named["current_rate"])
