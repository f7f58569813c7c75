"""What an owner settles in the configuration about sizes and exits; routes and risk profiles share it.

Fields take the text that people write (`2%`, `30p`, `risk 1%`, `15m`) and hold what `domain/values.py` reads from it.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any, Final, TypeVar, cast

from msgspec import Struct
from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from tradewire.domain.hours import Window, parse_window, write_window
from tradewire.domain.numbers import ONE, plain
from tradewire.domain.signal import Breakeven, Distance, ExitSpec, Level, Size, Target, Trailing
from tradewire.domain.timeframes import parse_bar_length, timeframe_name
from tradewire.domain.values import (
    Amount,
    VolatilitySize,
    parse_amount,
    parse_distance,
    parse_duration,
    parse_level,
    parse_percent,
    parse_size_rule,
    parse_target,
    write_amount,
    write_duration,
    write_level,
    write_size,
    write_target,
)

T = TypeVar("T")

NOT_TEXT: Final = "not_text"
"""The kind of error where a value is neither text nor a number."""


def _reader(parse: Callable[[str], T], write: Callable[[T], str]) -> PlainValidator:
    """Accept text, a plain number as YAML gives it, or a value that was read before (a dump is read again)."""

    def read(value: Any) -> T:
        if isinstance(value, str):
            return parse(value)
        if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
            return parse(plain(Decimal(str(value))))
        if not isinstance(value, Struct):
            raise PydanticCustomError(NOT_TEXT, "must be text or a number")
        return parse(write(cast(T, value)))

    return PlainValidator(read)


def _text(write: Callable[[Any], str]) -> PlainSerializer:
    return PlainSerializer(write, return_type=str)


def _schema(*examples: str) -> WithJsonSchema:
    return WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "number"}], "examples": list(examples)})


LevelText = Annotated[
    Level, _reader(parse_level, write_level), _text(write_level), _schema("2%", "30p", "2atr", "60000")
]
DistanceText = Annotated[
    Distance, _reader(parse_distance, write_level), _text(write_level), _schema("2.8%", "30p", "2atr")
]
TargetText = Annotated[
    Target, _reader(parse_target, write_target), _text(write_target), _schema("3%@50%", "60p", "3atr")
]
SizeText = Annotated[
    Size | VolatilitySize,
    _reader(parse_size_rule, write_size),
    _text(write_size),
    _schema("80", "0.5lot", "0.01u", "2%", "risk 1%", "risk 1% per 2atr"),
]
AmountText = Annotated[Amount, _reader(parse_amount, write_amount), _text(write_amount), _schema("500", "2%")]
PercentText = Annotated[Decimal, _reader(parse_percent, plain), _text(lambda v: f"{plain(v)}%"), _schema("20%")]
DurationText = Annotated[
    int, _reader(parse_duration, write_duration), _text(write_duration), _schema("90s", "15m", "2h")
]
TimeframeText = Annotated[
    int, _reader(parse_bar_length, timeframe_name), _text(timeframe_name), _schema("1m", "15m", "1h", "1d")
]
WindowText = Annotated[Window, _reader(parse_window, write_window), _text(write_window), _schema("mon-fri 08:00-17:00")]


class Policy(BaseModel):
    """A part of the configuration: frozen, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Use(StrEnum):
    """When the owner's value counts: only where the signal brings none, or always."""

    MISSING = "missing"
    ALWAYS = "always"


class Opposite(StrEnum):
    """What an entry does where trades the other way are open in its symbol."""

    ALLOW = "allow"
    """Open beside them (a hedge)."""
    IGNORE = "ignore"
    """Refuse the entry and leave them."""
    CLOSE = "close"
    """Close them and open nothing."""
    REVERSE = "reverse"
    """Close them; open once the closing is confirmed."""


class Allocator(Policy):
    """The margin of one trade when the account is shared by `slots` trades; see `risk/allocator.py`."""

    reserved: Decimal = Field(default=Decimal("0.2"), ge=0, lt=1, description="share of the equity that is never used")
    slots: int = Field(default=5, ge=1, description="trades that share the rest")
    cap: Decimal | None = Field(default=None, gt=0, description="most margin of one trade, in the account's currency")


class Sizing(Policy):
    """How large an entry is."""

    size: SizeText | None = Field(default=None, description="the size where a signal brings none")
    use: Use = Field(default=Use.MISSING, description="always: the signal's own size is not used")
    allocator: Allocator | None = Field(default=None, description="instead of `size`: let the margin allocator decide")
    multiplier: Decimal = Field(default=ONE, gt=0, description="every size is multiplied by it")
    cap: SizeText | None = Field(default=None, description="a larger size is cut down to it")


class ExitDefaults(Policy):
    """The exits of an entry, part by part; with `use: missing` only the parts that the signal leaves out."""

    use: Use = Use.MISSING
    stop: LevelText | None = None
    targets: tuple[TargetText, ...] = ()
    trailing: DistanceText | None = None
    trailing_from: LevelText | None = Field(default=None, description="trailing begins here; empty = at once")
    trailing_step: DistanceText | None = None
    breakeven: LevelText | None = None
    breakeven_after_target: int | None = Field(default=None, ge=1)
    breakeven_offset: DistanceText | None = None
    time_limit: DurationText | None = None
    session_end: bool = False
    plugin: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*$",
        description="module:function of yours that returns the default exits; the parts above fill what it leaves out",
    )

    @cached_property
    def spec(self) -> ExitSpec:
        """The parts as an `ExitSpec`."""
        trailing, breakeven = None, None
        if self.trailing is not None:
            trailing = Trailing(self.trailing, self.trailing_from, self.trailing_step)
        if self.breakeven is not None or self.breakeven_after_target is not None:
            breakeven = Breakeven(self.breakeven, self.breakeven_after_target, self.breakeven_offset)
        return ExitSpec(
            stop=self.stop,
            targets=self.targets,
            trailing=trailing,
            breakeven=breakeven,
            time_limit_s=self.time_limit,
            session_end=self.session_end,
        )

    @cached_property
    def is_empty(self) -> bool:
        """Nothing is settled here, so a signal's exits stay as they are."""
        return self.plugin is None and self.spec == ExitSpec()


class Overrides(Policy):
    """What a route changes for the signals it carries; what is None stays as the account's risk profile says."""

    risk_profile: str | None = None
    sizing: Sizing | None = None
    multiplier: Decimal = Field(
        default=ONE, gt=0, description="multiplies the size on top of the sizing's own multiplier"
    )
    exits: ExitDefaults | None = None


AS_PROFILED = Overrides()
"""No route changes anything."""
