"""Optuna proposes combinations, having heard what earlier ones came to. Its memory is the sweep's own chunks.

Optuna keeps nothing itself: its database format has tables named `trials` and `alembic_version`, which cannot stand
beside ours. A study is told again from the chunks, and the sampler of each chunk begins with a seed of its own, so an
interrupted search goes on with the very proposals that it would have made.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import numpy as np

from tradewire.backtest.sweeps.figures import Chunk, objective
from tradewire.backtest.sweeps.laying import AT_ONCE, Laid
from tradewire.domain.bars import Integers

STARTUP: Final = 24
"""Combinations that are drawn by chance before the sampler learns."""
PATIENCE: Final = 20
"""Proposals for each place of a chunk before the first combinations that were never tried are taken instead."""


class Proposer:
    """Proposes chunks of combinations by the tree-structured Parzen estimator (Bergstra et al., 2011)."""

    def __init__(self, laid: Laid, chunks: Iterable[tuple[int, bytes]]) -> None:
        import optuna

        optuna.logging.set_verbosity(optuna.logging.WARNING)
        self._optuna = optuna
        self._laid = laid
        self._tried: set[int] = set()
        self._space: dict[str, Any] = {
            axis.name: optuna.distributions.IntDistribution(0, len(axis.values) - 1) for axis in laid.space.axes
        }
        self._study = optuna.create_study(direction="maximize")
        for _, data in chunks:
            self.hear(Chunk.unpacked(data))

    def hear(self, chunk: Chunk) -> None:
        """Take in what combinations came to."""
        spec = self._laid.spec
        found = objective(spec.objective, chunk.figures, spec.request.cash, self._laid.windows.seen, spec.least_trades)
        places = self._laid.space.places(chunk.numbers)
        trial = self._optuna.trial
        for column, (number, value) in enumerate(zip(chunk.numbers.tolist(), found.tolist(), strict=True)):
            self._tried.add(number)
            valued = value == value
            self._study.add_trial(
                trial.create_trial(
                    state=trial.TrialState.COMPLETE if valued else trial.TrialState.FAIL,
                    params=dict(zip(self._space, places[:, column].tolist(), strict=True)),
                    distributions=self._space,
                    value=value if valued else None,
                )
            )

    def proposed(self, chunk: int) -> Integers:
        """Return the combinations of a chunk, rising, none of which was tried before."""
        laid = self._laid
        due = min(AT_ONCE, laid.total - len(self._tried))
        self._study.sampler = self._optuna.samplers.TPESampler(
            n_startup_trials=STARTUP, constant_liar=True, multivariate=True, seed=laid.spec.seed * 1_000_003 + chunk
        )
        picked: set[int] = set()
        asked = []
        for _ in range(due * PATIENCE):
            if len(picked) == due:
                break
            trial = self._study.ask(self._space)
            asked.append(trial)
            places = np.array([[trial.params[name]] for name in self._space], np.int64)
            number = int(laid.space.numbers(places)[0])
            if number >= 0 and number not in self._tried:
                picked.add(number)
        for trial in asked:
            self._study.tell(trial, state=self._optuna.trial.TrialState.FAIL)
        rest = (number for number in range(len(laid.space)) if number not in self._tried and number not in picked)
        while len(picked) < due:
            picked.add(next(rest))
        return np.array(sorted(picked), np.int64)
