"""The exact lane on a history in pieces: `python -m bench.backtest.streamed BARS` prints its speed and its memory."""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Iterator

import numpy as np

from bench.backtest.exactly import FLAGS
from bench.backtest.ours import CASH, MINUTE, of_kit
from bench.backtest.workload import minutes
from tradewire.backtest.exact.lane import Money
from tradewire.backtest.exact.streaming import run_streamed
from tradewire.domain.bars import Bars

PIECE = 100_000
LOWEST, HIGHEST = 1.0, 10_000.0


def pieces(count: int) -> Iterator[Bars]:
    """Yield bars that go on from piece to piece; a walk that leaves all reason begins anew."""
    price = 100.0
    for start in range(0, count, PIECE):
        columns = minutes(min(PIECE, count - start), seed=42 + start)
        scale = price / columns["open"][0]
        prices = [columns[name] * scale for name in ("open", "high", "low", "close")]
        price = float(prices[3][-1])
        price = price if LOWEST < price < HIGHEST else 100.0
        times = np.arange(start, start + len(prices[0])) * MINUTE
        yield Bars.checked("BENCH", 60, times, *prices, columns["volume"])


def main() -> None:
    count = int(sys.argv[1])
    began = time.perf_counter()
    done = run_streamed(pieces(count), of_kit, warmup=101, flags=FLAGS["fix"], money=Money(cash=CASH, fee_percent=0.1))
    seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"bars": done.bars, "seconds": seconds, "peak_mib": peak, "closes": len(done.parts)}))


if __name__ == "__main__":
    main()
