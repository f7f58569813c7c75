"""Turns what pydantic finds into sentences at their lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from tradewire.settings.document import Document
from tradewire.settings.problems import Path, Problem, did_you_mean
from tradewire.settings.schema import keys_at, schema_of


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
        return f"{detail['input']!r} is no name that can be used here: {_lower(detail['msg'])}"
    if detail["type"] == "value_error":
        return detail["msg"].removeprefix("Value error, ")
    if isinstance(detail["input"], dict | list) or "${" in detail["msg"]:
        return _lower(detail["msg"])
    return f"{_lower(detail['msg'])}, not {detail['input']!r}"


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]
