"""Sweeps for tests: a made history in a file, and a request on it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tradewire.backtest.made import made_bars
from tradewire.backtest.request import Request
from tradewire.backtest.sweeps.space import read_axes
from tradewire.backtest.sweeps.spec import Sweep


def history(folder: Path, count: int = 1500, timeframe_s: int = 3600, seed: int = 1) -> str:
    """Write made bars to a file, and return its path."""
    bars = made_bars(count, timeframe_s, seed)
    path = folder / f"MADE-{seed}.csv"
    columns = (bars.ts // 1_000_000_000, bars.open, bars.high, bars.low, bars.close, bars.volume)
    rows = (",".join(str(value) for value in row) for row in zip(*(c.tolist() for c in columns), strict=True))
    path.write_text("\n".join(["timestamp,open,high,low,close,volume", *rows]) + "\n")
    return str(path)


def sweep(data: str, *given: str, strategy: str = "sma-cross", **asked: Any) -> Sweep:
    """Return the sweep of `NAME=VALUES`."""
    pairs = [(name, values) for name, _, values in (text.partition("=") for text in given)]
    fixed, words, axes = read_axes(strategy, pairs)
    request = Request.read({"strategy": strategy, "params": fixed, "data": data, "size": "50%", **words})
    return Sweep(request=request, axes=tuple(axes), **asked)
