"""What combinations came to, in columns: never an object a combination."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from tradewire.backtest.batch import Sums
from tradewire.backtest.sweeps.spec import Objective
from tradewire.backtest.sweeps.windows import Window
from tradewire.domain.bars import Floats, Integers

EQUITY: Final = 0
TRADES: Final = 1
WINS: Final = 2
GAINED: Final = 3
LOST: Final = 4
DRAWDOWN: Final = 5
MEAN: Final = 6
DEVIATION: Final = 7
DOWNSIDE: Final = 8
COLUMNS: Final = 9
"""Final equity; trades; wins; money won and lost (both positive); deepest drawdown (a share); mean, sample standard
deviation and downside deviation of the returns a period (NaN where there is none)."""

_LEVEL: Final = 1


def columns_of(sums: Sums) -> Floats:
    """Return the figures of runs as columns × runs."""
    return np.array(
        [
            sums.equity_final,
            sums.trades,
            sums.wins,
            sums.gross_profit,
            -sums.gross_loss,
            sums.max_drawdown,
            sums.mean,
            sums.deviation,
            sums.downside,
        ],
        np.float64,
    )


def objective(wanted: Objective, figures: Floats, cash: float, window: Window, least_trades: int) -> Floats:
    """Return the value of each combination (figures: columns × combinations); NaN where it has none.

    One that traded less often than `least_trades` has none.
    """
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        values = _OBJECTIVES[wanted](figures, cash, window)
        values = np.where(np.isfinite(values) & (figures[TRADES] >= least_trades), values, np.nan)
    return values


def sharpe(figures: Floats, window: Window) -> Floats:
    """Return the annualised Sharpe ratio over a riskless rate of nothing."""
    found: Floats = figures[MEAN] / figures[DEVIATION] * window.per_year**0.5
    return found


def _sharpe(figures: Floats, cash: float, window: Window) -> Floats:
    return sharpe(figures, window)


def _sortino(figures: Floats, cash: float, window: Window) -> Floats:
    found: Floats = figures[MEAN] / figures[DOWNSIDE] * window.per_year**0.5
    return found


def _return(figures: Floats, cash: float, window: Window) -> Floats:
    found: Floats = figures[EQUITY] / cash - 1.0
    return found


def _calmar(figures: Floats, cash: float, window: Window) -> Floats:
    grown = np.maximum(figures[EQUITY] / cash, 0.0) ** (1.0 / window.years) - 1.0
    found: Floats = grown / figures[DRAWDOWN]
    return found


def _profit_factor(figures: Floats, cash: float, window: Window) -> Floats:
    found: Floats = figures[GAINED] / figures[LOST]
    return found


def _expectancy(figures: Floats, cash: float, window: Window) -> Floats:
    found: Floats = (figures[GAINED] - figures[LOST]) / figures[TRADES]
    return found


def _win_rate(figures: Floats, cash: float, window: Window) -> Floats:
    found: Floats = figures[WINS] / figures[TRADES]
    return found


def _drawdown(figures: Floats, cash: float, window: Window) -> Floats:
    found: Floats = -figures[DRAWDOWN]
    return found


_OBJECTIVES: Final[Mapping[Objective, Callable[[Floats, float, Window], Floats]]] = {
    Objective.SHARPE: _sharpe,
    Objective.SORTINO: _sortino,
    Objective.RETURN: _return,
    Objective.CALMAR: _calmar,
    Objective.PROFIT_FACTOR: _profit_factor,
    Objective.EXPECTANCY: _expectancy,
    Objective.WIN_RATE: _win_rate,
    Objective.DRAWDOWN: _drawdown,
}


@dataclass(frozen=True, slots=True, eq=False)
class Chunk:
    """Combinations that were run: `figures` (columns × combinations) of all that the search sees, `past` the objective
    in the past of each fold (folds × combinations)."""

    numbers: Integers
    figures: Floats
    past: Floats

    def packed(self) -> bytes:
        """Return it as bytes, the same for the same figures."""
        head = np.array([len(self.numbers), len(self.past)], "<i8").tobytes()
        columns = (self.numbers.astype("<i8"), self.figures.astype("<f8"), self.past.astype("<f8"))
        return zlib.compress(head + b"".join(column.tobytes() for column in columns), _LEVEL)

    @classmethod
    def unpacked(cls, data: bytes) -> Chunk:
        """Return what was packed."""
        plain = zlib.decompress(data)
        count, folds = np.frombuffer(plain, "<i8", 2).tolist()
        numbers: Any = np.frombuffer(plain, "<i8", count, 16)
        rest = np.frombuffer(plain, "<f8", offset=16 + 8 * count).reshape(-1, count)
        return cls(numbers, rest[: len(rest) - folds], rest[len(rest) - folds :])
