"""Figures of a bar that a condition can name: `close`, `volume`, `sma(50)`, `rsi(14)` and the like."""

from __future__ import annotations

import math
import re
from decimal import Decimal
from typing import Any

COLUMNS = ("open", "high", "low", "close", "volume")
MOVING = ("sma", "ema", "rsi", "atr", "highest", "lowest")
LONGEST = 500
_TERM = re.compile(r"([a-z]+)\((\d{1,4})\)", re.ASCII)


def parse_term(text: str) -> tuple[str, int]:
    """Return (name, length) of a figure; the length of a bar's own figures is 0.

    Raises:
        ValueError: there is no such figure.
    """
    word = text.lower()
    if word in COLUMNS:
        return word, 0
    found = _TERM.fullmatch(word)
    if found is None or found[1] not in MOVING:
        known = ", ".join([*COLUMNS, *(f"{name}(N)" for name in MOVING)])
        raise ValueError(f"{text!r} is no figure of a bar: there are {known}")
    length = int(found[2])
    if not 2 <= length <= LONGEST:
        raise ValueError(f"{text!r}: a length is from 2 to {LONGEST} bars")
    return found[1], length


def bars_needed(term: str) -> int:
    """Return how many bars, this one included, a figure needs to be right."""
    from tradewire.analysis.averages import ema_memory, rma_memory

    name, length = parse_term(term)
    if name == "ema":
        return ema_memory(length) + 1
    if name in ("rsi", "atr"):
        return rma_memory(length) + 2
    return max(length, 1) + 1


def value_of(term: str, bars: Any) -> Decimal | None:
    """Return a figure of the last of some `Bars`; None where there are too few."""
    length = parse_term(term)[1]
    if len(bars) < max(length, 1) + 1:
        return None
    return figure(float(column_of(term, bars)[-1]))


def figure(value: float) -> Decimal | None:
    """Return a figure as conditions compare it; None where it is not known."""
    return Decimal(f"{value:.12g}") if math.isfinite(value) else None


def column_of(term: str, bars: Any) -> Any:
    """Return a figure of every one of some `Bars`; nan where it is not known.

    `highest` and `lowest` are those of the bars before each, so that a close can pass them.
    """
    import numpy as np

    from tradewire.analysis.averages import ema, sma
    from tradewire.analysis.channels import highest, lowest
    from tradewire.analysis.momentum import rsi
    from tradewire.analysis.volatility import atr

    name, length = parse_term(term)
    match name:
        case "sma":
            return sma(bars.close, length)
        case "ema":
            return ema(bars.close, length)
        case "rsi":
            return rsi(bars.close, length)
        case "atr":
            return atr(bars.high, bars.low, bars.close, length)
        case "highest":
            return np.append(np.nan, highest(bars.high[:-1], length))
        case "lowest":
            return np.append(np.nan, lowest(bars.low[:-1], length))
    return getattr(bars, name)
