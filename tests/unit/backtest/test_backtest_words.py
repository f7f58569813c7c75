"""What a strategy's flags come to, bar by bar."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from tradewire.backtest.hearing import words_of
from tradewire.backtest.words import MEANINGS
from tradewire.domain.bars import Bars
from tradewire.strategies.base import Signals
from tradewire.strategies.meaning import ENTER_LONG, ENTER_SHORT, LEAVE_LONG, LEAVE_SHORT


@pytest.mark.parametrize(
    ("flags", "code"),
    [
        ((0, 0, 0, 0), 0),
        ((1, 0, 0, 0), ENTER_LONG | LEAVE_SHORT),
        ((0, 1, 0, 0), LEAVE_LONG),
        ((0, 0, 1, 0), ENTER_SHORT | LEAVE_LONG),
        ((0, 0, 0, 1), LEAVE_SHORT),
        ((1, 0, 0, 1), ENTER_LONG | LEAVE_SHORT),
        ((0, 1, 0, 1), LEAVE_LONG | LEAVE_SHORT),
        ((1, 1, 0, 0), 0),
        ((1, 0, 1, 0), 0),
        ((1, 1, 1, 1), 0),
        ((1, 1, 1, 0), ENTER_SHORT | LEAVE_LONG),
    ],
)
def test_the_meaning_of_flags(flags: tuple[int, ...], code: int) -> None:
    assert MEANINGS[sum(flag << place for place, flag in enumerate(flags))] == code


@pytest.mark.parametrize("count", [0, 1, 7, 8, 9, 64, 203])
def test_words_are_the_bars_with_a_meaning_but_the_last(count: int) -> None:
    rng = np.random.default_rng(count)
    flags = rng.random((4, count)) < 0.2
    price = np.arange(count) + 1.0
    bars = Bars.checked("X", 60, np.arange(count), price, price, price, price)
    codes = MEANINGS[flags[0] + 2 * flags[1] + 4 * flags[2] + 8 * flags[3]]
    said = [row for row in range(count - 1) if codes[row]]
    for at_close in (False, True):
        words = words_of(bars, Signals(*flags, size=price), at_close=at_close)
        assert words.rows.tolist() == [row + (not at_close) for row in said]
        assert words.prices.tolist() == [row + 1.0 + (not at_close) for row in said]
        assert words.codes.tolist() == codes[said].tolist()
        assert words.sizes.tolist() == [row + 1.0 for row in said]
        assert len(words.distances) == len(words.atr) == 0


def test_every_combination_of_flags_has_a_meaning() -> None:
    assert len(MEANINGS) == len(list(product((0, 1), repeat=4)))
    assert all((code & ENTER_LONG > 0) + (code & ENTER_SHORT > 0) < 2 for code in MEANINGS.tolist())
