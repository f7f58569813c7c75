"""What trades by itself: strategies at the close of bars."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field, field_validator

from tradewire.domain.policy import DurationText, Policy, SizeText, TimeframeText
from tradewire.domain.signal import Open, Side
from tradewire.domain.values import VolatilitySize
from tradewire.settings.names import Name, Symbol

MINUTE, DAY = 60, 86_400


class StrategySettings(Policy):
    """A strategy that is traded live: asked when a bar closes, and what it says is spoken as commands."""

    strategy: str = Field(min_length=1, description="id of a strategy, module:Class, or file.py:Class")
    params: Mapping[str, Any] = Field(default={}, description="the strategy's parameters; its defaults for the others")
    symbols: tuple[Symbol, ...] = Field(min_length=1)
    timeframe: TimeframeText = Field(description="how long its bars are, from 1m to 1d")
    accounts: tuple[Name, ...] = Field(default=(), description="accounts or venues that it trades; empty = as routed")
    side: Literal["long", "short", "both"] = Field(default="long", description="entries that are taken")
    size: SizeText | None = Field(default=None, description="size of its entries; empty = as routed or profiled")
    exits: str = Field(default="", description="flags as in a command: -sl 2% -tp 3%@50%,6%")
    when: Literal["bar", "schedule"] = Field(default="bar", description="asked at each bar's close, or by schedules")
    catch_up: DurationText | None = Field(default=None, description="how late a bar that was missed is still traded")
    enabled: bool = True

    @field_validator("timeframe")
    @classmethod
    def _divides_the_day(cls, seconds: int) -> int:
        if not MINUTE <= seconds <= DAY or DAY % seconds:
            raise ValueError("bars last 1m to 1d, and whole ones make a day: 1m, 5m, 15m, 1h, 4h, 1d")
        return seconds

    @field_validator("size")
    @classmethod
    def _can_be_said(cls, size: Any) -> Any:
        if isinstance(size, VolatilitySize):
            raise ValueError("a size by volatility belongs to the route or the risk profile: leave it out here")
        return size

    @field_validator("exits")
    @classmethod
    def _are_flags(cls, exits: str) -> str:
        entry_of(exits)
        return exits

    @property
    def entry(self) -> Open:
        """An entry with its size and its exits."""
        entry = entry_of(self.exits)
        return Open(
            symbol=entry.symbol,
            side=entry.side,
            size=self.size if not isinstance(self.size, VolatilitySize) else None,
            exits=entry.exits,
            leverage=entry.leverage,
        )


def entry_of(flags: str) -> Open:
    """Return an entry with the exits and the leverage that flags of a command say.

    Raises:
        ValueError: they cannot be read, or say more than that.
    """
    if not flags.strip():
        return Open(symbol="BTCUSDT", side=Side.BUY)
    from tradewire.parsing.command import parse_command  # A tenth of a second, only where there are flags.

    lead = "buy btc "
    reading = parse_command(lead + flags)
    if not isinstance(reading, tuple):
        at = getattr(reading, "position", None)
        place = f" at {flags[max(0, at - len(lead)) :][:20]!r}" if at is not None else ""
        suggestion = getattr(reading, "suggestion", None)
        raise ValueError(f"{reading.reason}{place}{f'; did you mean {suggestion!r}?' if suggestion else ''}")
    entry = reading[0]
    if len(reading) != 1 or not isinstance(entry, Open) or entry != _bare(entry):
        raise ValueError("write exits only: -sl, -tp, -tsl, -be, -for, -eod, and -lev")
    return entry


def _bare(entry: Open) -> Open:
    return Open(symbol=entry.symbol, side=entry.side, exits=entry.exits, leverage=entry.leverage)
