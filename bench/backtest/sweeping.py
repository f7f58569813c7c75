"""A sweep of 1,000 combinations beside vectorbt: every trade of every one, seconds, memory."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import numpy as np

from bench.backtest.ours import bars_of, percent, traded
from bench.backtest.talk import Talk
from bench.backtest.workload import crossings, minutes
from bench.bars import Bar
from tradewire.backtest.policy import VECTORBT
from tradewire.domain.bars import Bars
from tradewire.domain.signal import ExitSpec, Target
from tradewire.strategies.base import Signals

FASTS = tuple(range(5, 55, 5))
SLOWS = tuple(range(60, 160, 10))
STOPS = tuple(Decimal(step) / 2 for step in range(2, 12))
"""In percent; the target is always 4 %."""
NAMES = ("combination", "entry_row", "exit_row", "entry_price", "exit_price", "pnl")


def measure(place: Path, most: int, rounds: int) -> Iterator[Bar]:
    """Yield for both engines how many trades differ in 1,000 combinations, and what they take.

    Raises:
        PeerFailed: vectorbt is not there, or failed.
    """
    count = min(most, 100_000)
    columns = minutes(count)
    path, answer = place / "sweep.npz", place / "swept.npz"
    np.savez(path, **columns)
    ours = swept(bars_of(columns))
    for engine in ("rust", "numba"):
        with Talk("vectorbt", "vectorbt_peer.py", engine) as peer:
            version = peer.ask("load", path=str(path))["version"]
            ranges = {"fasts": FASTS, "slows": SLOWS, "stops": [float(stop) / 100 for stop in STOPS]}
            told = peer.ask("sweep", path=str(answer), **ranges)
        name = f"vectorbt {version} {engine}, sweep of {len(FASTS) * len(SLOWS) * len(STOPS):,}"
        differ, total = differing(ours, answer)
        yield Bar(what=f"{name}: trades that differ", value=differ, at_most=0, note=f"of {total:,}")
        note = f"{told['mebibytes']:,.0f} MiB at most"
        yield Bar(what=f"{name}: their time", value=told["seconds"], unit="s", note=note)


def swept(bars: Bars) -> dict[str, np.ndarray]:
    """Return the trades of every combination, one after the other."""
    found: list[list[np.ndarray]] = []
    never = np.zeros(len(bars), bool)
    pairs = [(fast, slow) for fast in FASTS for slow in SLOWS]
    for place, (fast, slow) in enumerate(pairs):
        signals = Signals(*crossings(bars.close, fast, slow), never, never)
        for number, stop in enumerate(STOPS):
            exits = ExitSpec(stop=percent(stop), targets=(Target(percent("4")),))
            trades = traded(bars, signals, exits, VECTORBT).trades
            combination = np.full(len(trades), place * len(STOPS) + number)
            found.append([combination, *(getattr(trades, name) for name in NAMES[1:])])
    return {name: np.concatenate([columns[at] for columns in found]) for at, name in enumerate(NAMES)}


def differing(ours: dict[str, np.ndarray], path: Path) -> tuple[int, int]:
    """Return how many trades differ in a bar, or in a price by more than 1e-12, and how many there are."""
    given = np.load(path)
    order = np.lexsort((given["entry_row"], given["combination"]))
    theirs = {name: given[name][order] for name in NAMES}
    total = len(ours["pnl"])
    if len(theirs["pnl"]) != total:
        return abs(len(theirs["pnl"]) - total), total
    same = np.ones(total, bool)
    for name in NAMES[:5]:
        same &= np.isclose(ours[name], theirs[name], rtol=1e-12, atol=0.0)
    return int((~same).sum()), total
