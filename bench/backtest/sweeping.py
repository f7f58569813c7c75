"""A sweep of 1,000 combinations beside vectorbt: every trade of every one, seconds, memory."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from bench.backtest.ours import bars_of, percent, traded
from bench.backtest.talk import Talk, output
from bench.backtest.workload import FASTS, SLOWS, STOPS, crossings, minutes
from bench.bars import Bar
from tradewire.backtest.policy import VECTORBT
from tradewire.domain.bars import Bars
from tradewire.domain.signal import ExitSpec, Target
from tradewire.strategies.base import Signals

NAMES = ("combination", "entry_row", "exit_row", "entry_price", "exit_price", "pnl")


def measure(place: Path, most: int, rounds: int) -> Iterator[Bar]:
    """Yield for both engines how many trades differ in 1,000 combinations, and how their time compares with ours.

    Raises:
        PeerFailed: vectorbt is not there, or failed.
    """
    count = min(most, 100_000)
    columns = minutes(count)
    path, answer = place / "sweep.npz", place / "swept.npz"
    np.savez(path, **columns)
    single = swept(bars_of(columns))
    ours = json.loads(output([sys.executable, "-m", "bench.backtest.swept", str(path), str(rounds)]))
    runs = len(FASTS) * len(SLOWS) * len(STOPS)
    for engine in ("rust", "numba"):
        with Talk("vectorbt", "vectorbt_peer.py", engine) as peer:
            version = peer.ask("load", path=str(path))["version"]
            ranges = {"fasts": FASTS, "slows": SLOWS, "stops": [float(stop) / 100 for stop in STOPS]}
            told = peer.ask("sweep", path=str(answer), **ranges)
        name = f"sweep of {runs:,} × {count:,} bars, vectorbt {version} {engine}"
        differ, total = differing(single, answer)
        yield Bar(what=f"{name}: trades that differ", value=differ, at_most=0, note=f"of {total:,}")
        yield Bar(what=f"{name}: results, by at most", value=_gap(answer, ours["plain_pnl"]), at_most=1e-6)
        note = f"theirs {told['seconds']:.1f} s and {told['mebibytes']:,.0f} MiB, ours {ours['full'] * 1e3:.0f} ms; "
        note += f"with stop and target alone {told['seconds'] / ours['plain']:.0f} ×"
        value = told["seconds"] / ours["full"]
        yield Bar(what=f"{name}: full step", value=value, unit="×", at_least=100.0, note=note)
    yield Bar(what=f"sweep of {runs:,}: memory of the process", value=ours["mebibytes"], unit="MiB", at_most=300.0)


def _gap(path: Path, ours: list[float]) -> float:
    """Return by how much the sum of a combination's results differs at most."""
    given = np.load(path)
    theirs = np.bincount(given["combination"], given["pnl"], len(ours))
    return float(np.abs(theirs - np.array(ours)).max())


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
