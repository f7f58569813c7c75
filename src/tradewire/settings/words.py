"""What is wanted and what was found, in the words of who writes the file: never in those of Python or pydantic."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from json import dumps
from typing import Any

from pydantic_core import ErrorDetails

from tradewire.domain.numbers import plain
from tradewire.domain.policy import NOT_TEXT
from tradewire.settings.problems import nearest

LISTS = frozenset({"tuple_type", "list_type", "set_type", "frozen_set_type"})
TEXTS = frozenset({"string_type", "path_type"})
EMPTY = frozenset({"string_too_short", "too_short"})
BOUNDS = ("ge", "gt", "le", "lt")
WORDS = (
    (
        ("dict_type", "mapping_type", "model_type", "model_attributes_type"),
        "must be keys and values: write {{ key: value }}",
    ),
    (("string_type",), "must be text"),
    (("path_type",), "must be the path of a file"),
    (("int_",), "must be a whole number"),
    (("bool_",), "must be true or false"),
    (("decimal_type", "decimal_parsing", "float_"), "must be a number"),
    (("datetime_", "timezone_"), "must be a date and a time such as 2026-01-05T08:30:00Z"),
    (("string_too_short", "too_short"), "must not be empty"),
    (("greater_than_equal",), "must be {ge} or more"),
    (("greater_than",), "must be more than {gt}"),
    (("less_than_equal",), "must be {le} or less"),
    (("less_than",), "must be less than {lt}"),
)
"""How the checker's kinds of error begin, and what is wanted there; `{}` stand for a bound."""
PATTERNS = {
    r"^[a-z0-9][a-z0-9_-]{0,39}$": "use small letters, digits, - and _, 40 at most",
    r"^[A-Z0-9]{1,20}$": "use capital letters and digits, 20 at most",
    r"^[A-Z0-9]{2,10}$": "must be a currency in capital letters such as USDT",
    r"^https?://": "must begin with http:// or https://",
    r"^[A-Za-z_][\w.-]*(:[A-Za-z_]\w*)?$": "must be the id of a plug-in, or module:Class",
    r"^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*$": "must be module:function",
}
_ITS_OWN = re.compile(r"^\w+ should ")
_CHOICE = re.compile(r"'([^']*)'")


def wanted(detail: ErrorDetails, written: Any, examples: Sequence[str]) -> str:
    """Return what is wanted where the file has `written`, and right values are written such as `examples`."""
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == NOT_TEXT and examples:
        return f"must be written such as {_either(examples)}"
    if kind == "string_pattern_mismatch" and context["pattern"] in PATTERNS:
        return PATTERNS[context["pattern"]]
    if kind in ("enum", "literal_error"):
        return f"must be {_either(_CHOICE.findall(context['expected']))}"
    if kind in LISTS:
        return f"must be a list: write {_as_list(written)}"
    bounds = {name: plain(Decimal(str(context[name]))) for name in BOUNDS if name in context}
    own = _ITS_OWN.sub("must ", detail["msg"])
    return next((words.format(**bounds) for kinds, words in WORDS if kind.startswith(kinds)), own[:1].lower() + own[1:])


def found(detail: ErrorDetails, *, secret: bool) -> str:
    """Return what was found, to be put behind what is wanted; nothing where that says it all, or must not be shown."""
    kind, value = detail["type"], detail["input"]
    if kind in LISTS or kind in EMPTY:
        return ""
    scalar = not isinstance(value, dict | list | None)
    hint = ": put it in quotes" if kind in TEXTS and scalar else ""
    return hint if secret and scalar else f"{hint}, not {_given(value)}"


def meant(detail: ErrorDetails) -> str:
    """Return `; did you mean "x"?` where one of a few words is wanted and something like it was found."""
    if detail["type"] not in ("enum", "literal_error") or not isinstance(detail["input"], str):
        return ""
    word = nearest(detail["input"], _CHOICE.findall(detail["ctx"]["expected"]))
    return f'; did you mean "{word}"?' if word else ""


def _either(words: Sequence[str]) -> str:
    return " or ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def _as_list(value: Any) -> str:
    if value is None or value == "" or isinstance(value, dict):
        return "[ … ]"
    if not isinstance(value, str):
        return f"[{_given(value)}]"
    return f"[{', '.join(dumps(part.strip(), ensure_ascii=False) for part in value.split(','))}]"


def _given(value: Any) -> str:
    match value:
        case None:
            return "empty"
        case bool():
            return str(value).lower()
        case Decimal():
            return plain(value) if abs(value.adjusted()) < 20 else str(value)
        case dict():
            return "keys and values"
        case list():
            return "a list"
    return repr(value)
