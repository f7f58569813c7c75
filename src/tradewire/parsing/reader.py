"""Picks the grammar by the shape of a message: a JSON body, a typed command, or nothing that is asked for."""

from __future__ import annotations

import re
from functools import lru_cache

from tradewire.domain.message import Message
from tradewire.domain.signal import NotASignal, Reading, Unclear
from tradewire.domain.symbols import nearest
from tradewire.parsing.command import LONGEST, parse_command
from tradewire.parsing.grammar import VERBS, words
from tradewire.parsing.structured import parse_json

_FIRST_WORD = re.compile(r"[\s;]*(/?)([A-Za-z]{1,16})(?:@\w{1,64})?(?=[\s;]|$)")
_JSON = re.compile(r"\s*(?:\{|\[\s*\{)")
_PLACEHOLDER = re.compile(r"\{\{[^{}]{0,64}\}\}")

SHORT = 256
REMEMBERED = 1_000
"""Short texts of which it is remembered what they mean: alerts and commands come in the same words again and again."""

BYTE_ORDER_MARK = "\ufeff"

_TYPICAL = (
    "buy btc 80 @ 60000 -sl 2% -tp 3%@50%,4% -tsl 2.8 -be 1r -lev 5 -id a -e demo",
    "close btc 50%",
    "sl btc 60000",
    "byu btc 80",
    '{"action": "buy", "symbol": "btc", "size": 80, "sl": "2%", "tp": [70000], "tsl": 2.8}',
)


def warm() -> None:
    """Read what is usually sent, so that the first message does not wait for the grammar (a fifth of a second)."""
    for text in _TYPICAL:
        read_text(text)


def read(message: Message) -> Reading:
    """Return what a message means. A message that was deleted asks for nothing."""
    if message.deleted:
        return NotASignal("the message was deleted")
    return _read_before(message.text) if len(message.text) <= SHORT else read_text(message.text)


@lru_cache(maxsize=REMEMBERED)
def _read_before(text: str) -> Reading:
    return read_text(text)


def read_text(text: str) -> Reading:
    """Return what a text means by itself: its signals, or why there are none."""
    if text.startswith(BYTE_ORDER_MARK):
        text = " " + text[1:]  # Some programs on Windows begin every text with it. Positions stay.
    if placeholder := _PLACEHOLDER.search(text):
        return Unclear(
            reason=f"the placeholder {placeholder[0]} was sent as it stands: its sender did not fill it in",
            position=placeholder.start(),
        )
    if _JSON.match(text):
        return parse_json(text)
    first = _FIRST_WORD.match(text)
    if first is None:
        return NotASignal("no command")
    word = first[2].lower()
    verbs = words(VERBS)
    if word in verbs:
        return parse_command(text)
    return _misspelt(text, first, nearest(word, verbs))


def _misspelt(text: str, first: re.Match[str], verb: str | None) -> NotASignal | Unclear:
    """Tell a command whose verb alone is wrong from a message that is no command."""
    if verb is None or len(text) > LONGEST:
        return NotASignal("no command")
    corrected = text[: first.start(2)] + verb + text[first.end(2) :]
    if isinstance(parse_command(corrected), Unclear):
        return NotASignal("no command")
    return Unclear(reason=f"{first[2]!r} is not a command", position=first.start(2), suggestion=verb)
