"""`make bench-backtest`: backtests beside their peers, on the same bars and in one run; 1 where a bar is missed."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from bench.backtest import beside, exactly, lanes, sweeping
from bench.backtest.rivals import RIVALS
from bench.backtest.talk import PeerFailed
from bench.bars import Bar, show

Measurement = Callable[[Path, int, int], Iterator[Bar]]


def _rival(name: str) -> Measurement:
    rival = next(rival for rival in RIVALS if rival.name == name)
    return lambda place, most, rounds: beside.measure(rival, place, most, rounds)


MEASUREMENTS: dict[str, Measurement] = {
    "lanes": lanes.measure,
    **{rival.name.replace(" ", "-"): _rival(rival.name) for rival in RIVALS},
    "sweep": sweeping.measure,
    "exact": exactly.measure,
}


def main() -> int:
    """Measure what is asked for, everything by default; a peer that fails is told and the others go on."""
    parser = argparse.ArgumentParser(prog="bench.backtest", description="Measure backtests beside their peers.")
    parser.add_argument("--only", nargs="+", default=list(MEASUREMENTS), choices=MEASUREMENTS, metavar="NAME")
    parser.add_argument("--bars", type=int, default=1_000_000, help="bars at most; slow peers take fewer")
    parser.add_argument("--rounds", type=int, default=5, help="rounds, ours and theirs in turn; the median counts")
    parser.add_argument("--json", type=Path, help="write the figures to this file too")
    options = parser.parse_args()
    found: list[Bar] = []
    with tempfile.TemporaryDirectory(prefix="tradewire-bench-") as place:
        for name in options.only:
            print(f"measuring {name} …", file=sys.stderr, flush=True)
            try:
                found += MEASUREMENTS[name](Path(place), options.bars, options.rounds)
            except PeerFailed as error:
                print(f"{name}: {error}", file=sys.stderr)
                found.append(Bar(what=f"{name} could not be measured", value=0, note=str(error)))
    show(found)
    if options.json:
        options.json.write_bytes(msgspec.json.format(msgspec.json.encode([_written(bar) for bar in found])) + b"\n")
    return 0 if all(bar.holds is not False for bar in found) else 1


def _written(bar: Bar) -> dict[str, object]:
    return msgspec.structs.asdict(bar) | {"holds": bar.holds}


if __name__ == "__main__":
    sys.exit(main())
