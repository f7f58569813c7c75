"""What a sweep came to, as plain values that JSON can hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import numpy as np

from tradewire.backtest.sweeps.figures import DRAWDOWN, EQUITY, TRADES, Chunk, objective, sharpe
from tradewire.backtest.sweeps.honesty import Found, honesty
from tradewire.backtest.sweeps.laying import Laid
from tradewire.backtest.sweeps.ranking import Ranking, ranked
from tradewire.backtest.sweeps.running import cores
from tradewire.backtest.sweeps.trying import Trier
from tradewire.backtest.sweeps.verdict import verdict
from tradewire.backtest.sweeps.windows import Window
from tradewire.domain.bars import Floats
from tradewire.report.figures import finite


def findings(laid: Laid, chunks: Callable[[], Iterable[tuple[int, bytes]]]) -> Found:
    """Return what a sweep comes to; `chunks` gives its chunks from the first on, as often as it is called.

    Raises:
        StrategyFailed, BadRequest: a combination that is traded again cannot be.
    """

    def unpacked() -> Iterator[Chunk]:
        return (Chunk.unpacked(data) for _, data in chunks())

    ranking = ranked(laid, unpacked())
    trier = Trier(laid, cores())
    try:
        found: Found = {
            "strategy": laid.space.strategy.name,
            "symbol": laid.bars.symbol,
            "bars": len(laid.bars),
            "objective": laid.spec.objective.value,
            "search": laid.spec.search.value,
            "combinations": len(laid.space),
            "trials": ranking.trials,
            "valued": ranking.valued,
            "profitable": ranking.profitable,
            "refused": laid.space.refused,
            "axes": [axis.model_dump(mode="json") for axis in laid.space.axes],
            "best": _best(laid, ranking, trier),
            "honesty": honesty(laid, ranking, trier, unpacked(), unpacked()).told(),
        }
        return found | {"verdict": verdict(found)}
    finally:
        trier.close()


def _best(laid: Laid, ranking: Ranking, trier: Trier) -> list[Found]:
    cash, held, rows = laid.spec.request.cash, laid.windows.held, []
    after = None
    if held is not None and len(ranking.best):
        order = np.argsort(ranking.best)
        after = np.empty((len(ranking.figures), len(order)))
        after[:, order] = trier.figures(ranking.best[order], [held], lambda: False)[0]
    for at, number in enumerate(ranking.best.tolist()):
        row: Found = {"number": number, "set": laid.space.values(number)}
        row["inside"] = told(laid, ranking.figures[:, at : at + 1], laid.windows.seen, cash)
        row["outside"] = None if after is None or held is None else told(laid, after[:, at : at + 1], held, cash)
        rows.append(row)
    return rows


def told(laid: Laid, figures: Floats, window: Window, cash: float) -> Found:
    """Return the figures of one combination by their names; None where one does not exist."""
    value = objective(laid.spec.objective, figures, cash, window, 0)
    return {
        "objective": finite(float(value[0])),
        "return": finite(float(figures[EQUITY, 0] / cash - 1)),
        "sharpe": finite(float(sharpe(figures, window)[0])),
        "max_drawdown": float(figures[DRAWDOWN, 0]),
        "trades": int(figures[TRADES, 0]),
        "equity_final": float(figures[EQUITY, 0]),
    }
