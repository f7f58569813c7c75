"""A history in pieces comes to what the whole comes to, to the byte."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from tradewire.backtest.exact.lane import Money, run
from tradewire.backtest.exact.streaming import NothingToPlay, run_streamed
from tradewire.backtest.made import made_bars
from tradewire.domain.bars import Bars
from tradewire.strategies.base import Signals
from tradewire.strategies.sma_cross import CrossParams, SmaCross

BARS = made_bars(500, seed=11)
PARAMS = CrossParams(fast=5, slow=15)
FLAGS = "-sl 0.6% -tp 0.4%@50%,1% -tsl 0.8%@0.3%"


def asked(bars: Bars) -> Signals:
    return SmaCross().signals(bars, PARAMS)


def pieces(rows: int) -> Iterator[Bars]:
    for start in range(0, len(BARS), rows):
        yield BARS.part(start, min(start + rows, len(BARS)))


@pytest.mark.parametrize("at_close", [False, True])
@pytest.mark.parametrize("rows", [1, 37, 499, 5_000])
def test_pieces_of_any_size_come_to_what_the_whole_comes_to(rows: int, at_close: bool) -> None:
    money = Money(1e5, 0.05)
    whole = run(BARS, asked(BARS), flags=FLAGS, at_close=at_close, money=money)
    streamed = run_streamed(
        pieces(rows), asked, SmaCross().warmup(PARAMS) + 1, flags=FLAGS, at_close=at_close, money=money
    )
    assert len(whole.parts) > 20
    assert streamed.journal_hash == whole.journal_hash
    assert streamed.parts == whole.parts
    assert (streamed.bars, streamed.journal_rows) == (len(BARS), whole.journal_rows)
    assert streamed.equity_final == pytest.approx(whole.equity[-1])
    peaks = np.maximum.accumulate(np.append(1e5, whole.equity))[1:]
    assert streamed.max_drawdown == pytest.approx(float((1 - whole.equity / peaks).max()))


def test_no_bars_are_told() -> None:
    with pytest.raises(NothingToPlay):
        run_streamed(iter(()), asked, 20)
