"""Our lanes by themselves: parts of a whole run, and a cold process."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from statistics import median

import numpy as np

from bench.backtest.beside import seconds
from bench.backtest.ours import FULL, bars_of, heard, of_kit, traded, whole
from bench.backtest.talk import ROOT, PeerFailed, Talk, cold_seconds
from bench.backtest.workload import minutes
from bench.bars import Bar

USERS = ROOT / ".bench" / "tradewire" / "bin" / "python"
"""An environment with what users install; the developer's own has scipy and coverage, which numba loads."""
FACTORS = {"rust": 10.0, "numba": 20.0}
"""How many times as fast as an engine of vectorbt a whole run must be."""


def measure(place: Path, count: int, rounds: int) -> Iterator[Bar]:
    """Yield the figures that have bars: whole runs beside both engines of vectorbt, parts, a cold start."""
    path = place / f"{count}.npz"
    columns = minutes(count)
    np.savez(path, **columns)
    bars = bars_of(columns)
    signals = heard(bars)
    works = {
        "numpy pass": lambda: (bars.open.sum(), bars.high.max(), bars.low.min(), bars.close.sum()),
        "exit loop": partial(traded, bars, signals, FULL),
        "whole run": partial(whole, bars, FULL),
        "kit": lambda: traded(bars, of_kit(bars), FULL),
    }
    taken: dict[str, list[float]] = {name: [] for name in (*works, *FACTORS)}
    versions: dict[str, str] = {}
    with ExitStack() as stack:
        peers: dict[str, Talk] = {}
        for engine in FACTORS:
            try:
                peers[engine] = stack.enter_context(Talk("vectorbt", "vectorbt_peer.py", engine))
                versions[engine] = peers[engine].ask("load", path=str(path))["version"]
                peers[engine].ask("round", variant="fix")
            except PeerFailed as error:
                peers.pop(engine, None)
                yield Bar(what=f"vectorbt {engine} could not be measured", value=0, note=str(error))
        for work in works.values():
            work()
        for _ in range(rounds):
            for name, work in works.items():
                taken[name].append(seconds(work))
            for engine, peer in list(peers.items()):
                try:
                    taken[engine].append(peer.ask("round", variant="fix")["seconds"])
                except PeerFailed as error:
                    del peers[engine]
                    yield Bar(what=f"vectorbt {engine} failed on the way", value=0, note=str(error))
    for engine in peers:
        note = "strategy in numpy, ladder, trailing, breakeven, time, equity, trades"
        what = f"whole run, {count:,} bars, × vectorbt {versions[engine]} {engine}"
        value = _ratio(taken[engine], taken["whole run"])
        yield Bar(what=what, value=value, unit="×", at_least=FACTORS[engine], note=note)
    if "rust" in peers:
        value = _ratio(taken["rust"], taken["kit"])
        yield Bar(what="the same, strategy of our kit, × rust", value=value, unit="×", at_least=25.0)
    rate = count / median(taken["exit loop"]) / 1e6
    yield Bar(what="exit loop alone", value=rate, unit="M bars/s", at_least=150.0, note="signals given, full step")
    share = 100.0 * _ratio(taken["numpy pass"], taken["exit loop"])
    one_pass = f"{count / median(taken['numpy pass']) / 1e6:,.0f} M bars/s"
    yield Bar(what="exit loop, of a numpy pass over OHLC", value=share, unit="%", at_least=30.0, note=one_pass)
    started = [str(USERS if USERS.exists() else sys.executable), "-m", "bench.backtest.ours", str(path), "full"]
    cold_seconds(started)
    value = median(cold_seconds(started) for _ in range(rounds))
    yield Bar(what=f"cold process, {count:,} bars", value=value, unit="s", at_most=1.2, note="file, imports, whole run")


def _ratio(slow: list[float], quick: list[float]) -> float:
    return median(one / other for one, other in zip(slow, quick, strict=True))
