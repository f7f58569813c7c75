"""Where the time of the lanes goes: `python -m bench.backtest.profile [--bars N] [--rounds N]`.

Seconds are those of the thread's processor, the least of some rounds. What happens inside the jitted loop is told apart
by runs that have a part of it only: without a word, it writes the equity of an account that holds nothing; with one
trade over all bars whose exits are never reached, it looks at each bar and marks it. What is left is what trades cost:
words, entries, exits, rows, and reading memory in pieces.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from decimal import Decimal

import msgspec
import numpy as np
from rich.console import Console
from rich.table import Table

from bench.backtest.ours import CASH, FULL, VARIANTS, bars_of, heard, of_kit, percent
from bench.backtest.swept import PLAIN
from bench.backtest.workload import FASTS, SLOWS, STOPS, minutes
from tradewire.backtest.choices import Sides
from tradewire.backtest.costs import Costs
from tradewire.backtest.fast import run
from tradewire.backtest.hearing import words_of
from tradewire.backtest.many import Plan, many
from tradewire.backtest.performing import sided
from tradewire.domain.bars import Bars
from tradewire.domain.signal import ExitSpec, Trailing
from tradewire.strategies.base import Signals
from tradewire.strategies.sma_cross import CrossParams, SmaCross

FAR = ExitSpec(stop=percent("99"), trailing=Trailing(percent("99")))
"""Exits that no trade reaches."""


def least(work: Callable[[], object], rounds: int) -> float:
    """Return the seconds of processor time that work takes, the least of some rounds after one that is not counted."""
    work()
    taken = []
    for _ in range(rounds):
        began = time.thread_time()
        work()
        taken.append(time.thread_time() - began)
    return min(taken)


def parts_of_a_run(bars: Bars, strategy: Callable[[Bars], Signals], exits: ExitSpec, rounds: int) -> dict[str, float]:
    """Return the seconds of each part of a whole run."""
    signals = strategy(bars)
    costs = Costs(fee_percent=0.1)

    def traded(said: Signals, exits: ExitSpec) -> float:
        return least(lambda: run(bars, said, exits=exits, costs=costs, cash=CASH), rounds)

    never = np.zeros(len(bars), bool)
    silent = Signals(never, never, never, never)
    words = least(lambda: words_of(bars, signals), rounds)
    silence = least(lambda: words_of(bars, silent), rounds)
    every, flat = traded(signals, exits), traded(silent, exits) - silence
    held = traded(Signals(np.arange(len(bars)) == 0, never, never, never), FAR) - silence
    trades = run(bars, signals, exits=exits, costs=costs, cash=CASH).trades
    last = np.flatnonzero(np.diff(trades.entry_row, append=-1))
    share = float((trades.exit_row[last] - trades.entry_row[last]).sum()) / len(bars)
    inside, outside = held * share, flat * (1.0 - share)
    return {
        "strategy": least(lambda: strategy(bars), rounds),
        "its words found among the bars": words,
        f"bars in a trade ({share:.0%}): looked at, equity": inside,
        f"bars without one ({1 - share:.0%}): equity": outside,
        f"{len(last):,} trades: words, entries, exits, {len(trades):,} rows": every - words - inside - outside,
    }


def parts_of_a_sweep(bars: Bars, exits: ExitSpec, rounds: int) -> dict[str, float]:
    """Return the seconds of each part of a sweep on one core."""

    def asked() -> list[Signals]:
        params = [CrossParams(fast=fast, slow=slow) for fast in FASTS for slow in SLOWS]
        return [sided(SmaCross().signals(bars, each), Sides.LONG, len(bars)) for each in params]

    signals = asked()
    said = [words_of(bars, each) for each in signals]
    plans = [Plan(msgspec.structs.replace(exits, stop=percent(Decimal(stop)))) for stop in STOPS]
    costs = Costs(fee_percent=0.1)
    return {
        f"strategy, {len(signals)} times": least(asked, rounds),
        "words": least(lambda: [words_of(bars, each) for each in signals], rounds),
        f"{len(said) * len(plans):,} runs and their figures": least(
            lambda: many(bars, said, plans, costs=costs, cash=CASH, threads=1), rounds
        ),
    }


def show(title: str, parts: dict[str, float], bars: int) -> None:
    whole = sum(parts.values())
    table = Table(title=title, title_justify="left")
    for name, side in (("part", "left"), ("ms", "right"), ("share", "right"), ("M bars/s", "right")):
        table.add_column(name, justify="right" if side == "right" else "left")
    for name, taken in (parts | {"all": whole}).items():
        table.add_row(name, f"{taken * 1e3:.2f}", f"{taken / whole:.0%}", f"{bars / taken / 1e6:,.0f}")
    Console(width=110).print(table)


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.backtest.profile", description="Where the time of a backtest goes.")
    parser.add_argument("--bars", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=20)
    options = parser.parse_args()
    bars = bars_of(minutes(options.bars))
    for name, exits in VARIANTS.items():
        parts = parts_of_a_run(bars, heard, exits, options.rounds)
        show(f"{name}, strategy in numpy, {options.bars:,} bars", parts, options.bars)
    parts = parts_of_a_run(bars, of_kit, FULL, options.rounds)
    show(f"full, strategy of the kit, {options.bars:,} bars", parts, options.bars)
    few = bars.part(0, min(options.bars, 100_000))
    runs = len(FASTS) * len(SLOWS) * len(STOPS)
    for name, exits in (("stop and target", PLAIN), ("full", FULL)):
        parts = parts_of_a_sweep(few, exits, max(options.rounds // 4, 3))
        show(f"sweep of {runs:,} × {len(few):,} bars on one core, {name}", parts, runs * len(few))


if __name__ == "__main__":
    main()
