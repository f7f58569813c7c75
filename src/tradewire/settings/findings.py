"""Turns what pydantic finds into sentences at their lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from tradewire.settings.document import Document
from tradewire.settings.problems import Path, Problem, did_you_mean
from tradewire.settings.schema import examples_at, is_secret_at, keys_at, schema_of
from tradewire.settings.words import LISTS, found, meant, wanted

KEY = "[key]"
"""What stands in the path of a finding that is about a key, not about its value."""


def findings(document: Document, at: Path, model: type[BaseModel], error: ValidationError) -> Iterator[Problem]:
    """Yield a problem for each thing that `model` found wrong with the part of the document at `at`."""
    root = schema_of(model)
    details = error.errors(include_url=False)
    found_at: dict[tuple[Path, bool], list[ErrorDetails]] = {}
    for detail in details:
        if not (detail["type"] == "too_short" and _has_bad_items(detail["loc"], details)):
            place = _place(document, at, detail), KEY in detail["loc"]
            found_at.setdefault(place, []).append(detail)
    for (path, _), alike in found_at.items():
        yield document.problem(path, _sentence(document, path, root, alike))


def _has_bad_items(path: Path, details: Iterable[ErrorDetails]) -> bool:
    """Tell whether a list is too short only because its items are wrong, which is said of each of them."""
    return any(len(other["loc"]) > len(path) and other["loc"][: len(path)] == path for other in details)


def _place(document: Document, at: Path, detail: ErrorDetails) -> Path:
    """Return where a finding stands in the file. Its own path may go on: into which of several kinds was tried."""
    path: Path = (*at, *_location(detail))
    if detail["type"] not in ("extra_forbidden", "missing"):
        while len(path) > len(at) and document.original(path) not in document.positions:
            path = path[:-1]
    return path


def _location(detail: ErrorDetails) -> Path:
    return tuple(part for part in detail["loc"] if part != KEY)


def _sentence(document: Document, path: Path, root: Mapping[str, Any], alike: list[ErrorDetails]) -> str:
    """Return what is wrong at a place; where several kinds of value are allowed, each has its finding."""
    detail, location = alike[0], _location(alike[0])
    if detail["type"] == "extra_forbidden":
        return f"unknown key{did_you_mean(str(location[-1]), keys_at(root, location[:-1]))}"
    if detail["type"] == "missing":
        return "is missing"
    reference = document.references.get(document.original(path))
    if detail["type"] == "value_error":
        said = detail["msg"].removeprefix("Value error, ")
        return said if reference is None else said.replace(repr(detail["input"]), reference)
    written = detail["input"] if reference is None else reference
    wants = [wanted(one, written, examples_at(root, location)) for one in alike]
    want = " or ".join([wants[0], *(other.removeprefix("must be ") for other in wants[1:])])
    if KEY in detail["loc"]:
        return f"{written!r} is no name that can be used here: {want}"
    if reference is not None:
        return want if detail["type"] in LISTS else f"{want}, not what {reference} stands for"
    return f"{want}{found(detail, secret=is_secret_at(root, location))}{''.join(map(meant, alike))}"
