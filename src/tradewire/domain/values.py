"""Values as people write them in the configuration: `2%`, `30p`, `2atr`, `80`, `0.5lot`, `risk 1%`, `15m`.

Every reader is strict and raises `ValueError` with a sentence that shows how to write it; every writer gives back text
that the reader reads as the same value.
"""

from __future__ import annotations

import re
from decimal import Decimal

from msgspec import Struct

from tradewire.domain.numbers import HUNDRED, parse_decimal, plain
from tradewire.domain.signal import Distance, Level, Size, SizeUnit, Target, Unit

_WORD = re.compile(r"(\d+(?:\.\d+)?|\.\d+)\s*([a-z%]*)", re.ASCII)

_DISTANCES = {
    "%": Unit.PERCENT,
    "p": Unit.PIPS,
    "pip": Unit.PIPS,
    "pips": Unit.PIPS,
    "atr": Unit.ATR,
    "r": Unit.R,
}
_SIZES = {
    "": SizeUnit.QUOTE,
    "lot": SizeUnit.LOTS,
    "lots": SizeUnit.LOTS,
    "u": SizeUnit.UNITS,
    "units": SizeUnit.UNITS,
    "%": SizeUnit.EQUITY_PERCENT,
}
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}

_LEVEL_HELP = "write a distance such as 2%, 30p or 2atr, or a price such as 60000"
_DISTANCE_HELP = "write a distance with its unit, such as 2%, 30p or 2atr"
_SIZE_HELP = "write 80 (money), 0.5lot, 0.01u (units), 2% (of equity) or risk 1%"


class VolatilitySize(Struct, frozen=True):
    """A size at which a move of `atrs` average true ranges costs `percent` of the equity."""

    percent: Decimal
    atrs: Decimal


class Amount(Struct, frozen=True):
    """Money of the account, or (`percent`) a share of something named by whoever uses it."""

    value: Decimal
    percent: bool = False

    def of(self, base: Decimal) -> Decimal:
        """Return the amount in money, where `base` is the whole that a percentage is taken of."""
        return base * self.value / HUNDRED if self.percent else self.value


def _split(text: str, help_text: str) -> tuple[Decimal, str]:
    match = _WORD.fullmatch(text.strip().lower())
    if match is None:
        raise ValueError(f"{text!r} cannot be read: {help_text}")
    return parse_decimal(match[1]), match[2]


def _positive(value: Decimal, text: str) -> Decimal:
    if value <= 0:
        raise ValueError(f"{text!r} must be more than zero")
    return value


def parse_distance(text: str) -> Distance:
    """Read a distance; the unit must be written, since a bare number could be meant in any."""
    value, unit = _split(text, _DISTANCE_HELP)
    if unit not in _DISTANCES:
        raise ValueError(f"{text!r} has no unit that is known: {_DISTANCE_HELP}")
    return Distance(_positive(value, text), _DISTANCES[unit])


def parse_level(text: str) -> Level:
    """Read a price (bare number) or a distance (with unit)."""
    value, unit = _split(text, _LEVEL_HELP)
    if not unit:
        return _positive(value, text)
    if unit not in _DISTANCES:
        raise ValueError(f"{text!r} has no unit that is known: {_LEVEL_HELP}")
    return Distance(_positive(value, text), _DISTANCES[unit])


def parse_target(text: str) -> Target:
    """Read a target with the share that is closed there: `3%`, `65000@50%`."""
    level, at, share = text.partition("@")
    if not at:
        return Target(parse_level(level))
    value, unit = _split(share, "write the share after @ in percent, such as 3%@50%")
    if unit != "%" or not 0 < value <= HUNDRED:
        raise ValueError(f"the share {share.strip()!r} must be a percentage over 0% and up to 100%, such as 3%@50%")
    return Target(parse_level(level), value / HUNDRED)


def parse_size(text: str) -> Size:
    """Read a size with its unit."""
    words = text.strip().lower()
    if words.startswith("risk"):
        value, unit = _split(words[4:], _SIZE_HELP)
        if unit != "%":
            raise ValueError(f"{text!r} cannot be read: write a risk in percent of equity, such as risk 1%")
        return Size(_positive(value, text), SizeUnit.RISK_PERCENT)
    value, unit = _split(words, _SIZE_HELP)
    if unit not in _SIZES:
        raise ValueError(f"{text!r} has no unit that is known: {_SIZE_HELP}")
    return Size(_positive(value, text), _SIZES[unit])


def parse_size_rule(text: str) -> Size | VolatilitySize:
    """Read a size, or a size by volatility: `risk 1% per 2atr`."""
    head, per, tail = text.partition(" per ")
    if not per:
        return parse_size(text)
    size, move = parse_size(head), parse_distance(tail)
    if size.unit is not SizeUnit.RISK_PERCENT or move.unit is not Unit.ATR:
        raise ValueError(f"{text!r} cannot be read: a size by volatility is written risk 1% per 2atr")
    return VolatilitySize(size.value, move.value)


def parse_amount(text: str) -> Amount:
    """Read money (`500`) or a percentage (`2%`)."""
    value, unit = _split(text, "write money such as 500, or a percentage such as 2%")
    if unit not in ("", "%"):
        raise ValueError(f"{text!r} cannot be read: write money such as 500, or a percentage such as 2%")
    return Amount(_positive(value, text), unit == "%")


def parse_percent(text: str) -> Decimal:
    """Read a percentage; the sign may be left out (`20` is `20%`)."""
    value, unit = _split(text, "write a percentage such as 20%")
    if unit not in ("", "%"):
        raise ValueError(f"{text!r} is not a percentage: write it such as 20%")
    return _positive(value, text)


def parse_duration(text: str) -> int:
    """Read a duration (`90s`, `15m`, `2h`, `1d`; a bare number means seconds) as whole seconds."""
    value, unit = _split(text, "write a duration such as 90s, 15m, 2h or 1d")
    if unit not in _SECONDS and unit:
        raise ValueError(f"{text!r} has no unit that is known: write a duration such as 90s, 15m, 2h or 1d")
    seconds = value * _SECONDS.get(unit, 1)
    if seconds != seconds.to_integral_value():
        raise ValueError(f"{text!r} is not a whole number of seconds")
    return int(seconds)


def write_level(level: Level) -> str:
    """Write a price or a distance so that `parse_level` reads it."""
    return f"{plain(level.value)}{level.unit.value}" if isinstance(level, Distance) else plain(level)


def write_target(target: Target) -> str:
    """Write a target so that `parse_target` reads it."""
    share = "" if target.fraction is None else f"@{plain(target.fraction * HUNDRED)}%"
    return write_level(target.level) + share


def write_size(size: Size | VolatilitySize) -> str:
    """Write a size so that `parse_size_rule` reads it."""
    if isinstance(size, VolatilitySize):
        return f"risk {plain(size.percent)}% per {plain(size.atrs)}atr"
    value = plain(size.value)
    match size.unit:
        case SizeUnit.QUOTE:
            return value
        case SizeUnit.LOTS:
            return f"{value}lot"
        case SizeUnit.UNITS:
            return f"{value}u"
        case SizeUnit.EQUITY_PERCENT:
            return f"{value}%"
        case SizeUnit.RISK_PERCENT:
            return f"risk {value}%"


def write_amount(amount: Amount) -> str:
    """Write an amount so that `parse_amount` reads it."""
    return plain(amount.value) + ("%" if amount.percent else "")


def write_duration(seconds: int) -> str:
    """Write a duration in its largest whole unit."""
    for unit, length in reversed(_SECONDS.items()):
        if seconds and seconds % length == 0:
            return f"{seconds // length}{unit}"
    return "0s"
