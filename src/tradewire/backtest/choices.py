"""The words for what can be chosen in a backtest."""

from __future__ import annotations

from enum import StrEnum


class Sides(StrEnum):
    """Which entries are taken."""

    LONG = "long"
    SHORT = "short"
    BOTH = "both"


class StopsActive(StrEnum):
    """From which bar on stops and targets act."""

    ENTRY_BAR = "entry-bar"
    NEXT_BAR = "next-bar"


class FillAt(StrEnum):
    """Where what a strategy says at a bar's close is filled."""

    NEXT_OPEN = "next-open"
    CLOSE = "close"


class Fills(StrEnum):
    """What is assumed where a bar leaves the order of things open: a preset of `policy`."""

    PESSIMISTIC = "pessimistic"
    OPTIMISTIC = "optimistic"
    VECTORBT = "vectorbt"
    BACKTESTING = "backtesting"


class Lane(StrEnum):
    """What trades: a loop over the bars, or the whole engine on a path of prices."""

    FAST = "fast"
    EXACT = "exact"
