"""One pass over the chunks: the best combinations, and what the luck of so many trials is reckoned from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np

from tradewire.backtest.sweeps.figures import DEVIATION, EQUITY, MEAN, Chunk, objective
from tradewire.backtest.sweeps.laying import Laid
from tradewire.domain.bars import Floats, Integers

LISTED: Final = 10
"""So many of the best are shown and traded again."""


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """`best` combinations, best first (of equals the lower number), with their `values` and `figures`.

    `trials` combinations were run, `valued` have a value. `sharpe_mean` and `sharpe_variance` are those of the Sharpe
    ratios a period over all trials that have one (`sharpe_count`). `profitable` is the share that won money. `chosen`
    holds the best combination in the past of each fold, -1 where none has a value.
    """

    best: Integers
    values: Floats
    figures: Floats
    trials: int
    valued: int
    sharpe_count: int
    sharpe_mean: float
    sharpe_variance: float
    profitable: float
    chosen: Integers


def ranked(laid: Laid, chunks: Iterable[Chunk], most: int = LISTED) -> Ranking:
    """Return the ranking; a chunk is in memory at a time."""
    spec, cash, folds = laid.spec, laid.spec.request.cash, len(laid.windows.folds)
    best, values = np.empty(0, np.int64), np.empty(0)
    figures: Floats | None = None
    trials = valued = winners = count = 0
    mean = squares = 0.0
    chosen, past = np.full(folds, -1, np.int64), np.full(folds, -np.inf)
    for chunk in chunks:
        found = objective(spec.objective, chunk.figures, cash, laid.windows.seen, spec.least_trades)
        trials += len(found)
        valued += int(np.isfinite(found).sum())
        winners += int((chunk.figures[EQUITY] > cash).sum())
        known = ~np.isnan(found)
        numbers = np.concatenate((best, chunk.numbers[known]))
        values = np.concatenate((values, found[known]))
        columns = chunk.figures[:, known]
        figures = columns if figures is None else np.concatenate((figures, columns), axis=1)
        order = np.lexsort((numbers, -values))[:most]
        best, values, figures = numbers[order], values[order], figures[:, order]
        ratios = chunk.figures[MEAN] / chunk.figures[DEVIATION]
        ratios = ratios[np.isfinite(ratios)]
        if len(ratios):  # Chan, Golub & LeVeque (1979): moments of parts put together
            shift, more = float(ratios.mean()) - mean, len(ratios)
            squares += float(((ratios - ratios.mean()) ** 2).sum()) + shift**2 * count * more / (count + more)
            mean += shift * more / (count + more)
            count += more
        for fold in range(folds):
            column = np.where(np.isnan(chunk.past[fold]), -np.inf, chunk.past[fold])
            at = int(np.argmax(column)) if len(column) else 0
            if len(column) and column[at] > past[fold]:
                past[fold], chosen[fold] = column[at], chunk.numbers[at]
    return Ranking(
        best=best,
        values=values,
        figures=np.empty((0, 0)) if figures is None else figures,
        trials=trials,
        valued=valued,
        sharpe_count=count,
        sharpe_mean=mean,
        sharpe_variance=squares / (count - 1) if count > 1 else 0.0,
        profitable=winners / trials if trials else 0.0,
        chosen=chosen,
    )
