"""Whether the best combination stands on a plateau or on a peak: its neighbours, and a map of two parameters."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product
from typing import Any, Final

import numpy as np

from tradewire.backtest.sweeps.figures import Chunk, objective
from tradewire.backtest.sweeps.laying import Laid
from tradewire.backtest.sweeps.written import number_in
from tradewire.domain.bars import Floats, Integers

SQUARE: Final = 4
"""With more axes than this, neighbours differ in one axis only."""
WIDEST: Final = 60
"""Values of an axis that a map shows at most; more are left out evenly."""


def neighbours(laid: Laid, number: int) -> Integers:
    """Return the combinations a step away from one, on each axis whose values are ordered; without itself."""
    space = laid.space
    at = space.places(np.array([number]))[:, 0]
    ordered = [row for row, axis in enumerate(space.axes) if all(number_in(value) is not None for value in axis.values)]
    if len(ordered) <= SQUARE:
        steps = [step for step in product((-1, 0, 1), repeat=len(ordered)) if any(step)]
    else:
        steps = [tuple(way if row == turned else 0 for row in ordered) for turned in ordered for way in (-1, 1)]
    if not steps:
        return np.empty(0, np.int64)
    places = np.repeat(at[:, None], len(steps), axis=1)
    places[ordered] += np.array(steps, np.int64).T
    found = space.numbers(places)
    return np.unique(found[found >= 0])


def plateau(best: float, around: Floats) -> float | None:
    """Return which share of the best value its neighbours keep on average: 1 a plateau, 0 or less a lonely peak.

    None without neighbours that have a value, or where the best value is not positive.
    """
    known = around[np.isfinite(around)]
    return float(known.mean() / best) if len(known) and best > 0 else None


def mapped_axes(laid: Laid) -> tuple[int, int] | None:
    """Return the two axes that a map shows: those with the most values, in their order; None of fewer than two."""
    lengths = [len(axis.values) for axis in laid.space.axes]
    if len(lengths) < 2:
        return None
    first, second = sorted(sorted(range(len(lengths)), key=lambda row: (-lengths[row], row))[:2])
    return first, second


def heat_map(laid: Laid, chunks: Iterable[Chunk]) -> dict[str, Any] | None:
    """Return the mean objective over all else, for each pair of values of two axes; `smooth` is that of a pair and its
    neighbours. None where fewer than two axes vary."""
    axes = mapped_axes(laid)
    if axes is None:
        return None
    spec, space = laid.spec, laid.space
    rows, columns = (space.axes[at] for at in axes)
    shape = (len(rows.values), len(columns.values))
    sums, counts = np.zeros(shape[0] * shape[1]), np.zeros(shape[0] * shape[1])
    for chunk in chunks:
        values = objective(spec.objective, chunk.figures, spec.request.cash, laid.windows.seen, spec.least_trades)
        known = np.isfinite(values)
        places = space.places(chunk.numbers[known])[list(axes)]
        cells = np.ravel_multi_index((places[0], places[1]), shape)
        sums += np.bincount(cells, values[known], len(sums))
        counts += np.bincount(cells, minlength=len(counts))
    with np.errstate(invalid="ignore"):
        means = (sums / counts).reshape(shape)
    left, top = _thinned(shape[0]), _thinned(shape[1])
    return {
        "rows": {"name": rows.name, "values": [rows.values[at] for at in left]},
        "columns": {"name": columns.name, "values": [columns.values[at] for at in top]},
        "mean": _plain(means[np.ix_(left, top)]),
        "smooth": _plain(_smoothed(means)[np.ix_(left, top)]),
    }


def _thinned(count: int) -> list[int]:
    return sorted(set(np.linspace(0, count - 1, min(count, WIDEST)).round().astype(int).tolist()))


def _smoothed(means: Floats) -> Floats:
    padded = np.pad(means, 1, constant_values=np.nan)
    around = [padded[a : a + means.shape[0], b : b + means.shape[1]] for a in range(3) for b in range(3)]
    layers = np.array(around)
    known = np.isfinite(layers)
    with np.errstate(invalid="ignore"):
        smooth: Floats = np.where(known, layers, 0.0).sum(axis=0) / known.sum(axis=0)
    return np.where(np.isfinite(means), smooth, np.nan)


def _plain(values: Floats) -> list[list[float | None]]:
    return [[value if value == value else None for value in row] for row in values.tolist()]
