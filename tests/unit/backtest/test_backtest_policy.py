"""The preset `backtesting` beside backtesting.py itself: the same trades, bar by bar and price by price."""

from __future__ import annotations

from decimal import Decimal as D
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from backtesting import Backtest, Strategy
from bench.backtest.workload import HOT, crossings, minutes

from tradewire.backtest.costs import Costs
from tradewire.backtest.data.files import read
from tradewire.backtest.fast import run
from tradewire.backtest.outcome import Outcome
from tradewire.backtest.policy import BACKTESTING
from tradewire.domain.bars import Bars
from tradewire.domain.signal import Distance, ExitSpec, Target, Trailing, Unit
from tradewire.strategies.base import Signals

BARS = 20_000
MINUTE = 60_000_000_000
STOP, TARGET = 0.02, 0.04
FIXED = ExitSpec(stop=Distance(D(2), Unit.PERCENT), targets=(Target(Distance(D(4), Unit.PERCENT)),))
TRAILED = ExitSpec(trailing=Trailing(Distance(D(2), Unit.PERCENT)))


class Words(Strategy):
    """Does at a bar's close what arrays say, and sets the exits of a trade that it sees: they act from the next bar."""

    words: Any = None
    trailing = False

    def init(self) -> None:
        """Have nothing to prepare: the words are known."""

    def next(self) -> None:
        at = len(self.data) - 1
        for trade in self.trades:
            way = 1 if trade.is_long else -1
            if self.trailing:
                reach = self.data.High[-1] if trade.is_long else self.data.Low[-1]
                trade.sl = max(way * (trade.sl or 0.0) or -np.inf, way * reach * (1 - way * STOP)) * way
            elif trade.sl is None:
                trade.sl = trade.entry_price * (1 - way * STOP)
                trade.tp = trade.entry_price * (1 + way * TARGET)
        long_entry, long_exit, short_entry, short_exit = (bool(column[at]) for column in self.words)
        wanted = (long_entry and not long_exit) - (short_entry and not short_exit)
        position = self.position
        leaves = (position.is_long and long_exit and not long_entry) or (
            position.is_short and short_exit and not short_entry
        )
        if position and (leaves or wanted == (-1 if position.is_long else 1)):
            position.close()
        elif position:
            return
        if wanted:
            (self.buy if wanted > 0 else self.sell)(size=1)


def theirs(bars: Bars, signals: Signals, trailing: bool) -> tuple[list[list[float]], list[list[float]]]:
    """Return their trades: those that were closed, and those that are open at the end."""
    columns = {"Open": bars.open, "High": bars.high, "Low": bars.low, "Close": bars.close}
    frame = pd.DataFrame(columns, pd.to_datetime(bars.ts))
    found = Backtest(frame, Words, cash=1e9, commission=0.001).run(
        words=(signals.long_entry, signals.long_exit, signals.short_entry, signals.short_exit), trailing=trailing
    )
    table = found["_trades"]
    names = ["EntryBar", "ExitBar", "Size", "EntryPrice", "ExitPrice", "Commission"]
    held = [[t.entry_bar, t.size, t.entry_price] for t in found["_strategy"].trades]
    return table[names].to_numpy().tolist(), held


def ours(bars: Bars, signals: Signals, trailing: bool) -> Outcome:
    exits = TRAILED if trailing else FIXED
    return run(bars, signals, exits=exits, policy=BACKTESTING, costs=Costs(0.1), cash=1e9)


def held_equal(bars: Bars, signals: Signals, trailing: bool) -> Outcome:
    """Hold every trade equal: the bars, the side, both prices, the fees."""
    outcome = ours(bars, signals, trailing)
    ended, held = theirs(bars, signals, trailing)
    t = outcome.trades
    rows = np.column_stack((t.entry_row, t.exit_row, t.side, t.entry_price, t.exit_price, t.fees))
    marked = np.array([trade.exit_reason == "open" for trade in t], bool)
    assert rows[~marked] == pytest.approx(np.array(ended).reshape(-1, 6), rel=1e-9)
    assert rows[marked][:, (0, 2, 3)] == pytest.approx(np.array(held).reshape(-1, 3), rel=1e-9)
    return outcome


def crossed(bars: Bars) -> Signals:
    never = np.zeros(len(bars), bool)
    return Signals(*crossings(bars.close), never, never)


def reasons(outcome: Outcome) -> dict[str, int]:
    words = [trade.exit_reason for trade in outcome.trades]
    return {word: words.count(word) for word in set(words)}


@pytest.mark.parametrize("trailing", [False, True])
@pytest.mark.parametrize("heat", [1.0, HOT])
def test_the_reference_workload(heat: float, trailing: bool) -> None:
    made = minutes(BARS, heat=heat)
    bars = Bars.checked("X", 60, np.arange(BARS) * MINUTE, *(made[name] for name in ("open", "high", "low", "close")))
    outcome = held_equal(bars, crossed(bars), trailing)
    assert len(outcome.trades) > 100
    if heat == HOT:
        assert sum(reasons(outcome).get(word, 0) for word in ("stop", "target", "trailing")) > 40


@pytest.mark.parametrize("trailing", [False, True])
@pytest.mark.parametrize("name", ["GOOG", "EURUSD"])
def test_real_prices(name: str, trailing: bool) -> None:
    bars = read(Path(str(files("backtesting.test").joinpath(f"{name}.csv")))).bars
    assert len(held_equal(bars, crossed(bars), trailing).trades) >= 8


@pytest.mark.filterwarnings("ignore:.*insufficient margin")
@pytest.mark.parametrize("trailing", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_wild_bars_that_jump_over_stop_and_target_long_and_short(seed: int, trailing: bool) -> None:
    rng = np.random.default_rng(seed)
    prices = np.round(np.exp(rng.normal(0, 0.03, (2_000, 4)).cumsum(axis=1) + np.log(100)), 0)
    bars = Bars.checked(
        "X", 60, np.arange(2_000) * MINUTE, prices[:, 0], prices.max(axis=1), prices.min(axis=1), prices[:, 3]
    )
    words = rng.random((4, 2_000)) < 0.2
    words[:, 0] = False
    found = reasons(held_equal(bars, Signals(*words), trailing))
    assert set(found) >= ({"trailing", "signal"} if trailing else {"stop", "target", "signal"})
