"""Bars for the tests of strategies."""

from __future__ import annotations

import numpy as np

from tradewire.domain.bars import Bars


def walk(seed: int, count: int, timeframe_s: int = 60, tick: float = 0.0, start: int = 1_700_000_000) -> Bars:
    """Return bars of a random walk; `tick` > 0 rounds the prices to it, so that many are equal."""
    chance = np.random.default_rng(seed)
    close = 100 * np.exp(np.cumsum(chance.standard_t(5, count) * 0.002))
    open_ = np.roll(close, 1)
    open_[0] = 100
    if tick:
        close, open_ = np.round(close / tick) * tick, np.round(open_ / tick) * tick
    top, bottom = np.maximum(open_, close), np.minimum(open_, close)
    reach = 0.0 if tick else 0.002
    high, low = top * (1 + reach * chance.random(count)), bottom * (1 - reach * chance.random(count))
    ts = (start // timeframe_s * timeframe_s + np.arange(count) * timeframe_s) * 1_000_000_000
    return Bars.checked("BTCUSDT", timeframe_s, ts, open_, high, low, close, chance.random(count))
