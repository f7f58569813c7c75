"""Exact decimal arithmetic: every rounding in the hub happens here, once, with a named direction."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_EVEN, Context, Decimal, InvalidOperation
from enum import Enum

ZERO = Decimal(0)
ONE = Decimal(1)
HUNDRED = Decimal(100)


_SMALLEST_AMOUNT = Decimal("0.00000001")
_AVERAGES = Context(prec=15)
_TOWARDS_ZERO = Context(prec=28, rounding=ROUND_DOWN)


class Rounding(Enum):
    """Where a value between two steps goes."""

    DOWN = ROUND_FLOOR
    UP = ROUND_CEILING
    NEAREST = ROUND_HALF_EVEN


def to_step(value: Decimal, step: Decimal, rounding: Rounding) -> Decimal:
    """Return `value` moved to a multiple of `step` (a step of zero means: any value is allowed)."""
    if not step:
        return value
    return (value / step).to_integral_value(rounding=rounding.value) * step


def quantity_down(quantity: Decimal, step: Decimal) -> Decimal:
    """Round a quantity (base units, not negative) down to the venue's step: never more than was asked for."""
    return to_step(quantity, step, Rounding.DOWN)


def divide_down(value: Decimal, divisor: Decimal) -> Decimal:
    """Divide so that a quotient with endless digits is cut off, never rounded up."""
    return _TOWARDS_ZERO.divide(value, divisor)


def average(cost: Decimal, quantity: Decimal) -> Decimal:
    """Return cost / quantity to 15 significant digits: an average price is a statistic, finer than any tick."""
    return _AVERAGES.divide(cost, quantity)


def parse_decimal(text: str) -> Decimal:
    """Read a finite decimal number.

    Raises:
        ValueError: not a number, or not finite.
    """
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise ValueError(f"{text!r} is not a number") from None
    if not value.is_finite():
        raise ValueError(f"{text!r} is not a finite number")
    return value


def plain(value: Decimal) -> str:
    """Write a decimal for people and for the API: no exponent, no trailing zeros."""
    text = str(value)
    if "E" in text:
        text = f"{value:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def amount(value: Decimal) -> str:
    """Write a sum of money that was worked out, to 8 places, halves to even.

    What a currency conversion leaves beyond them, nobody can pay. The sum itself keeps every digit.
    """
    return plain(to_step(value, _SMALLEST_AMOUNT, Rounding.NEAREST))
