"""A sweep laid out: its bars, combinations and windows, and in which chunks it is done. Nothing of it is stored."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import numpy as np

from tradewire.backtest.market import Market
from tradewire.backtest.performing import market_of
from tradewire.backtest.request import BadRequest
from tradewire.backtest.sweeps.space import Space, space_of
from tradewire.backtest.sweeps.spec import Search, Sweep
from tradewire.backtest.sweeps.windows import Windows, windows_of
from tradewire.domain.bars import Bars, Integers

WORK: Final = 200_000_000
"""Bars times combinations that a chunk is about: some seconds at most."""
LARGEST: Final = 8_192
"""Combinations of a chunk at most: a row must be written in the time between two orders."""
AT_ONCE: Final = 32
"""Combinations that Optuna proposes before it hears what the last ones came to."""


@dataclass(frozen=True, slots=True, eq=False)
class Laid:
    """`picked` are the combinations in their order, None: all of them; `total` how many will be run."""

    spec: Sweep
    bars: Bars
    market: Market
    space: Space
    windows: Windows
    picked: Integers | None
    total: int
    size: int
    fingerprint: str

    @property
    def chunks(self) -> int:
        """The number of chunks."""
        return -(-self.total // self.size)

    def numbers(self, chunk: int) -> Integers:
        """Return the combinations of a chunk of a grid or a random search."""
        first, last = chunk * self.size, min((chunk + 1) * self.size, self.total)
        return np.arange(first, last, dtype=np.int64) if self.picked is None else self.picked[first:last]


def lay_out(spec: Sweep) -> Laid:
    """Return a sweep laid out on its data.

    Raises:
        BadRequest: something asked cannot be, or no combination is left.
        BadHistory: the data cannot be read, or must not be used.
    """
    from tradewire.backtest.data.loading import load

    if spec.search is Search.OPTUNA and find_spec("optuna") is None:
        raise BadRequest("search", "the search optuna needs Optuna: pip install 'tradewire[optuna]'")
    space = space_of(spec)
    request = spec.request
    bars = load(request.data, request.symbol, request.start, request.end)
    windows, market = windows_of(spec, bars), market_of(request, bars)
    picked = _picked(spec, len(space))
    total = len(space) if picked is None else len(picked)
    if spec.search is Search.OPTUNA:
        picked, total = None, min(spec.trials or 100, len(space))
    size, seen = _size(spec, space, windows), fingerprint(bars, market, space)
    return Laid(spec, bars, market, space, windows, picked, total, size, seen)


def fingerprint(bars: Bars, market: Market, space: Space) -> str:
    """Return what changes when the bars, the market or the strategy's code do."""
    seen = sha256(f"{bars.symbol} {bars.timeframe_s} {len(bars)}".encode())
    known = [bars] if market.inside is None else [bars, market.inside]
    columns = [getattr(one, name) for one in known for name in ("ts", "open", "high", "low", "close", "volume")]
    columns += [] if market.funding is None else [market.funding.ts, market.funding.rates]
    columns += [] if market.session_ends is None else [market.session_ends]
    for column in columns:
        seen.update(np.ascontiguousarray(column).data)
    source = inspect.getsourcefile(type(space.strategy))
    seen.update(Path(source).read_bytes() if source else b"")
    return seen.hexdigest()[:32]


def _picked(spec: Sweep, there: int) -> Integers | None:
    if spec.search is not Search.RANDOM or (trials := spec.trials or 100) >= there:
        return None
    chance = np.random.default_rng(spec.seed)
    return np.sort(chance.choice(there, trials, replace=False).astype(np.int64))


def _size(spec: Sweep, space: Space, windows: Windows) -> int:
    if spec.search is Search.OPTUNA:
        return AT_ONCE
    if spec.chunk is not None:
        return spec.chunk
    size = max(1, min(WORK // sum(len(window) for window in windows.searched), LARGEST))
    ways = len(space.ways)
    return size - size % ways if size > ways else size
