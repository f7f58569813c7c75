"""Our sweep in a process of its own: `python -m bench.backtest.swept FILE ROUNDS` prints seconds, memory and results.

What is timed is all of a sweep but its file: the strategy at 100 points, 10 ways of exits each, figures of 1,000 runs.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from statistics import median

import msgspec
import numpy as np

from bench.backtest.ours import CASH, FULL, bars_of, percent
from bench.backtest.workload import FASTS, SLOWS, STOPS
from tradewire.backtest.choices import Sides
from tradewire.backtest.costs import Costs
from tradewire.backtest.hearing import words_of
from tradewire.backtest.many import Plan, Summaries, many
from tradewire.backtest.performing import sided
from tradewire.backtest.policy import PESSIMISTIC, VECTORBT, FillPolicy
from tradewire.backtest.words import Words
from tradewire.domain.bars import Bars
from tradewire.domain.signal import ExitSpec, Target
from tradewire.strategies.sma_cross import CrossParams, SmaCross

PLAIN = ExitSpec(targets=(Target(percent("4")),))


def swept(bars: Bars, exits: ExitSpec, policy: FillPolicy) -> Summaries:
    """Return the figures of every pair of averages with every stop, on all cores."""

    def words(pair: tuple[int, int]) -> Words:
        signals = SmaCross().signals(bars, CrossParams(fast=pair[0], slow=pair[1]))
        return words_of(bars, sided(signals, Sides.LONG, len(bars)))

    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        said = list(pool.map(words, [(fast, slow) for fast in FASTS for slow in SLOWS]))
    plans = [Plan(msgspec.structs.replace(exits, stop=percent(Decimal(stop)))) for stop in STOPS]
    return many(bars, said, plans, policy=policy, costs=Costs(fee_percent=0.1), cash=CASH)


def main() -> None:
    bars = bars_of(np.load(sys.argv[1]))
    told: dict[str, object] = {}
    for name, exits, policy in (("plain", PLAIN, VECTORBT), ("full", FULL, PESSIMISTIC)):
        pnl = swept(bars, exits, policy).pnl
        taken = []
        for _ in range(int(sys.argv[2])):
            began = time.perf_counter()
            swept(bars, exits, policy)
            taken.append(time.perf_counter() - began)
        told |= {name: median(taken), f"{name}_pnl": pnl.tolist()}
    print(json.dumps(told | {"mebibytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))


if __name__ == "__main__":
    main()
