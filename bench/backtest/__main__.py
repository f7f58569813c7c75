"""`make bench-backtest`: the fast lane beside vectorbt, on the same bars and in one run."""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
import time
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from pathlib import Path
from statistics import median

import numpy as np

from bench.backtest.workload import HOT, crossings, minutes
from tradewire.backtest.costs import Costs
from tradewire.backtest.fast import run
from tradewire.backtest.outcome import Outcome
from tradewire.backtest.policy import PESSIMISTIC, VECTORBT, FillPolicy
from tradewire.domain.bars import Bars
from tradewire.domain.signal import Breakeven, Distance, ExitSpec, Target, Trailing, Unit
from tradewire.strategies.base import Signals

ROOT = Path(__file__).parents[2]
PEER = ROOT / ".bench" / "vectorbt" / "bin" / "python"
MINUTE = 60_000_000_000
CASH = 1e7


def percent(value: str) -> Distance:
    return Distance(Decimal(value), Unit.PERCENT)


EXITS = {
    "fix": ExitSpec(stop=percent("2"), targets=(Target(percent("4")),)),
    "trail": ExitSpec(trailing=Trailing(percent("2"))),
}
FULL = ExitSpec(
    stop=percent("2"),
    targets=tuple(Target(percent(level)) for level in ("1", "2", "4")),
    trailing=Trailing(percent("2"), percent("1")),
    breakeven=Breakeven(percent("1")),
    time_limit_s=86_400,
)


def bars_of(columns: dict[str, np.ndarray]) -> Bars:
    prices = {name: columns[name] for name in ("open", "high", "low", "close", "volume")}
    return Bars.checked("BENCH", 60, np.arange(len(columns["close"])) * MINUTE, **prices)


def whole(bars: Bars, exits: ExitSpec, policy: FillPolicy) -> Outcome:
    return simulated(bars, heard(bars), exits, policy)


def heard(bars: Bars) -> Signals:
    up, down = crossings(bars.close)
    never = np.zeros(len(bars), bool)
    return Signals(up, down, never, never)


def simulated(bars: Bars, signals: Signals, exits: ExitSpec, policy: FillPolicy) -> Outcome:
    return run(bars, signals, exits=exits, policy=policy, costs=Costs(fee_percent=0.1), cash=CASH)


def differing(ours: Outcome, path: Path) -> tuple[int, int, float]:
    """Return (trades, how many differ in bars or prices by more than 1e-12, greatest difference of P&L)."""
    known, trades = np.load(path), ours.trades
    if len(known["pnl"]) != len(trades):
        return len(trades), abs(len(known["pnl"]) - len(trades)) or 1, float("nan")
    same = (known["entry_idx"] == trades.entry_row) & (known["exit_idx"] == trades.exit_row)
    for name in ("entry_price", "exit_price"):
        same &= np.isclose(known[name], getattr(trades, name), rtol=1e-12, atol=0.0)
    return len(trades), int(np.sum(~same)), float(np.abs(known["pnl"] - trades.pnl).max(initial=0.0))


def seconds(work: Callable[[], object], rounds: int) -> float:
    work()
    taken = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return median(taken)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bars", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    columns = minutes(options.bars)
    bars = bars_of(columns)
    print(f"{options.bars:,} bars, median of {options.rounds} rounds")
    ohlc = (bars.open, bars.high, bars.low, bars.close)
    one_pass = seconds(lambda: (ohlc[0].sum(), ohlc[1].max(), ohlc[2].min(), ohlc[3].sum()), options.rounds)
    signals = heard(bars)
    ours = {name: seconds(partial(whole, bars, exits, VECTORBT), options.rounds) for name, exits in EXITS.items()}
    rows = [("one numpy pass over OHLC", one_pass)]
    rows += [(f"numpy strategy + fast lane, {name}", taken) for name, taken in ours.items()]
    rows.append(("numpy strategy + fast lane, full", seconds(partial(whole, bars, FULL, PESSIMISTIC), options.rounds)))
    for name, exits in (EXITS | {"full": FULL}).items():
        taken = seconds(partial(simulated, bars, signals, exits, PESSIMISTIC), options.rounds)
        rows.append((f"run() alone, {name}", taken))
    for name, taken in rows:
        print(f"{name:44} {taken * 1e3:9.2f} ms {options.bars / taken / 1e6:9.1f} M bars/s")
    if not PEER.exists():
        print(f"no peer at {PEER}: make bench-backtest installs it")
        return
    with tempfile.TemporaryDirectory() as folder:
        for heat, count in ((1.0, options.bars), (HOT, min(options.bars, 100_000))):
            beside_vectorbt(Path(folder) / f"{heat}.npz", count, heat, options.rounds, ours if heat == 1.0 else {})


def beside_vectorbt(path: Path, count: int, heat: float, rounds: int, ours: dict[str, float]) -> None:
    columns = minutes(count, heat=heat)
    bars = bars_of(columns)
    up, down = crossings(bars.close)
    np.savez(path, up=up, down=down, **columns)
    script = str(Path(__file__).with_name("vectorbt_peer.py"))
    for engine in ("numba", "rust"):
        told = subprocess.run(
            [str(PEER), script, str(path), engine, str(rounds if ours else 0)],
            check=True,
            capture_output=True,
            text=True,
        )
        peer = json.loads(told.stdout.splitlines()[-1])
        for name, exits in EXITS.items():
            trades, other, gap = differing(whole(bars, exits, VECTORBT), Path(f"{path}.{engine}.{name}.npz"))
            speed = ""
            if ours:
                theirs = median(peer[name])
                speed = f"; whole run {theirs * 1e3:.0f} ms, ours is {theirs / ours[name]:.1f} times as fast"
            print(
                f"vectorbt {peer['version']} {engine}, {count:,} bars, heat {heat}, {name}: "
                f"{trades:,} trades, {other} differ, P&L by at most {gap:.1e}{speed}"
            )


if __name__ == "__main__":
    main()
