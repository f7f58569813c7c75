"""The exact lane, the whole engine on history, beside nautilus_trader."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import numpy as np

from bench.backtest.beside import seconds
from bench.backtest.ours import CASH, bars_of, heard
from bench.backtest.talk import Talk, output
from bench.backtest.workload import minutes
from bench.bars import Bar
from tradewire.backtest.exact.lane import Money, run
from tradewire.domain.bars import Bars

MOST = 100_000
FLAGS = {"fix": "-sl 2% -tp 4%", "trail": "-tsl 2%"}


def whole(bars: Bars, variant: str) -> None:
    run(bars, heard(bars), flags=FLAGS[variant], money=Money(cash=CASH, fee_percent=0.1))


def streamed(count: int) -> Bar:
    """Return the memory of a process that streams so many bars."""
    script = [sys.executable, "-m", "bench.backtest.streamed", str(count)]
    told = json.loads(output(script))
    note = f"{told['closes']:,} closes, {count / told['seconds'] / 1e3:.0f} k bars/s with making the bars"
    return Bar(what=f"exact lane, {count:,} bars in pieces", value=told["peak_mib"], unit="MiB", at_most=400, note=note)


def measure(place: Path, most: int, rounds: int) -> Iterator[Bar]:
    """Yield the memory of a long history in pieces, and how many times as fast as its peer the exact lane is.

    Both have the same bars and strategy, in alternating rounds.

    Raises:
        PeerFailed: nautilus_trader is not there, or it or our own process failed.
    """
    yield streamed(10 * most)
    count = min(most, MOST)
    columns = minutes(count)
    path = place / f"exact-{count}.npz"
    np.savez(path, **columns)
    bars = bars_of(columns)
    with Talk("nautilus", "nautilus_peer.py") as peer:
        version = peer.ask("load", path=str(path))["version"]
        for variant in FLAGS:
            peer.ask("round", variant=variant)
            whole(bars, variant)
            theirs, ours = [], []
            for _ in range(rounds):
                theirs.append(peer.ask("round", variant=variant)["seconds"])
                ours.append(seconds(lambda variant=variant: whole(bars, variant)))
            ratio = median(slow / quick for slow, quick in zip(theirs, ours, strict=True))
            note = f"theirs {count / median(theirs) / 1e3:.0f} k, ours {count / median(ours) / 1e3:.0f} k bars/s"
            what = f"exact lane, {count:,} bars, {variant}, × nautilus_trader {version}"
            yield Bar(what=what, value=ratio, unit="×", at_least=5.0, note=note)
