"""Axes and columns of the drawings."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradewire.report.frame import Frame, columns, ticks
from tradewire.report.words import moment, money, percent, plain, price, short


@pytest.mark.parametrize(
    ("low", "high", "found"),
    [
        (0, 100, [0, 50, 100]),
        (9.1, 11, [9.5, 10, 10.5, 11]),
        (-0.07, 0, [-0.06, -0.04, -0.02, 0]),
        (99, 99.5, [99, 99.2, 99.4]),
    ],
)
def test_ticks_are_round(low: float, high: float, found: list[float]) -> None:
    assert ticks(low, high) == pytest.approx(found)


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6))
def test_there_are_always_a_few_ticks_and_all_inside(low: float, span: float) -> None:
    found = ticks(low, low + span)
    assert 1 <= len(found) <= 6
    assert all(low - 1e-6 * span <= tick <= low + span * (1 + 1e-6) for tick in found)


@given(st.integers(1, 5_000), st.integers(1, 900))
def test_columns_cover_every_row_once(count: int, most: int) -> None:
    edges = columns(count, most)
    assert (edges[0], edges[-1]) == (0, count)
    assert len(edges) - 1 == min(count, most)
    assert (np.diff(edges) > 0).all()


def test_a_flat_line_lies_in_the_middle() -> None:
    frame = Frame.around(3, 100.0, 100.0, 230)
    assert float(frame.y(100.0)) == 108.0
    assert frame.x(np.arange(3)).tolist() == [156.3, 469.0, 781.7]


def test_figures_are_written_for_people() -> None:
    assert (percent(0.01234), percent(None), money(1234.5), plain(None)) == ("1.23 %", "–", "1,234.50", "–")
    assert (price(60123.456789), short(12_500), short(3e6), short(0.0125)) == ("60,123.457", "12.5k", "3M", "0.0125")
    assert moment(0) == "1970-01-01 00:00"
