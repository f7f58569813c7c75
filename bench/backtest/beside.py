"""One peer beside the fast lane: the seconds of both in alternating rounds, and whose trades are the same."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from statistics import median

import numpy as np

from bench.backtest.agreement import Agreement, agreement
from bench.backtest.ours import bars_of, whole
from bench.backtest.rivals import Rival
from bench.backtest.talk import Talk, cold_seconds, command
from bench.backtest.workload import HOT, minutes
from bench.bars import Bar
from tradewire.domain.bars import Bars


def seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def measure(rival: Rival, place: Path, most: int, rounds: int) -> Iterator[Bar]:
    """Yield what there is to tell of a peer.

    Raises:
        PeerFailed: it is not there, or failed.
    """
    count = min(rival.bars, most)
    path = place / f"{count}.npz"
    columns = minutes(count)
    np.savez(path, **columns)
    bars = bars_of(columns)
    with Talk(rival.environment, rival.script, *rival.arguments) as peer:
        version = peer.ask("load", path=str(path))["version"]
        name = f"{rival.name} {version}"
        found = {variant: _agreed(rival, peer, bars, variant, place) for variant in rival.variants}
        yield from _speed(rival, peer, bars, name, rounds)
        few = min(count, 100_000)
        hot = minutes(few, heat=HOT)
        np.savez(path, **hot)
        peer.ask("load", path=str(path))
        found |= {f"hot {one}": _agreed(rival, peer, bars_of(hot), one, place) for one in rival.variants}
    yield _told(rival, name, found)
    np.savez(path, **columns)
    started = [*command(rival.environment, rival.script, *rival.arguments), "--once", str(path), "fix"]
    yield Bar(what=f"{name}: cold process, {count:,} bars", value=cold_seconds(started), unit="s")


def _agreed(rival: Rival, peer: Talk, bars: Bars, variant: str, place: Path) -> Agreement:
    path = place / "trades.npz"
    peer.ask("trades", variant=variant, path=str(path))
    return agreement(whole(bars, rival.variants[variant], rival.policy).trades, path, rival.tolerance)


def _speed(rival: Rival, peer: Talk, bars: Bars, name: str, rounds: int) -> Iterator[Bar]:
    works = {one: partial(whole, bars, exits, rival.policy) for one, exits in rival.variants.items()}
    taken: dict[str, list[float]] = {one: [] for one in works}
    theirs: dict[str, list[float]] = {one: [] for one in rival.variants}
    for work in works.values():
        work()
    for _ in range(rounds):
        for variant, found in theirs.items():
            found.append(peer.ask("round", variant=variant)["seconds"])
        for one, work in works.items():
            taken[one].append(seconds(work))
    for one, other in theirs.items():
        ratio = median(slow / quick for slow, quick in zip(other, taken[one], strict=True))
        note = f"theirs {_rate(bars, other)}, ours {_rate(bars, taken[one])} bars/s at {len(bars):,} bars"
        yield Bar(what=f"{name}: whole run, {one}", value=ratio, unit="×", note=note)


def _rate(bars: Bars, taken: list[float]) -> str:
    rate = len(bars) / median(taken)
    return f"{rate / 1e6:.1f} M" if rate >= 1e6 else f"{rate / 1e3:,.1f} k"


def _told(rival: Rival, name: str, found: dict[str, Agreement]) -> Bar:
    each = "; ".join(f"{one} {of.same}/{max(of.ours, of.theirs)}" for one, of in found.items())
    differ = sum(of.differ for of in found.values())
    note = f"the same: {each}; results by at most {max(of.gap for of in found.values()):.0e}. {rival.rule}"
    return Bar(what=f"{name}: trades that differ", value=differ, at_most=0 if rival.exact else None, note=note)
