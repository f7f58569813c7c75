"""While answers are shared an indicator is reckoned once for the same question, and says what it always says."""

from __future__ import annotations

import numpy as np

from tradewire.analysis.averages import ema, sma
from tradewire.analysis.momentum import macd
from tradewire.analysis.sharing import Shared, shared, sharing
from tradewire.analysis.volatility import atr
from tradewire.backtest.made import made_bars


class Counted:
    """Counts how often its question is really asked."""

    def __init__(self) -> None:
        self.asked = 0
        self.ask = shared(self._ask)

    def _ask(self, values: np.ndarray, length: int, word: str = "") -> np.ndarray:
        self.asked += 1
        return values * length


def test_the_same_question_is_asked_once() -> None:
    bars, counted = made_bars(200), Counted()
    with sharing(Shared([bars.close])):
        first = counted.ask(bars.close, 3)
        again = counted.ask(bars.part(0, 200).close, 3)
        assert (counted.asked, np.array_equal(first, again)) == (1, True)
        first[:] = 0
        again[:] = 1
        assert np.array_equal(counted.ask(bars.close, 3), bars.close * 3), "what callers do to their copy stays theirs"
        counted.ask(bars.close, 4)
        counted.ask(bars.part(1, 200).close, 3)
        counted.ask(bars.close[::2], 3)
        assert counted.asked == 4, "another length, another part, every other bar: other questions"
    counted.ask(bars.close, 3)
    assert counted.asked == 5, "outside nothing is kept"


def test_other_arrays_are_never_taken_for_ones_that_were_there() -> None:
    """A temporary array may lie where one lay before that is gone: only the history's own memory is known."""
    bars, counted = made_bars(200), Counted()
    with sharing(Shared([bars.close])):
        for number in range(50):
            assert counted.ask(bars.close + number, 2)[0] == (bars.close[0] + number) * 2
        assert counted.asked == 50
        counted.ask(bars.close, 2, word="x")
        counted.ask(bars.close, 2, word="x")
        assert counted.asked == 52, "what is given by name is not kept"


def test_memory_is_bounded() -> None:
    bars, counted = made_bars(1000), Counted()
    answers = Shared([bars.close], limit=3 * 8000)
    with sharing(answers):
        for length in (1, 2, 3, 1, 4, 4):
            counted.ask(bars.close, length)
        assert counted.asked == 4
        assert len(answers) == 1


def test_indicators_say_the_same_shared_or_not() -> None:
    bars = made_bars(500)
    asked = (
        lambda: sma(bars.close, 20),
        lambda: ema(bars.close, 20),
        lambda: atr(bars.high, bars.low, bars.close, 14),
        lambda: np.array(macd(bars.close, 12, 26, 9)),
    )
    alone = [ask() for ask in asked]
    with sharing(Shared([bars.high, bars.low, bars.close])):
        for _ in range(2):
            for ask, expected in zip(asked, alone, strict=True):
                assert np.array_equal(ask(), expected, equal_nan=True)
