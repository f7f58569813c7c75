"""The compiled command grammar, and the words and names that its explanations are made of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Set
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from lark import Lark

from tradewire.parsing.builder import Builder
from tradewire.parsing.lexer import WordLexer

VALUES = (
    *("accounts", "amount", "duration", "level", "leverage", "moment", "percent", "price", "size", "tag", "targets"),
    *("tif", "trailing"),
)
"""Rules that JSON bodies read single values with."""

VERBS = frozenset({"BUY", "SELL", "ADOPT", "CLOSE", "CANCEL", "FLATTEN", "HALT", "RESUME"}) | frozenset(
    {"MOVE_STOP", "MOVE_TARGET", "MOVE_BREAKEVEN", "MOVE_TRAIL", "MOVE_ENTRY"}
)
"""Terminals that begin a command."""

NOUNS = MappingProxyType(
    {
        "SYMBOL": "a symbol",
        "TRADE": "a trade's id",
        "REF": "an order's or trade's id",
        "ACCOUNT": "an account or venue",
        "TAG_WORD": "a tag",
        "PRICE": "a number",
        "PERCENT": "a percentage (2%)",
        "PIPS": "pips (30p)",
        "ATR": "ATRs (2atr)",
        "R": "multiples of the risk (1r)",
        "LOTS": "lots (0.5lot)",
        "UNITS": "units (0.01u)",
        "TIMES": "a factor (5x)",
        "OFFSET": "an offset (+10p)",
        "SHARE": "a share (@50%)",
        "DURATION": "a duration (2h)",
        "AFTER_TARGET": "a target (tp1)",
        "_COMMA": "','",
        "_FROM": "'@'",
        "_STEP": "'/'",
    }
)
"""How terminals that are not words are called towards people."""

_LITERAL = re.compile(r"\(\?i:([^()|?\[]+)\)|^(@)")
_ESCAPE = re.compile(r"\\(.)")


@cache
def command_grammar() -> Lark:
    """Return the compiled grammar; the first call takes a tenth of a second."""
    text = files("tradewire.parsing").joinpath("command.lark").read_text("utf-8")
    return Lark(
        text,
        parser="lalr",
        lexer=WordLexer,
        start=["commands", *VALUES],
        transformer=Builder(),
        maybe_placeholders=False,
    )


def parse(text: str, start: str = "commands") -> Any:
    """Return what `text` reads as by the rule `start`.

    Raises:
        Mistake: the words do not fit each other.
        lark.UnexpectedInput: the text does not fit the grammar.
    """
    return command_grammar().parse(text, start=start)


def possible_after(text: str, start: str = "commands") -> Set[str]:
    """Return the terminals that could follow `text`, which is the part of a text that could be read.

    Raises:
        lark.UnexpectedInput: it could not.
    """
    parser = command_grammar().parse_interactive(text, start=start)
    parser.exhaust_lexer()
    accepted: Set[str] = parser.accepts()  # type: ignore[no-untyped-call]
    return accepted


@cache
def _words_by_terminal() -> MappingProxyType[str, tuple[str, ...]]:
    return MappingProxyType(
        {terminal.name: _words(terminal.pattern.to_regexp()) for terminal in command_grammar().terminals}
    )


def _words(pattern: str) -> tuple[str, ...]:
    found = (_ESCAPE.sub(r"\1", match[1]) for match in _LITERAL.finditer(pattern) if match[1])
    return tuple(sorted((word for word in found if re.fullmatch(r"[a-z-]+", word)), key=lambda word: (len(word), word)))


def terminals() -> Set[str]:
    """Return the name of every terminal."""
    return _words_by_terminal().keys()


def words(names: Iterable[str]) -> tuple[str, ...]:
    """Return every word that one of the terminals called `names` accepts, shortest spelling first within each."""
    table = _words_by_terminal()
    return tuple(word for name in sorted(names) if name not in NOUNS for word in table.get(name, ()))
