"""What happens by itself: strategies at the close of bars, schedules, the analysis of markets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cached_property
from typing import Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from tradewire.domain.numbers import plain
from tradewire.domain.policy import DurationText, Policy, SizeText, TimeframeText
from tradewire.domain.regime import Thresholds
from tradewire.domain.signal import ExitSpec, Level, Open, Side
from tradewire.domain.values import VolatilitySize, write_duration
from tradewire.programs.slots import Zone
from tradewire.settings.names import Name, Symbol
from tradewire.settings.triggers import Trigger, cron, every


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


class ScheduleSettings(Policy):
    """Something that is done by the clock: a command, or a job of the hub's own."""

    every: DurationText | None = Field(default=None, description="so often, counted from midnight UTC of 1970")
    cron: str | None = Field(default=None, description="minute hour day month weekday, as cron writes it")
    zone: Zone = Field(default="UTC", description="time zone of `cron`, such as America/New_York")
    do: str = Field(min_length=1, description="commands, `strategy NAME`, or `analyze`")
    account: Name | None = Field(default=None, description="its commands act on this account only")
    grace: DurationText = Field(default=60, description="how late a firing may still be made")
    enabled: bool = True

    @model_validator(mode="after")
    def _has_a_rule(self) -> Self:
        if (self.every is None) == (self.cron is None):
            raise ValueError("write either `every` or `cron`")
        self.trigger  # noqa: B018 - reading the rule says what is wrong with it
        return self

    @cached_property
    def trigger(self) -> Trigger:
        """The moments of the rule."""
        return every(self.every) if self.every is not None else cron(self.cron or "", self.zone)

    @property
    def rule(self) -> str:
        """The rule in words."""
        if self.every is not None:
            return f"every {write_duration(self.every)}"
        return f"cron {self.cron} {self.zone}"


class AnalysisSettings(Thresholds):
    """Markets that are judged besides those that routes ask for, and what a trend takes."""

    symbols: tuple[Symbol, ...] = ()
    timeframes: tuple[TimeframeText, ...] = ()


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
    if prices := [level for level in _levels(entry.exits) if isinstance(level, Decimal)]:
        raise ValueError(f"the price {plain(prices[0])} would fit one entry only: write a distance such as 2% or 30p")
    return entry


def _levels(exits: ExitSpec) -> Iterator[Level | None]:
    yield exits.stop
    yield from (target.level for target in exits.targets)
    if exits.trailing is not None:
        yield exits.trailing.activation
    if exits.breakeven is not None:
        yield exits.breakeven.at


def _bare(entry: Open) -> Open:
    return Open(symbol=entry.symbol, side=entry.side, exits=entry.exits, leverage=entry.leverage)
