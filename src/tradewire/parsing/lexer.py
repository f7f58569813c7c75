"""The lexer of the command grammar: a word is only what it can be where it stands.

It does what lark's own contextual lexer does, at half the price: no lines are counted, no token is ever ignored.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from lark import Token, UnexpectedCharacters
from lark.common import LexerConf
from lark.lexer import Lexer, LexerState, TerminalDef

_Match = Any


class WordLexer(Lexer):
    """Matches, at each place, only the terminals that the parser can take there.

    Raises:
        lark.UnexpectedCharacters: none of them matches.
    """

    __future_interface__ = 2

    def __init__(self, conf: LexerConf) -> None:
        self._terminals = sorted(conf.terminals, key=_rank)
        self._matchers: dict[Any, _Match] = {}

    def lex(self, lexer_state: LexerState, parser_state: Any) -> Iterator[Token]:
        text = str(lexer_state.text.text)
        matchers, states = self._matchers, parser_state.state_stack
        position, end = 0, len(text)
        while position < end:
            place = states[-1]
            try:
                match = matchers[place](text, position)
            except KeyError:
                matchers[place] = self._matcher(parser_state.parse_conf.states[place])
                continue
            if match is None:
                raise UnexpectedCharacters(text, position, 1, position + 1)  # type: ignore[no-untyped-call]
            yield Token(match.lastgroup, match[0], position)
            position = match.end()

    def _matcher(self, actions: Any) -> _Match:
        possible = [terminal for terminal in self._terminals if terminal.name in actions]
        alternatives = (f"(?P<{terminal.name}>{terminal.pattern.to_regexp()})" for terminal in possible)
        return re.compile("|".join(alternatives)).match


def _rank(terminal: TerminalDef) -> tuple[int, int, str]:
    return -terminal.priority, -terminal.pattern.max_width, terminal.name
