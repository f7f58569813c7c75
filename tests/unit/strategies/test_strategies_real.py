"""What is shipped says the same live and on history on real prices too: hourly EURUSD and daily GOOG."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest

from tradewire.backtest.data.files import read
from tradewire.strategies.check import Fault, check
from tradewire.strategies.finding import make, read_params
from tradewire.strategies.shipped import SHIPPED

CASES = [(name, symbol) for name in sorted(SHIPPED) for symbol in ("EURUSD", "GOOG")]
CASES.remove(("session-range", "GOOG"))  # it takes no daily bars


@pytest.mark.parametrize(("name", "symbol"), CASES)
def test_a_shipped_strategy_is_the_same_on_the_window(name: str, symbol: str) -> None:
    bars = read(Path(str(files("backtesting.test").joinpath(f"{symbol}.csv")))).bars
    strategy = make(name)
    findings = check(strategy, read_params(type(strategy), {}), bars)
    assert [finding for finding in findings if finding.fault is not Fault.SILENT] == []
