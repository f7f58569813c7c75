"""What else the same trades could have come to: drawn again with repetition, and put in another order.

Drawing with repetition (bootstrap; Efron, 1979) asks how much the result owes to a few trades; another order alone
leaves the sum and asks how deep the falls between could have been.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from tradewire.domain.bars import Floats

PERCENTILES: Final = (5, 25, 50, 75, 95)
_AT_ONCE: Final = 4_000_000
"""Trades that are drawn at once: memory does not grow with the number of paths."""


def monte_carlo(
    gains: Floats, cash: float, paths: int, ruin: float, seed: int, *, compounding: bool
) -> dict[str, Any] | None:
    """Return percentiles of final equity and deepest drawdown, and how often a path is ruined, of both ways to draw.

    `gains` are those of the trades in order: shares of the equity before each where they are `compounding`, else
    money. Ruined is a path that at the end of any trade has less than `ruin` times the cash. None without trades.
    """
    if not len(gains) or not paths:
        return None
    chance = np.random.default_rng(seed)
    found: dict[str, Any] = {"paths": paths, "trades": len(gains), "ruin_below": ruin}
    for name in ("resampled", "shuffled"):
        finals, falls, ruined = np.empty(paths), np.empty(paths), np.empty(paths, np.bool_)
        size = max(1, _AT_ONCE // len(gains))
        for first in range(0, paths, size):
            rows = slice(first, min(first + size, paths))
            count = rows.stop - first
            if name == "resampled":
                drawn = gains[chance.integers(0, len(gains), (count, len(gains)))]
            else:
                drawn = chance.permuted(np.broadcast_to(gains, (count, len(gains))), axis=1)
            finals[rows], falls[rows], ruined[rows] = _walked(drawn, cash, ruin, compounding)
        found[name] = {
            "equity_final": _percentiles(finals),
            "max_drawdown": _percentiles(falls),
            "ruined": float(ruined.mean()),
            "lost": float((finals < cash).mean()),
        }
    return found


def _walked(gains: Floats, cash: float, ruin: float, compounding: bool) -> tuple[Floats, Floats, Any]:
    grown = np.maximum(1.0 + gains, 0.0)
    equity: Any = cash * np.cumprod(grown, axis=1) if compounding else cash + np.cumsum(gains, axis=1)
    best = np.maximum(np.maximum.accumulate(equity, axis=1), cash)
    falls: Floats = (1.0 - equity / best).max(axis=1)
    return equity[:, -1], falls, (equity < ruin * cash).any(axis=1)


def _percentiles(values: Floats) -> dict[str, float]:
    return dict(zip(map(str, PERCENTILES), np.percentile(values, PERCENTILES).tolist(), strict=True))
