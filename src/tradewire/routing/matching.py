"""A route's patterns, compiled once so that a signal is matched in a microsecond."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fnmatch import translate

from tradewire.domain.message import Message
from tradewire.domain.signal import Open, Signal
from tradewire.routing.route import Match


def compiled(patterns: Sequence[str]) -> re.Pattern[str] | None:
    """Return one expression for all patterns, or None where everything matches."""
    if not patterns:
        return None
    return re.compile("|".join(f"(?:{translate(pattern)})" for pattern in patterns), re.IGNORECASE)


def kind_of(signal: Signal) -> str:
    """Return the signal's name as routes and tables write it."""
    return str(signal.__struct_config__.tag)


class Matcher:
    """Tells whether a route takes a signal."""

    def __init__(self, match: Match) -> None:
        self._kinds = frozenset(match.kinds)
        self._sources = compiled(match.sources)
        self._channels = compiled(match.channels)
        self._authors = compiled(match.authors)
        self._symbols = compiled(match.symbols)
        self._tags = compiled(match.tags)

    def takes(self, signal: Signal, message: Message) -> bool:
        """Tell whether the signal and the message that carried it pass every list."""
        return (
            kind_of(signal) in self._kinds
            and passes(self._sources, message.source)
            and passes(self._channels, message.channel)
            and passes(self._authors, message.author)
            and passes(self._symbols, getattr(signal, "symbol", None))
            and (not isinstance(signal, Open) or passes(self._tags, signal.tag))
        )


def passes(pattern: re.Pattern[str] | None, text: str | None) -> bool:
    """Tell whether a text matches; no pattern takes everything, a pattern does not take what is not there."""
    return pattern is None or (text is not None and pattern.match(text) is not None)
