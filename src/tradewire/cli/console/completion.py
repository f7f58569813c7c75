"""Completes a command by asking the grammar itself what may come next."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from lark.exceptions import LarkError
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document

from tradewire.parsing.grammar import possible_after, words
from tradewire.parsing.mistake import Mistake

_LAST_WORD = re.compile(r"[^\s,;]*\Z")

OWN_WORDS = ("help", "orders", "positions", "preview", "quit", "signals", "status", "trades")
"""Words that the console itself understands at the beginning of a line."""


class CommandCompleter(Completer):
    """Offers verbs, flags, symbols and accounts, each only where the grammar takes it."""

    def __init__(self, symbols: Callable[[], Sequence[str]], accounts: Callable[[], Sequence[str]]) -> None:
        self._symbols = symbols
        self._accounts = accounts

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        text = document.text_before_cursor
        word = _LAST_WORD.findall(text)[0]
        for offer in self.offers(text[: len(text) - len(word)], word):
            yield Completion(offer, start_position=-len(word))

    def offers(self, before: str, word: str) -> Sequence[str]:
        """Return what may be typed after `before`, beginning with `word` in any case."""
        start = before.lstrip().removeprefix("preview ")
        try:
            terminals = possible_after(start)
        except (LarkError, Mistake):
            return ()
        found = [*(OWN_WORDS if not before.strip() else ()), *words(terminals)]
        if "SYMBOL" in terminals:
            found += self._symbols()
        if "ACCOUNT" in terminals:
            found += self._accounts()
        if not word.startswith("--"):
            found = [offer for offer in found if not offer.startswith("--")]
        return sorted({offer for offer in found if offer.lower().startswith(word.lower())})
