"""The fields of one JSON instruction: keys brought to the vocabulary, values read by rules of the command grammar."""

from __future__ import annotations

from collections.abc import Mapping, Set
from decimal import Decimal
from typing import Any

from lark import UnexpectedInput

from tradewire.domain.numbers import plain
from tradewire.domain.symbols import canonical, nearest
from tradewire.parsing.grammar import parse
from tradewire.parsing.misread import explained
from tradewire.parsing.mistake import Mistake
from tradewire.parsing.vocabulary import KEY_OF, KEYS

_LARGEST_EXPONENT = 18
_LONGEST = 512


class Fields:
    """The stated fields of an instruction; a key whose value is null or an empty string is not stated.

    Raises:
        Mistake: an unknown key, two spellings of one key, or a value that cannot be read.
    """

    def __init__(self, body: Mapping[str, Any]) -> None:
        self._stated: dict[str, tuple[str, Any]] = {}
        for spelling, value in body.items():
            key = KEY_OF.get(spelling.lower().replace("-", "_").replace(" ", "_"))
            if key is None:
                suggestion = nearest(spelling, KEY_OF)
                raise Mistake(f"the key {spelling[:64]!r} is not known", suggestion=suggestion)
            if key == "inert" or value is None or value == "":
                continue
            if key in self._stated:
                raise Mistake(f"{self._stated[key][0]!r} and {spelling!r} say the same thing: give one of them")
            self._stated[key] = spelling, value

    def __contains__(self, key: str) -> bool:
        return key in self._stated

    def allow(self, kind: str, keys: Set[str]) -> None:
        """Refuse a key that an instruction of this kind would ignore."""
        for key, (spelling, _) in self._stated.items():
            if key not in keys:
                raise Mistake(f"{spelling!r} means nothing in an instruction to {kind}")

    def one_of(self, keys: Set[str]) -> str | None:
        """Return which of the keys is stated; two that contradict each other are a mistake."""
        stated = [key for key in self._stated if key in keys]
        if len(stated) > 1:
            first, second = (self._stated[key][0] for key in stated[:2])
            raise Mistake(f"{first!r} and {second!r} cannot be given together")
        return stated[0] if stated else None

    def word(self, key: str) -> str | None:
        """Return a value that is a plain word, in lower case."""
        if key not in self._stated:
            return None
        return self._text(key).lower().replace("-", "_").replace(" ", "_")

    def name(self, key: str) -> str | None:
        """Return a value that is a name, as it is written."""
        return self._text(key) if key in self._stated else None

    def symbol(self) -> str:
        """Return the canonical symbol."""
        if "symbol" not in self._stated:
            raise Mistake("the symbol is missing", suggestion="symbol")
        text = self._text("symbol")
        symbol = canonical(text)
        if symbol is None:
            raise Mistake(f"{self.spelling('symbol')}: {text[:64]!r} is not a symbol")
        return symbol

    def flag(self, key: str) -> bool:
        """Return a value that is true or false."""
        spelling, value = self._stated.get(key, (key, False))
        if isinstance(value, str) and value.lower() in ("true", "false"):
            return value.lower() == "true"
        if not isinstance(value, bool):
            raise Mistake(f"{spelling!r} must be true or false")
        return value

    def value(self, key: str, rule: str, suffix: str = "") -> Any:
        """Return a value as `rule` of the command grammar reads it, with `suffix` as its unit if it has none."""
        text = self._text(key)
        if suffix and not text.endswith(suffix):
            text += suffix
        try:
            return parse(text, rule)
        except (UnexpectedInput, Mistake) as error:
            mistake = explained(error, text, rule)
            raise Mistake(f"{self.spelling(key)}: {mistake.reason}", suggestion=mistake.suggestion) from None

    def spelling(self, key: str) -> str:
        """Return the key as the sender writes it, or as it is usually written."""
        return self._stated[key][0] if key in self._stated else KEYS[key].split()[0]

    def _text(self, key: str) -> str:
        spelling, value = self._stated[key]
        items = value if isinstance(value, list) else [value]
        text = ",".join(_scalar(spelling, item) for item in items)
        if len(text) > _LONGEST:
            raise Mistake(f"the value of {spelling!r} is too long")
        return text


def _scalar(spelling: str, value: Any) -> str:
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, Decimal):
        if value and abs(value.adjusted()) > _LARGEST_EXPONENT:
            raise Mistake(f"{spelling}: the number is out of all proportion")
        return plain(value)
    raise Mistake(f"the value of {spelling!r} must be a number or a string")
