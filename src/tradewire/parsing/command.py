"""Reads typed commands: `buy btc 80 -tsl 2.8 -e bybit`, one or several in a text, all or none."""

from __future__ import annotations

from functools import lru_cache

from lark import UnexpectedInput

from tradewire.domain.signal import Signal, Unclear
from tradewire.parsing.grammar import parse
from tradewire.parsing.misread import explained
from tradewire.parsing.mistake import Mistake

LONGEST = 4096
"""Characters of a command text, wherever it comes in; whatever is longer was not typed."""

_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212\ufe63\uff0d", "-"))
_EDGES = "; \t\r\n"


def parse_command(text: str) -> tuple[Signal, ...] | Unclear:
    """Return the signals of a command text, or where and why it cannot be read.

    Commands are separated by a newline or `;`; one that cannot be read makes the whole text unclear.
    """
    try:
        return read_command(text)
    except Mistake as mistake:
        return mistake.unclear()


@lru_cache(maxsize=512)
def read_command(text: str) -> tuple[Signal, ...]:
    """Return the signals of a command text.

    Raises:
        Mistake: it cannot be read.
    """
    if len(text) > LONGEST:
        raise Mistake(f"a command text has {LONGEST:,} characters at most, this one {len(text):,}", LONGEST)
    plain = text if text.isascii() else text.translate(_DASHES)
    body = plain.strip(_EDGES)
    try:
        signals: tuple[Signal, ...] = parse(body)
    except (UnexpectedInput, Mistake) as error:
        mistake = explained(error, body)
        skipped = len(plain) - len(plain.lstrip(_EDGES))
        raise Mistake(mistake.reason, (mistake.position or 0) + skipped, mistake.suggestion) from None
    return signals
