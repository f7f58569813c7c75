"""How long a bar lasts, as people write it: `30s`, `1m`, `4h`, `1d`, `1w`; MetaTrader's `M1` and `H4` too."""

from __future__ import annotations

import re

UNITS = {"w": 604_800, "d": 86_400, "h": 3600, "m": 60, "s": 1}
_OURS = re.compile(r"(\d{1,8})([smhdw])", re.ASCII)
_METATRADER = re.compile(r"([MHDW])(\d{1,3})", re.ASCII)


def parse_timeframe(text: str) -> int:
    """Return the seconds of a timeframe.

    Raises:
        ValueError: it is not one; the message shows how to write it.
    """
    if (found := _METATRADER.fullmatch(text)) is not None:
        number, unit = found[2], found[1].lower()
    elif (found := _OURS.fullmatch(text)) is not None:
        number, unit = found[1], found[2]
    else:
        raise ValueError(f"{text!r} is not a timeframe: write 30s, 1m, 4h, 1d or 1w")
    seconds = int(number) * UNITS[unit]
    if not seconds:
        raise ValueError(f"{text!r} lasts no time at all")
    return seconds


def parse_bar_length(text: str) -> int:
    """Return the seconds of a timeframe whose bars can be followed live.

    Raises:
        ValueError: shorter than a minute, longer than a day, or such that whole ones make no day.
    """
    seconds = parse_timeframe(text)
    if not UNITS["m"] <= seconds <= UNITS["d"] or UNITS["d"] % seconds:
        raise ValueError(f"{text!r}: bars last 1m to 1d, and whole ones make a day: 1m, 5m, 15m, 1h, 4h, 1d")
    return seconds


def timeframe_name(seconds: int) -> str:
    """Return the shortest way to write a timeframe: 3600 is `1h`, 5400 is `90m`."""
    unit = next(unit for unit, length in UNITS.items() if seconds % length == 0)
    return f"{seconds // UNITS[unit]}{unit}"
