"""Turns what pydantic finds into sentences at their lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from json import dumps
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from tradewire.settings.document import Document
from tradewire.settings.problems import Path, Problem, did_you_mean
from tradewire.settings.schema import keys_at, schema_of

LISTS = frozenset({"tuple_type", "list_type", "set_type", "frozen_set_type"})
WORDS = (
    (
        ("dict_type", "mapping_type", "model_type", "model_attributes_type"),
        "must be keys and values: write { key: value }",
    ),
    (("string_type",), "must be text: put it in quotes"),
    (("int_",), "must be a whole number"),
    (("bool_",), "must be true or false"),
    (("decimal_type", "decimal_parsing", "float_"), "must be a number"),
    (("datetime_", "timezone_"), "must be a date and a time such as 2026-01-05T08:30:00Z"),
)
"""How the checker's kinds of error begin, and what is wanted there."""
PATTERNS = {
    r"^[a-z0-9][a-z0-9_-]{0,39}$": "use small letters, digits, - and _, 40 at most",
    r"^[A-Z0-9]{1,20}$": "use capital letters and digits, 20 at most",
    r"^[A-Z0-9]{2,10}$": "must be a currency in capital letters such as USDT",
    r"^https?://": "must begin with http:// or https://",
    r"^[A-Za-z_][\w.-]*(:[A-Za-z_]\w*)?$": "must be the id of a plug-in, or module:Class",
    r"^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*$": "must be module:function",
}


def findings(document: Document, at: Path, model: type[BaseModel], error: ValidationError) -> Iterator[Problem]:
    """Yield a problem for each thing that `model` found wrong with the part of the document at `at`."""
    root = schema_of(model)
    details = error.errors(include_url=False)
    for detail in details:
        if not (detail["type"] == "too_short" and _has_bad_items(detail["loc"], details)):
            yield _finding(document, at, root, detail)


def _has_bad_items(path: Path, details: Iterable[ErrorDetails]) -> bool:
    """Tell whether a list is too short only because its items are wrong, which is said of each of them."""
    return any(len(other["loc"]) > len(path) and other["loc"][: len(path)] == path for other in details)


def _finding(document: Document, at: Path, root: Mapping[str, Any], detail: ErrorDetails) -> Problem:
    location: Path = tuple(part for part in detail["loc"] if part != "[key]")
    if detail["type"] == "extra_forbidden":
        known = keys_at(root, location[:-1])
        return document.problem((*at, *location), f"unknown key{did_you_mean(str(location[-1]), known)}")
    if detail["type"] == "missing":
        return document.problem((*at, *location), "is missing")
    path = (*at, *location)
    while len(path) > len(at) and path not in document.positions:
        path = path[:-1]
    return document.problem(path, _sentence(detail))


def _sentence(detail: ErrorDetails) -> str:
    if "[key]" in detail["loc"]:
        return f"{detail['input']!r} is no name that can be used here: {_wanted(detail) or _lower(detail['msg'])}"
    if detail["type"] == "value_error":
        return detail["msg"].removeprefix("Value error, ")
    if detail["type"] in LISTS:
        return f"must be a list: write {_as_list(detail['input'])}"
    what = _wanted(detail) or _lower(detail["msg"])
    if isinstance(detail["input"], dict | list) or "${" in detail["msg"]:
        return what
    return f"{what}, not {_given(detail['input'])}"


def _wanted(detail: ErrorDetails) -> str | None:
    """Return what is wanted in the words of who writes the file, where they differ from the checker's own."""
    if detail["type"] == "string_pattern_mismatch":
        return PATTERNS.get(detail["ctx"]["pattern"])
    return next((words for kinds, words in WORDS if detail["type"].startswith(kinds)), None)


def _as_list(value: Any) -> str:
    if not isinstance(value, str):
        return "[ … ]" if isinstance(value, dict) else f"[{_given(value)}]"
    return f"[{', '.join(dumps(part.strip(), ensure_ascii=False) for part in value.split(','))}]"


def _given(value: Any) -> str:
    """Return a value as the file has it."""
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, Decimal) else repr(value)


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]
