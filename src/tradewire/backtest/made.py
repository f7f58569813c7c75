"""Bars made of chance, the same for the same seed: for checks that need a history and have none."""

from __future__ import annotations

import numpy as np

from tradewire.domain.bars import Bars, Floats

_BEGIN = 1_704_067_200
"""2024-01-01 00:00 UTC."""


def made_bars(count: int, timeframe_s: int = 60, seed: int = 1) -> Bars:
    """Return a walk with calm and wild times, fat tails, small gaps, prices on ticks, and an hour that stands still."""
    chance = np.random.default_rng(seed)
    wildness = np.zeros(count)
    for i, shock in enumerate(chance.normal(0, 0.15, max(count - 1, 0)).tolist(), 1):
        wildness[i] = 0.97 * wildness[i - 1] + shock
    moves = chance.standard_t(5, count) * 0.001 * np.exp(wildness)
    gaps = np.where(chance.random(count) < 0.05, chance.normal(0, 0.0005, count), 0.0)
    still = slice(count // 2, count // 2 + 60)
    moves[still] = gaps[still] = 0
    close = np.exp(np.cumsum(moves + gaps) - np.sum(moves + gaps) / 2) * 1000
    opening = np.concatenate(([1000.0], close))[:count] * np.exp(gaps)
    reach = 0.0005 * np.exp(wildness)
    reach[still] = 0
    top, bottom = np.maximum(opening, close), np.minimum(opening, close)
    high, low = top * (1 + reach * chance.random(count)), bottom * (1 - reach * chance.random(count))
    volume = np.round(chance.gamma(2, 50, count), 3)
    ts = (_BEGIN + np.arange(count) * timeframe_s) * 1_000_000_000
    return Bars.checked(
        "MADE", timeframe_s, ts, _on_ticks(opening), _on_ticks(high), _on_ticks(low), _on_ticks(close), volume
    )


def _on_ticks(prices: Floats) -> Floats:
    return np.maximum(np.round(prices, 2), 0.01)
