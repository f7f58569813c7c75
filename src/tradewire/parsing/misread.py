"""Explains why a text does not fit the command grammar: the word, what could stand there, the nearest of it."""

from __future__ import annotations

import re
from collections.abc import Set
from functools import cache
from typing import Any

from lark import UnexpectedInput, UnexpectedToken

from tradewire.domain.symbols import nearest
from tradewire.parsing.grammar import NOUNS, VERBS, possible_after, terminals, words
from tradewire.parsing.mistake import Mistake

_SHOWN = 40

_WORD = re.compile(r"[^\s;]*")
_BARE_NUMBER = re.compile(r"@?[0-9]+(?:\.[0-9]+)?")
_GROUPED = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?")
_COMMA_NUMBER = re.compile(rf"(?<![0-9,.])(?:{_GROUPED.pattern}|[0-9]{{1,18}},[0-9]{{1,18}})(?![0-9,.])")


def explained(error: UnexpectedInput | Mistake, text: str, start: str = "commands") -> Mistake:
    """Return the mistake behind a parser's error, or the mistake itself where it already says what is wrong."""
    if isinstance(error, Mistake):
        number = _comma_number(text, error.position)
        return _comma_mistake(number) if number else error
    position = _place(error, text)
    if number := _comma_number(text, position):
        return _comma_mistake(number)
    expected = _expected(text[:position], start)
    found = _WORD.match(text, position)
    word = found[0] if found else ""
    if not word:
        return Mistake(f"something is missing here: expected {_listed(expected)}", position)
    shown = repr(word if len(word) <= _SHOWN else word[:_SHOWN] + "…")
    if expected >= VERBS:
        return Mistake(f"{shown} is not a command", position, nearest(word.lstrip("/"), words(expected)))
    reason = f"{shown} is not understood here: expected {_listed(expected)}"
    return Mistake(reason, position, _suggestion(word, expected))


def _expected(read: str, start: str) -> Set[str]:
    """Return what could follow; a separator at the end reads otherwise than in the middle, so it is left out."""
    try:
        return possible_after(read, start)
    except UnexpectedInput:
        return possible_after(read.rstrip(), start)


def _place(error: UnexpectedInput, text: str) -> int:
    position: Any = error.pos_in_stream
    at_end = isinstance(error, UnexpectedToken) and error.token.type == "$END"
    return len(text) if at_end or position is None else position


def _suggestion(word: str, expected: Set[str]) -> str | None:
    unit_missing = not expected & {"PRICE", "TIMES"} and expected & {"PERCENT", "SHARE"}
    if unit_missing and _BARE_NUMBER.fullmatch(word):
        return word + "%"
    if word.partition("=")[0].lower() in _flags():
        return None
    bare = word.rstrip(",.!?:")
    if "SYMBOL" in expected and bare and bare != word:
        return bare
    spelling = word.partition("=")[0]
    if f"-{spelling}".lower() in words(expected):
        return f"-{spelling}".lower()
    return nearest(spelling, words(expected))


@cache
def _flags() -> frozenset[str]:
    """Return every flag there is: one that cannot stand here is not a misspelling of one that can."""
    return frozenset(word for word in words(terminals()) if word.startswith("-"))


def _comma_number(text: str, position: int | None) -> re.Match[str] | None:
    for number in _COMMA_NUMBER.finditer(text):
        if position is not None and number.start() <= position < number.end():
            return number
    return None


def _comma_mistake(number: re.Match[str]) -> Mistake:
    """A comma separates, always: `1,500` is 1500 in New York and 1.5 in Berlin, and nobody asks twice for money."""
    written = number[0]
    meant = written.replace(",", "" if _GROUPED.fullmatch(written) else ".")
    return Mistake(f"{written!r} can be read in two ways: write {meant}", number.start(), meant)


def _listed(expected: Set[str]) -> str:
    """Return what could stand here, in words: names first, then words, then flags in their short spelling."""
    if expected >= VERBS:
        return "a command"
    names = [name for terminal, name in NOUNS.items() if terminal in expected]
    plain = [word for word in words(expected) if not word.startswith("-")]
    flags = [spellings[0] for spellings in map(words, ([name] for name in sorted(expected))) if spellings]
    flags = [flag for flag in flags if flag.startswith("-")]
    if "AT" in expected:
        plain.insert(0, "@")
    listed = names + [repr(word) for word in plain]
    if flags:
        listed.append(("a flag such as " if len(flags) > 1 else "") + ", ".join(flags))
    return " or ".join(filter(None, (", ".join(listed[:-1]), listed[-1]))) if listed else "the end"
