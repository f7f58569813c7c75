"""freqtrade on the reference workload, in its own environment; an exchange with one market and no network."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import freqtrade
import numpy as np
import pandas as pd
from freqtrade.configuration import TimeRange
from freqtrade.enums import RunMode
from freqtrade.exchange import Binance
from freqtrade.optimize.backtesting import Backtesting

from bench.backtest.served import serve

PAIR = "MADE/USDT"
BEGIN = pd.Timestamp("2020-01-01", tz="UTC")
MARKET = {
    "id": "MADEUSDT",
    "symbol": PAIR,
    "base": "MADE",
    "quote": "USDT",
    "baseId": "MADE",
    "quoteId": "USDT",
    "type": "spot",
    "spot": True,
    "active": True,
    "precision": {"amount": 1e-8, "price": 1e-10},
    "limits": {name: {"min": None, "max": None} for name in ("amount", "price", "cost", "leverage")},
    "taker": 0.001,
    "maker": 0.001,
}


class Offline(Binance):  # type: ignore[misc]
    """An exchange that has one market."""

    async def _load_async_markets(self, reload: bool = False) -> Any:
        return self._api_async.set_markets([MARKET])

    def reload_markets(self, force: bool = False, *, load_leverage_tiers: bool = True) -> None:
        self._markets = self._api_async.set_markets([MARKET])
        self._api.set_markets([MARKET])
        self._last_markets_refresh = 2**60


class Freqtrade:
    """freqtrade; starting it is not measured, its indicators and its loop are."""

    version = freqtrade.__version__

    def load(self, columns: Mapping[str, Any]) -> None:
        logging.disable(logging.CRITICAL)
        names = ("open", "high", "low", "close", "volume")
        dates = pd.date_range(BEGIN, periods=len(columns["close"]), freq="1min")
        self.frame = pd.DataFrame({"date": dates} | {name: columns[name] for name in names})

    def whole(self, variant: str) -> Any:
        config = _config(variant)
        testing = Backtesting(config, Offline(config))
        testing.backtest_one_strategy(testing.strategylist[0], {PAIR: self.frame.copy()}, TimeRange())
        return testing.all_bt_content["Cross"]["results"]

    def trades(self, variant: str) -> Mapping[str, Any]:
        found = self.whole(variant)
        rows = {"entry_row": "open_date", "exit_row": "close_date"}
        prices = {"entry_price": "open_rate", "exit_price": "close_rate", "pnl": "profit_abs"}
        moments = {name: ((found[of] - BEGIN) // pd.Timedelta("1min")).to_numpy(np.int64) for name, of in rows.items()}
        return moments | {name: found[of].to_numpy(float) for name, of in prices.items()}


def _config(variant: str) -> dict[str, Any]:
    place = Path(tempfile.gettempdir()) / "tradewire-bench-freqtrade"
    place.mkdir(exist_ok=True)
    market = {"price_side": "same", "use_order_book": False}
    return {
        "runmode": RunMode.BACKTEST,
        "strategy": "Cross",
        "strategy_path": str(Path(__file__).with_name("freqtrade_strategies")),
        "user_data_dir": place,
        "datadir": place,
        "exchange": {"name": "binance", "pair_whitelist": [PAIR], "pair_blacklist": []},
        "pairlists": [{"method": "StaticPairList"}],
        "stake_currency": "USDT",
        "stake_amount": 1000,
        "dry_run": True,
        "dry_run_wallet": 1e7,
        "max_open_trades": 1,
        "tradable_balance_ratio": 1.0,
        "timeframe": "1m",
        "fee": 0.001,
        "minimal_roi": {"0": 0.04} if variant == "fix" else {"0": 100.0},
        "stoploss": -0.02,
        "trailing_stop": variant == "trail",
        "entry_pricing": market,
        "exit_pricing": market,
        "export": "none",
        "dataformat_ohlcv": "feather",
        "dataformat_trades": "feather",
    }


if __name__ == "__main__":
    serve(Freqtrade())
