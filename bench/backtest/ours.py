"""Our side of the reference workload. `python -m bench.backtest.ours FILE VARIANT` is one cold run of it."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import numpy as np

from bench.backtest.workload import crossings
from tradewire.backtest.costs import Costs
from tradewire.backtest.fast import run
from tradewire.backtest.outcome import Outcome
from tradewire.backtest.policy import PESSIMISTIC, FillPolicy
from tradewire.domain.bars import Bars
from tradewire.domain.signal import Breakeven, Distance, ExitSpec, Target, Trailing, Unit
from tradewire.strategies.base import Signals

MINUTE = 60_000_000_000
CASH = 1e7
COLUMNS = ("open", "high", "low", "close", "volume")


def percent(value: str | Decimal) -> Distance:
    return Distance(Decimal(value), Unit.PERCENT)


FIX = ExitSpec(stop=percent("2"), targets=(Target(percent("4")),))
TRAIL = ExitSpec(trailing=Trailing(percent("2")))
FULL = ExitSpec(
    stop=percent("2"),
    targets=tuple(Target(percent(level)) for level in ("1", "2", "4")),
    trailing=Trailing(percent("2"), percent("1")),
    breakeven=Breakeven(percent("1")),
    time_limit_s=86_400,
)
"""The full step: stop, a ladder of three, trailing with activation, breakeven, time."""
VARIANTS = {"fix": FIX, "trail": TRAIL, "full": FULL}


def bars_of(columns: Mapping[str, Any]) -> Bars:
    times = np.arange(len(columns["close"])) * MINUTE
    return Bars.checked("BENCH", 60, times, **{name: columns[name] for name in COLUMNS})


def heard(bars: Bars) -> Signals:
    """Return what a user writes in numpy."""
    up, down = crossings(bars.close)
    never = np.zeros(len(bars), bool)
    return Signals(up, down, never, never)


def of_kit(bars: Bars) -> Signals:
    """Return the same from the shipped strategy, long only."""
    from tradewire.strategies.sma_cross import CrossParams, SmaCross

    said = SmaCross().signals(bars, CrossParams(fast=20, slow=100))
    never = np.zeros(len(bars), bool)
    return Signals(said.long_entry, said.long_exit | said.short_entry, never, never)


def traded(bars: Bars, signals: Signals, exits: ExitSpec, policy: FillPolicy = PESSIMISTIC) -> Outcome:
    return run(bars, signals, exits=exits, policy=policy, costs=Costs(fee_percent=0.1), cash=CASH)


def whole(bars: Bars, exits: ExitSpec, policy: FillPolicy = PESSIMISTIC) -> Outcome:
    """Do all that a user does: averages, crossings, trading, the list of trades, the equity."""
    return traded(bars, heard(bars), exits, policy)


if __name__ == "__main__":
    print(whole(bars_of(np.load(sys.argv[1])), VARIANTS[sys.argv[2]]).equity_final)
