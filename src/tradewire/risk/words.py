"""Figures in the sentences of refusals."""

from __future__ import annotations

from decimal import Context, Decimal

from tradewire.domain.numbers import plain

_READABLE = Context(prec=8)
_UNITS = ((86400, "d"), (3600, "h"), (60, "min"))


def figure(value: Decimal) -> str:
    """Write a number with eight significant digits at most: for people, never for reckoning."""
    return plain(_READABLE.plus(value))


def counted(number: int, one: str, many: str) -> str:
    """Write a number of things: `1 trade is`, `2 trades are`."""
    return f"{number} {one if number == 1 else many}"


def span(seconds: float) -> str:
    """Write a duration in the largest unit that keeps it at one or more: `90 s` is `1.5 min`."""
    for length, unit in _UNITS:
        if seconds >= length:
            return f"{_short(seconds / length)} {unit}"
    return f"{_short(seconds)} s"


def _short(number: float) -> str:
    """Write a number with three significant digits, or all of its digits before the point."""
    return f"{number:.0f}" if number >= 100 else f"{number:.3g}"
