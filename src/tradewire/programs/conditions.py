"""Conditions as people write them: `btc > 60000`, `btc rsi(14) 1h crosses-below 30`, `time >= 2026-12-01T09:00Z`."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Annotated, Literal, cast

from msgspec import Struct
from pydantic import AfterValidator

from tradewire.domain.numbers import parse_decimal
from tradewire.domain.symbols import canonical
from tradewire.domain.timeframes import parse_timeframe
from tradewire.programs.indicators import parse_term
from tradewire.programs.slots import ns

Operator = Literal["<", "<=", ">", ">=", "crosses-above", "crosses-below"]
OPERATORS = ("<", "<=", ">", ">=", "crosses-above", "crosses-below")
PRICE, TIME = "price", "time"
_HELP = "write it such as `btc > 60000`, `btc rsi(14) 1h crosses-below 30` or `time >= 2026-12-01T09:00Z`"


class Condition(Struct, frozen=True, kw_only=True):
    """`left` (price, time, or a figure of bars of `timeframe_s`) compared with a number, or another such figure.

    Of a time the number is epoch nanoseconds.
    """

    symbol: str
    left: str
    operator: Operator
    right: Decimal | str
    timeframe_s: int = 0

    @property
    def crosses(self) -> bool:
        return self.operator.startswith("crosses")

    @property
    def terms(self) -> tuple[str, ...]:
        """Return the figures of bars that it looks at."""
        right = (self.right,) if isinstance(self.right, str) else ()
        return (self.left, *right) if self.timeframe_s else ()

    def holds(self, side: int) -> bool:
        """Tell whether it holds where `left` is less than `right` (-1), equal (0) or more (1); not for crossings."""
        return {"<": side < 0, "<=": side <= 0, ">": side > 0, ">=": side >= 0}[self.operator]

    def is_crossed(self, before: int | None, side: int) -> bool:
        """Tell whether the line was crossed, in the wanted direction, between two looks."""
        if before is None:
            return False
        return before <= 0 < side if self.operator == "crosses-above" else before >= 0 > side


@lru_cache(maxsize=1024)
def parse_condition(text: str) -> Condition:
    """Read a condition.

    Raises:
        ValueError: with the word that cannot be read.
    """
    words = text.split()
    place = next((index for index, word in enumerate(words) if word.lower() in OPERATORS), None)
    if place is None:
        raise ValueError(f"{text!r} has no operator ({' '.join(OPERATORS)}): {_HELP}")
    left, operator, right = words[:place], cast("Operator", words[place].lower()), words[place + 1 :]
    if not 1 <= len(left) <= 3 or len(right) != 1:
        raise ValueError(f"{text!r} cannot be read: {_HELP}")
    if left[0].lower() == TIME:
        return _time(text, left, operator, right[0])
    symbol = canonical(left[0])
    if symbol is None:
        raise ValueError(f"{left[0]!r} in {text!r} is no symbol: {_HELP}")
    what = left[1].lower() if len(left) > 1 else PRICE
    if what == PRICE:
        if len(left) > 2:
            raise ValueError(f"{text!r}: a price has no timeframe; `close {left[2]}` is that of bars")
        return Condition(symbol=symbol, left=PRICE, operator=operator, right=_number(right[0], text))
    parse_term(what)
    if len(left) < 3:
        raise ValueError(
            f"{text!r} needs a timeframe behind {what}: such as `{left[0]} {what} 1h {operator} {right[0]}`"
        )
    compared: Decimal | str
    try:
        compared = parse_decimal(right[0])
    except ValueError:
        parse_term(right[0])
        compared = right[0].lower()
    return Condition(symbol=symbol, left=what, operator=operator, right=compared, timeframe_s=parse_timeframe(left[2]))


def _time(text: str, left: list[str], operator: Operator, moment: str) -> Condition:
    if len(left) > 1 or operator not in (">", ">=", "<", "<="):
        raise ValueError(f"{text!r}: a time is written `time >= 2026-12-01T09:00Z`")
    try:
        at = datetime.fromisoformat(moment)
    except ValueError:
        raise ValueError(f"{moment!r} in {text!r} is no moment: write it such as 2026-12-01T09:00Z") from None
    if at.tzinfo is None:
        raise ValueError(f"{moment!r} in {text!r} has no time zone: write it such as 2026-12-01T09:00Z")
    return Condition(symbol="", left=TIME, operator=operator, right=Decimal(ns(at)))


def _number(word: str, text: str) -> Decimal:
    try:
        return parse_decimal(word)
    except ValueError:
        raise ValueError(f"{word!r} in {text!r} is no price") from None


def _checked(text: str) -> str:
    parse_condition(text)
    return text


ConditionText = Annotated[str, AfterValidator(_checked)]
"""A condition, such as `btc > 60000`."""
