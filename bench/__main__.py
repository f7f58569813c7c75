"""Runs the measurements and prints one table; exit code 1 where a bar is missed."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from bench import fanout, intake, latency, memory, start, ticks
from bench.bars import Bar, show

MEASUREMENTS: dict[str, Callable[[Path, int], Iterator[Bar]]] = {
    "intake": intake.measure,
    "latency": latency.measure,
    "ticks": ticks.measure,
    "fanout": fanout.measure,
    "memory": memory.measure,
    "start": start.measure,
}


def main() -> int:
    """Measure what is asked for, everything by default."""
    parser = argparse.ArgumentParser(prog="bench", description="Measure what must be fast, beside its peers.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of {', '.join(MEASUREMENTS)}; none = all")
    parser.add_argument("--rounds", type=int, default=5, help="rounds of each measurement; the median counts")
    arguments = parser.parse_args()
    unknown = set(arguments.names) - MEASUREMENTS.keys()
    if unknown:
        parser.error(f"no measurement is called {', '.join(sorted(unknown))}")
    bars: list[Bar] = []
    with tempfile.TemporaryDirectory(prefix="tradewire-bench-") as place:
        for name in arguments.names or MEASUREMENTS:
            print(f"measuring {name} …", file=sys.stderr, flush=True)
            os.sync()  # What the one before left to the disk must not slow this one down.
            bars += MEASUREMENTS[name](Path(place) / name, arguments.rounds)
    show(bars)
    return 0 if all(bar.holds is not False for bar in bars) else 1


sys.exit(main())
