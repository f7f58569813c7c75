"""Command lines as programs write them, and the checks of those that an owner writes for a program."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, Field

from tradewire.domain.numbers import plain
from tradewire.domain.signal import Control, Open, Side, Signal, Unclear
from tradewire.parsing.command import parse_command


def signals_of(text: str) -> tuple[Signal, ...]:
    """Return what a command line means.

    Raises:
        ValueError: it is none; the sentence says where.
    """
    reading = parse_command(text)
    if isinstance(reading, tuple):
        return reading
    hint, place = "", ""
    if isinstance(reading, Unclear):
        hint = f"; did you mean {reading.suggestion!r}?" if reading.suggestion else ""
        place = "" if reading.position is None else f" (at character {reading.position})"
    raise ValueError(f"{text!r} cannot be read{place}: {reading.reason}{hint}")


def _one_command(text: str) -> str:
    signals = signals_of(text)
    if len(signals) != 1:
        raise ValueError(f"{text!r} holds {len(signals)} commands: write one")
    (signal,) = signals
    if isinstance(signal, Control):
        raise ValueError(f"{text!r} is for you alone: no program halts, resumes or flattens")
    if signal.destinations:
        raise ValueError(f"{text!r} names an account with -e: a program speaks to its own `account`")
    return text


def _flags(text: str) -> str:
    signals = signals_of(f"buy btc 1 {text}")
    if len(signals) != 1 or not isinstance(signals[0], Open) or signals[0].destinations:
        raise ValueError(f"{text!r} holds more than exits: write them such as -sl 2% -tp 4%")
    plainly = signals_of("buy btc 1")[0]
    if not isinstance(plainly, Open) or signals[0].order_type is not plainly.order_type:
        raise ValueError(f"{text!r} prices the entry: write exits alone, such as -sl 2% -tp 4%")
    return text


def _size(text: str) -> str:
    signals = signals_of(f"buy btc {text}")
    if len(signals) != 1 or not isinstance(signals[0], Open) or signals[0].size is None:
        raise ValueError(f"{text!r} is no size: write it such as 80, 0.01u, 0.5lot or 2%")
    return text


Command = Annotated[str, AfterValidator(_one_command)]
"""One command line, such as `buy btc 80 -sl 2%`."""
Exits = Annotated[str, AfterValidator(_flags)]
"""Flags of an entry such as `-sl 2% -tp 4%`; empty: as the route or the risk profile says."""
SizeWords = Annotated[str, Field(coerce_numbers_to_str=True), AfterValidator(_size)]
"""A size as in a command: `80`, `0.01u`, `2%`."""


def entry(
    side: Side, symbol: str, size: str, exits: str = "", *, limit: Decimal | None = None, post: bool = False
) -> str:
    """Return the command that opens a trade, at market or at a limit."""
    words = [side.value, symbol.lower(), size]
    if limit is not None:
        words += ["-lim", plain(limit)]
    if post:
        words.append("-post")
    if exits:
        words.append(exits)
    return " ".join(words)
