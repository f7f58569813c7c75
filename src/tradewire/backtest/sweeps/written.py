"""From what somebody writes to the values of a parameter: `5:50:5`, `1%:3%:0.5%`, `1%,2%,3%`, `none,2%`, `20`."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from tradewire.backtest.request import BadRequest

MOST: Final = 1_000_000
"""Values that one parameter may take."""
NONE: Final = "none"
"""Says that an exit is not there."""

_NUMBER = re.compile(r"\s*(-?(?:\d+\.?\d*|\.\d+)(?:e-?\d+)?)\s*([a-z%]*)\s*", re.IGNORECASE)


def values_of(name: str, text: str) -> list[str]:
    """Return the values as texts, in the order in which they are written.

    `from:to:step` includes both ends where the step meets them; values are parted by `|` where there is one (a ladder
    such as `2%@50%,4%` has commas of its own), else by commas.

    Raises:
        BadRequest: an empty range or list, a step that leads nowhere, a value twice.
    """
    if ":" in text and text.count(":") <= 2:
        return _range(name, text)
    found = [part.strip() for part in text.split("|" if "|" in text else ",")]
    if not all(found):
        raise BadRequest(name, f"{text!r} has an empty place: write values such as 5,10,20 or a range such as 5:50:5")
    twice = sorted({value for value in found if found.count(value) > 1})
    if twice:
        raise BadRequest(name, f"{', '.join(twice)} is there twice")
    return found


def _range(name: str, text: str) -> list[str]:
    parts = [_NUMBER.fullmatch(part) for part in text.split(":")]
    if None in parts:
        raise BadRequest(name, f"{text!r} is no range: write FROM:TO:STEP, such as 5:50:5 or 1%:3%:0.5%")
    numbers = [Decimal(part[1]) for part in parts if part]
    units = {part[2] for part in parts if part and part[2]}
    if len(units) > 1:
        raise BadRequest(name, f"{text!r} mixes {' and '.join(sorted(units))}: one range has one unit")
    first, last, step = numbers if len(numbers) == 3 else (*numbers, Decimal(1))
    unit = units.pop() if units else ""
    if step <= 0:
        raise BadRequest(name, f"{text!r}: the step must be more than nothing, not {step}")
    if last < first:
        raise BadRequest(name, f"{text!r} is empty: it goes from {first} up to {last}; write the smaller one first")
    count = int((last - first) / step) + 1
    if count > MOST:
        raise BadRequest(name, f"{text!r} has {count:,} values, more than {MOST:,}: take a larger step")
    return [f"{(first + at * step).normalize():f}{unit}" for at in range(count)]


def number_in(text: object) -> float | None:
    """Return the number that a value begins with (2 of `2%`), None where it is no number with a unit."""
    if isinstance(text, bool) or text is None:
        return None
    found = _NUMBER.fullmatch(str(text))
    return float(found[1]) if found else None
