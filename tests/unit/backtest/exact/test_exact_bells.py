"""Bars told to programs of the past have the figures that live windows would give."""

from __future__ import annotations

import numpy as np
import pytest

from tradewire.backtest.exact.bells import Bells, NoSuchBars, lengthened
from tradewire.backtest.made import made_bars
from tradewire.programs.base import BarWatch
from tradewire.programs.indicators import bars_needed, column_of, figure, value_of

TERMS = ("open", "close", "volume", "sma(20)", "ema(15)", "rsi(14)", "atr(9)", "highest(10)", "lowest(10)")


@pytest.mark.parametrize("term", TERMS)
def test_figures_of_the_past_are_those_of_live_windows(term: str) -> None:
    bars = made_bars(1500, 60)
    column, needed = column_of(term, bars), bars_needed(term)
    for row in range(needed + 300, len(bars), 97):
        live = value_of(term, bars.part(row + 1 - needed, row + 1))
        past = figure(float(column[row]))
        assert live is not None
        assert past is not None
        assert float(past) == pytest.approx(float(live), rel=1e-7), "windows are as long as what is negligible allows"


def test_longer_bars_are_told_when_they_close() -> None:
    bars = made_bars(600, 60)
    bells = Bells(bars, bars.symbol, [BarWatch(bars.symbol, 300, ("close",)), BarWatch("OTHER", 60, ("close",))])
    longer = lengthened(bars, 300)
    assert bells.next == int(longer.ts[0]) + 300 * 10**9
    assert np.array_equal(longer.close, bars.close[np.searchsorted(bars.ts, longer.ts + 240 * 10**9)])
    with pytest.raises(NoSuchBars, match="bars of 90s"):
        lengthened(bars, 90)
