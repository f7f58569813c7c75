"""Rounding happens once, in a named direction, and what people read has no exponent."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradewire.domain.numbers import Rounding, amount, divide_down, parse_decimal, plain, quantity_down, to_step

D = Decimal
VALUES = st.decimals(min_value=-10_000, max_value=10_000, places=6)
STEPS = st.sampled_from([D("0.0001"), D("0.01"), D("0.25"), D(1), D(5)])


@pytest.mark.parametrize(
    ("value", "down", "up", "nearest"),
    [
        ("1.26", "1.25", "1.50", "1.25"),
        ("1.25", "1.25", "1.25", "1.25"),
        ("-1.26", "-1.50", "-1.25", "-1.25"),
        ("1.375", "1.25", "1.50", "1.50"),
        ("1.125", "1.00", "1.25", "1.00"),
    ],
)
def test_a_value_goes_to_the_step_in_the_direction_that_was_named(value: str, down: str, up: str, nearest: str) -> None:
    step = D("0.25")
    assert to_step(D(value), step, Rounding.DOWN) == D(down)
    assert to_step(D(value), step, Rounding.UP) == D(up)
    assert to_step(D(value), step, Rounding.NEAREST) == D(nearest), "halves go to the even step"


@given(value=VALUES, step=STEPS)
def test_down_and_up_enclose_the_value_by_less_than_a_step(value: Decimal, step: Decimal) -> None:
    down, up = to_step(value, step, Rounding.DOWN), to_step(value, step, Rounding.UP)
    assert down <= value <= up
    assert up - down in (0, step)
    assert to_step(value, step, Rounding.NEAREST) in (down, up)


def test_a_step_of_zero_allows_any_value() -> None:
    assert to_step(D("1.23456"), D(0), Rounding.DOWN) == D("1.23456")
    assert quantity_down(D("1.23456"), D(0)) == D("1.23456")


def test_a_quantity_is_never_more_than_was_asked_for() -> None:
    assert quantity_down(D("0.0013999"), D("0.0001")) == D("0.0013")


def test_a_division_without_end_is_cut_off_never_rounded_up() -> None:
    assert str(divide_down(D(2), D(3))) == "0." + "6" * 28
    assert divide_down(D(1), D(4)) == D("0.25")


@pytest.mark.parametrize("text", ["", "abc", "1,000", "NaN", "Infinity", "-inf", "1.2.3"])
def test_what_is_no_finite_number_is_named(text: str) -> None:
    with pytest.raises(ValueError, match="is not a"):
        parse_decimal(text)


@pytest.mark.parametrize(
    ("value", "text"),
    [("1E+3", "1000"), ("0.10", "0.1"), ("-0", "0"), ("-0.00", "0"), ("0.00000001", "0.00000001"), ("5", "5")],
)
def test_people_read_no_exponent_and_no_trailing_zeros(value: str, text: str) -> None:
    assert plain(D(value)) == text
    assert parse_decimal(text) == D(value)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("9989.463884772647048145250991", "9989.46388477"),
        ("-0.2244379973529518547490090072", "-0.224438"),
        ("0.000000015", "0.00000002"),
        ("-0.000000005", "0"),
        ("80.50", "80.5"),
    ],
)
def test_a_sum_of_money_is_written_to_eight_places(value: str, text: str) -> None:
    assert amount(D(value)) == text
