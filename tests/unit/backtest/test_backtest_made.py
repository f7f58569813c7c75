"""Made bars can be, are always the same, and stand still for a while."""

from __future__ import annotations

import numpy as np
import pytest

from tradewire.backtest.made import made_bars


def test_the_same_seed_makes_the_same_bars() -> None:
    assert np.array_equal(made_bars(500, seed=3).close, made_bars(500, seed=3).close)
    assert not np.array_equal(made_bars(500, seed=3).close, made_bars(500, seed=4).close)


def test_they_stand_still_for_an_hour() -> None:
    bars = made_bars(500)
    assert len(set(bars.high[251:310].tolist()) | set(bars.low[251:310].tolist())) == 1


@pytest.mark.parametrize("count", [0, 1, 100])
def test_any_number_can_be_made(count: int) -> None:
    assert len(made_bars(count, timeframe_s=3600)) == count
