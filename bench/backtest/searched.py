"""What a sweep costs beside its bare runs: `python -m bench.backtest.searched [ROUNDS]`, side by side in one process.

Bare: the strategy at 100 points and the figures of 1,000 runs, as `swept` times them. Kept: the same as a sweep whose
chunks go to a database. Judged: and with its verdict.
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import polars as pl

from bench.backtest.swept import swept
from bench.backtest.workload import FASTS, SLOWS, STOPS, minutes
from tradewire.backtest.policy import PESSIMISTIC
from tradewire.backtest.request import Request
from tradewire.backtest.sweeps.findings import findings
from tradewire.backtest.sweeps.laying import lay_out
from tradewire.backtest.sweeps.running import begin, carry_on
from tradewire.backtest.sweeps.spec import Axis, Sweep
from tradewire.backtest.sweeps.ways import way_of
from tradewire.store.sweeps import SweepStore

BARS = 100_000
FULL = {"tp": "1%,2%,4%", "tsl": "2%@1%", "be": "1%"}


def asked(path: Path) -> Sweep:
    """Return 10 × 10 averages × 10 stops, with ladder, trailing and breakeven."""
    words = {"strategy": "sma-cross", "data": str(path), "fee": "0.1%", "cash": 1e7, **FULL}
    axes = (("fast", FASTS), ("slow", SLOWS), ("sl", [f"{stop}%" for stop in STOPS]))
    return Sweep(
        request=Request.read(words), axes=tuple(Axis(name=name, values=tuple(values)) for name, values in axes), paths=0
    )


def taken(rounds: int, *work: Callable[[], object]) -> list[float]:
    """Return the median seconds of each, taken in turns after a round that does not count."""
    times: list[list[float]] = [[] for _ in work]
    for number in range(rounds + 1):
        for at, one in enumerate(work):
            began = time.perf_counter()
            one()
            if number:
                times[at].append(time.perf_counter() - began)
    return [median(each) for each in times]


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "minutes.parquet"
        columns = minutes(BARS)
        moments = pl.Series("timestamp", range(0, BARS * 60, 60)).cast(pl.Int64) * 1_000_000_000
        prices = [pl.Series(name, columns[name]) for name in ("open", "high", "low", "close", "volume")]
        pl.DataFrame([moments.cast(pl.Datetime("ns")), *prices]).write_parquet(path)
        spec = asked(path)
        laid, exits = lay_out(spec), way_of(spec.request, {}).exits
        with SweepStore.open(Path(folder) / "sweeps.db") as store:

            def kept() -> str:
                id = begin(laid, store)
                carry_on(id, laid, store)
                return id

            def judged() -> None:
                id = kept()
                findings(laid, lambda: store.chunks(id))

            bare, alone, whole = taken(rounds, lambda: swept(laid.bars, exits, PESSIMISTIC), kept, judged)
    told = {"bare_s": bare, "kept_s": alone, "judged_s": whole, "kept": alone / bare, "judged": whole / bare}
    told |= {"mebibytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}
    print(json.dumps({name: round(value, 3) for name, value in told.items()}))


if __name__ == "__main__":
    main()
