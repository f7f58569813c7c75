"""Walk-forward: what one would have earned by always trading the best of the past on what came next.

Source: Pardo, *The Evaluation and Optimization of Trading Strategies* (2008), ch. 11; efficiency is his walk-forward
efficiency: the annual return of the unseen parts over that of the parts in which their combinations were found.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tradewire.backtest.sweeps.cutting import trade_gains
from tradewire.backtest.sweeps.figures import EQUITY
from tradewire.backtest.sweeps.laying import Laid
from tradewire.backtest.sweeps.trying import Trier
from tradewire.domain.bars import Floats, Integers
from tradewire.report.drawdown import depths
from tradewire.report.figures import divided, finite
from tradewire.report.returns import period_returns, sharpe

DRAWN = 900
"""Points of the stitched equity that are kept for drawing."""


class Walked:
    """`told` is what it came to, as JSON can hold it; `gains` those of its trades, as shares of the equity before."""

    def __init__(self, told: dict[str, Any], gains: Floats) -> None:
        self.told = told
        self.gains = gains


def walk_forward(laid: Laid, trier: Trier, chosen: Integers) -> Walked | None:
    """Return what the `chosen` combination of each fold comes to on its unseen part, money carried from part to part.

    A fold without a combination (-1) does not trade. None without folds.
    """
    folds, space = laid.windows.folds, laid.space
    if not folds:
        return None
    money = cash = laid.spec.request.cash
    parts, rows, gains = [], [], []
    before: list[float] = []
    for number, fold in zip(chosen.tolist(), folds, strict=True):
        row: dict[str, Any] = {
            "from": int(laid.bars.ts[fold.test.start]),
            "to": int(laid.bars.ts[fold.test.stop - 1]),
            "set": None if number < 0 else space.values(number),
            "equity_before": money,
        }
        if number < 0 or money <= 0:
            equity = np.full(len(fold.test), money)
        else:
            outcome = trier.outcome(number, fold.test, cash=money)
            equity = outcome.equity
            gains.append(trade_gains(outcome))
            grown = float(trier.figures(np.array([number]), [fold.train], lambda: False)[0, EQUITY, 0]) / cash
            row["inside"] = _yearly(grown, fold.train.years)
            if row["inside"] is not None:
                before.append(row["inside"])
        row["return"] = finite(float(equity[-1] / money - 1)) if money > 0 else None
        row["equity_after"] = float(equity[-1])
        money = float(equity[-1])
        parts.append(equity)
        rows.append(row)
    return Walked(
        {**_told(laid, np.concatenate(parts), cash, before), "folds": rows},
        np.concatenate(gains) if gains else np.empty(0),
    )


def _told(laid: Laid, equity: Floats, cash: float, before: list[float]) -> dict[str, Any]:
    first, last = laid.windows.folds[0].test.start, laid.windows.folds[-1].test.stop
    unseen = laid.bars.part(first, last)
    lasted = sum(fold.test.years for fold in laid.windows.folds)
    yearly = _yearly(float(equity[-1]) / cash, lasted)
    inside = float(np.mean(before)) if before else None
    shown = np.unique(np.linspace(0, len(equity) - 1, min(len(equity), DRAWN)).round().astype(np.int64))
    return {
        "anchored": bool(laid.spec.walk_forward and laid.spec.walk_forward.anchored),
        "return": float(equity[-1] / cash - 1),
        "yearly": yearly,
        "yearly_inside": inside,
        "efficiency": None if yearly is None or inside is None or inside <= 0 else divided(yearly, inside),
        "sharpe": sharpe(period_returns(unseen.ts, equity, cash, unseen.timeframe_s)),
        "max_drawdown": float(depths(equity, cash).max()),
        "equity": {"ts": unseen.ts[shown].tolist(), "value": equity[shown].tolist()},
    }


def _yearly(grown: float, years: float) -> float | None:
    return finite(grown ** (1 / years) - 1) if grown > 0 and abs(np.log(grown) / years) < 50 else None
