"""Mending: each named rule does what its words say, counts it, and leaves bars that can be."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradewire.backtest.data.checking import grave
from tradewire.backtest.data.mending import Rule, mend
from tradewire.domain.bars import Bars

SECOND = 1_000_000_000


def bars(*rows: tuple[int, float]) -> Bars:
    """Return flat bars of (minute, price)."""
    close = np.array([price for _, price in rows])
    ts = np.array([minute for minute, _ in rows]) * 60 * SECOND
    return Bars("X", 60, ts, close.copy(), close.copy(), close.copy(), close, np.ones(len(rows)))


def kept(mended: Bars) -> list[tuple[int, float]]:
    return list(zip((mended.ts // (60 * SECOND)).tolist(), mended.close.tolist(), strict=True))


FAULTY = ((1, 10.0), (3, 12.0), (2, 11.0), (4, -1.0), (5, 13.0), (5, 14.0), (6, 15.0), (6, 15.0), (7, np.nan))
WRONG = "left out as impossible"
TWICE = "left out as the same time was there twice"


@pytest.mark.parametrize(
    ("rule", "expected", "counts"),
    [
        (Rule.DROP, [(1, 10), (2, 11), (3, 12), (6, 15)], {"put in order": 1, WRONG: 2, TWICE: 3}),
        (Rule.FIRST, [(1, 10), (2, 11), (3, 12), (5, 13), (6, 15)], {"put in order": 1, WRONG: 2, TWICE: 2}),
        (Rule.LAST, [(1, 10), (2, 11), (3, 12), (5, 14), (6, 15)], {"put in order": 1, WRONG: 2, TWICE: 2}),
        (
            Rule.FILL,
            [(1, 10), (2, 11), (3, 12), (4, 12), (5, 14), (6, 15), (7, 15)],
            {"put in order": 1, TWICE: 2, "made flat at the close before": 2},
        ),
    ],
)
def test_each_rule(rule: Rule, expected: list[tuple[int, float]], counts: dict[str, int]) -> None:
    mended = mend(bars(*FAULTY), rule)
    assert kept(mended.bars) == expected
    assert mended.counts == counts
    assert grave(mended.bars) == []


def test_filled_bars_have_no_volume_and_need_one_before() -> None:
    mended = mend(bars((1, np.nan), (2, 0.0), (3, 5.0), (4, np.nan)), Rule.FILL)
    assert kept(mended.bars) == [(3, 5), (4, 5)]
    assert mended.bars.volume.tolist() == [1, 0]
    assert mended.told() == [
        "1 bar made flat at the close before",
        "2 bars left out as impossible with nothing before",
    ]


def test_fill_takes_a_possible_bar_before_an_impossible_one_of_the_same_time() -> None:
    assert kept(mend(bars((1, 5.0), (2, 6.0), (2, -1.0), (3, 7.0)), Rule.FILL).bars) == [(1, 5), (2, 6), (3, 7)]


@pytest.mark.parametrize("rule", Rule)
def test_sound_bars_stay_as_they_are(rule: Rule) -> None:
    mended = mend(bars((1, 5.0), (2, 6.0), (9, 7.0)), rule)
    assert (kept(mended.bars), mended.counts) == ([(1, 5), (2, 6), (9, 7)], {})


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 6), st.sampled_from([1.0, 2.0, 3.0, 0.0, -1.0, np.nan]))), st.sampled_from(Rule)
)
def test_whatever_comes_what_remains_can_be(rows: list[tuple[int, float]], rule: Rule) -> None:
    mended = mend(bars(*rows), rule)
    assert grave(mended.bars) == []
    possible = {minute for minute, price in rows if price > 0}
    if rule in (Rule.FIRST, Rule.LAST):
        assert {minute for minute, _ in kept(mended.bars)} == possible
    assert {minute for minute, _ in kept(mended.bars)} <= {minute for minute, _ in rows}
