"""On a rolling window, as live, a shipped strategy says of the last bar what it says of it on the whole history."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tradewire.domain.bars import Bars
from tradewire.strategies.base import Signals
from tradewire.strategies.finding import find, read_params
from tradewire.strategies.shipped import SHIPPED
from unit.strategies.walks import walk

MINUTES = walk(1, 6000)
TICKS = walk(2, 6000, tick=0.5)
HOURS = walk(3, 4000, timeframe_s=3600)
QUICK: dict[str, dict[str, Any]] = {
    "sma-cross": {"fast": 2, "slow": 3},
    "ema-cross": {"fast": 2, "slow": 5},
    "rsi-momentum": {"length": 2},
    "donchian-breakout": {"entry": 2, "exit": 5},
    "bollinger-reversion": {"length": 2, "width": 0.5},
    "macd": {"fast": 2, "slow": 3, "signal": 2},
    "supertrend": {"length": 1, "multiple": 1},
    "session-range": {"range_start": 0, "range_end": 24, "trade_start": 0, "trade_end": 24},
}


def at(signals: Signals, row: int) -> tuple[Any, ...]:
    flags = (signals.long_entry, signals.long_exit, signals.short_entry, signals.short_exit)
    return tuple(bool(column[row]) for column in flags)


def rows(signals: Signals, warmup: int) -> list[int]:
    """Return bars to look at: those where something is said, and some others."""
    spoken = signals.long_entry | signals.long_exit | signals.short_entry | signals.short_exit
    loud = np.flatnonzero(spoken)
    loud = loud[loud >= warmup]
    others = np.linspace(warmup, len(spoken) - 1, 60).astype(int)
    return sorted({*loud[:: max(1, len(loud) // 150)].tolist(), *others.tolist()})


@pytest.mark.parametrize("quick", [False, True], ids=["defaults", "quick"])
@pytest.mark.parametrize("bars", [MINUTES, TICKS, HOURS], ids=["minutes", "ticks", "hours"])
@pytest.mark.parametrize("name", sorted(SHIPPED))
def test_the_window_gives_the_answer_of_the_history(name: str, bars: Bars, quick: bool) -> None:
    strategy = find(name)()
    params = read_params(find(name), QUICK.get(name, {}) if quick else {})
    warmup = strategy.warmup(params)
    whole = strategy.signals(bars, params)
    for row in rows(whole, warmup):
        window = strategy.signals(bars.part(row - warmup, row + 1), params)
        assert at(window, -1) == at(whole, row), row


@pytest.mark.parametrize("name", sorted(SHIPPED))
def test_a_shipped_strategy_speaks_on_both_sides(name: str) -> None:
    strategy = find(name)()
    signals = strategy.signals(MINUTES, read_params(find(name), {}))
    for flags in (signals.long_entry, signals.long_exit, signals.short_entry, signals.short_exit):
        assert flags.shape == (len(MINUTES),)
        assert flags.dtype == np.bool_
        assert flags.any()


@pytest.mark.parametrize("name", sorted(SHIPPED))
@pytest.mark.parametrize("count", [0, 1, 30])
def test_too_few_bars_are_no_error_but_silence(name: str, count: int) -> None:
    strategy = find(name)()
    signals = strategy.signals(HOURS.part(0, count), read_params(find(name), {}))
    assert len(signals.long_entry) == count


@pytest.mark.parametrize("name", sorted(SHIPPED))
def test_a_shipped_strategy_can_be_drawn_as_a_form(name: str) -> None:
    made = find(name)
    assert made.name == name
    assert made.__doc__
    for field in made.Params.model_fields.values():
        assert field.description
        assert field.default is not None
