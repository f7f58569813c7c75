"""How far the best combination of a sweep can be believed: every figure that the verdict speaks of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np

from tradewire.backtest.outcome import Outcome
from tradewire.backtest.sweeps.cutting import trade_gains, whole_trades
from tradewire.backtest.sweeps.deflated import Moments, deflated, expected_best, least_periods, moments, probabilistic
from tradewire.backtest.sweeps.figures import Chunk, objective
from tradewire.backtest.sweeps.forward import Walked, walk_forward
from tradewire.backtest.sweeps.laying import Laid
from tradewire.backtest.sweeps.montecarlo import monte_carlo
from tradewire.backtest.sweeps.overfitting import mean_correlation, overfitting
from tradewire.backtest.sweeps.ranking import Ranking
from tradewire.backtest.sweeps.stability import heat_map, neighbours, plateau
from tradewire.backtest.sweeps.trying import Trier
from tradewire.backtest.sweeps.windows import Window
from tradewire.domain.bars import Floats, Integers
from tradewire.domain.signal import SizeUnit
from tradewire.report.figures import finite
from tradewire.report.returns import period_returns

SAMPLE: Final = 100
"""So many combinations, evenly spread over those that were tried, stand for all where their returns are compared."""
ENOUGH: Final = 30
"""Trades of the holdout that are enough to draw from."""

Found = dict[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Honest:
    """All of it as JSON can hold it; what was not asked, or cannot be said of so little, is None."""

    luck: Found | None
    overfitting: Found | None
    stability: Found | None
    walk_forward: Found | None
    monte_carlo: Found | None
    heat_map: Found | None

    def told(self) -> Found:
        """Return it under its names."""
        return asdict(self)


def honesty(laid: Laid, ranking: Ranking, trier: Trier, chunks: Iterable[Chunk], again: Iterable[Chunk]) -> Honest:
    """Return the figures; both iterables are the chunks from the first on, each is gone through once."""
    if not len(ranking.best):
        return Honest(None, None, None, None, None, None)
    best, seen = int(ranking.best[0]), laid.windows.seen
    outcome = trier.outcome(best, seen)
    returns = _returns(laid, outcome, seen)
    walked = walk_forward(laid, trier, ranking.chosen)
    sample, numbers = _sampled(laid, trier, ranking)
    return Honest(
        luck=_luck(laid, ranking, moments(returns), mean_correlation(sample)),
        overfitting=None if (found := overfitting(sample)) is None else {**found._asdict(), "sample": len(numbers)},
        stability=_stable(laid, ranking, trier, best, chunks),
        walk_forward=None if walked is None else walked.told,
        monte_carlo=_drawn(laid, trier, best, outcome, walked),
        heat_map=heat_map(laid, again),
    )


def _returns(laid: Laid, outcome: Outcome, window: Window) -> Floats:
    bars = laid.bars.part(window.start, window.stop)
    return period_returns(bars.ts, outcome.equity, outcome.cash, bars.timeframe_s).values


def _luck(laid: Laid, ranking: Ranking, of: Moments | None, correlation: float) -> Found | None:
    if of is None:
        return None
    yearly, trials = laid.windows.seen.per_year**0.5, ranking.trials
    periods = least_periods(of)
    return {
        "trials": trials,
        "sharpe": of.sharpe * yearly,
        "skew": of.skew,
        "kurtosis": of.kurtosis,
        "periods": of.periods,
        "sharpe_deviation": ranking.sharpe_variance**0.5 * yearly,
        "expected_best": expected_best(trials, ranking.sharpe_variance) * yearly,
        "probabilistic": probabilistic(of),
        "deflated": deflated(of, trials, ranking.sharpe_variance),
        "correlation": correlation,
        "least_periods": periods,
        "least_years": None if periods is None else finite(periods / laid.windows.seen.per_year),
    }


def _sampled(laid: Laid, trier: Trier, ranking: Ranking) -> tuple[Floats, Integers]:
    """Return the returns of some combinations (rows), the best among them, and their numbers."""
    spread = np.linspace(0, len(laid.space) - 1, min(SAMPLE, len(laid.space))).round().astype(np.int64)
    numbers = np.unique(np.concatenate((spread, ranking.best[:1])))
    return trier.returns(numbers, laid.windows.seen), numbers


def _stable(laid: Laid, ranking: Ranking, trier: Trier, best: int, chunks: Iterable[Chunk]) -> Found:
    spec, seen = laid.spec, laid.windows.seen
    around = neighbours(laid, best)
    values = np.full(len(around), np.nan)
    missing = np.ones(len(around), np.bool_)
    for chunk in chunks:
        there = np.isin(chunk.numbers, around)
        if there.any():
            at = np.searchsorted(around, chunk.numbers[there])
            figures = chunk.figures[:, there]
            values[at] = objective(spec.objective, figures, spec.request.cash, seen, spec.least_trades)
            missing[at] = False
    if missing.any():
        figures = trier.figures(around[missing], [seen], lambda: False)[0]
        values[missing] = objective(spec.objective, figures, spec.request.cash, seen, spec.least_trades)
    known = values[np.isfinite(values)]
    return {
        "neighbours": len(around),
        "mean": float(known.mean()) if len(known) else None,
        "worst": float(known.min()) if len(known) else None,
        "plateau": plateau(float(ranking.values[0]), values),
    }


def _drawn(laid: Laid, trier: Trier, best: int, outcome: Outcome, walked: Walked | None) -> Found | None:
    spec, held = laid.spec, laid.windows.held
    of, compounding = (
        "the best, inside",
        laid.space.ways[best % len(laid.space.ways)].size.unit
        in (
            SizeUnit.EQUITY_PERCENT,
            SizeUnit.RISK_PERCENT,
        ),
    )
    if walked is not None and len(walked.gains):
        of, compounding, gains = "the walk-forward", True, walked.gains
    else:
        if held is not None and len(whole_trades(after := trier.outcome(best, held))) >= ENOUGH:
            of, outcome = "the best, outside", after
        gains = trade_gains(outcome) if compounding else whole_trades(outcome)
    found = monte_carlo(gains, spec.request.cash, spec.paths, spec.ruin, spec.seed, compounding=compounding)
    return None if found is None else {"of": of, "compounding": compounding, **found}
