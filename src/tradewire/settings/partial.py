"""What still holds of a configuration with mistakes, so that later checks can go on and everything is said at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec.structs import replace
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from tradewire.settings.document import Document
from tradewire.settings.model import Settings
from tradewire.settings.problems import Path

NAMED = frozenset({"accounts", "risk", "exits"})
"""Sections whose entries others refer to: a broken entry is emptied, since its name is still there."""


def holding_part(document: Document, data: dict[str, Any], error: ValidationError) -> tuple[Settings, Document]:
    """Return the settings without what `error` is about, and the document that names their places.

    Takes out of `data` what is wrong until the rest is valid. What rests on a venue that is wrong goes with it.
    """
    dropped: list[Path] = list(document.dropped)
    while True:
        wrong = {path for detail in error.errors(include_url=False) for path in _wrong(data, detail) if path}
        if not wrong:
            data.clear()
        for path in sorted(wrong, reverse=True):
            _take_out(data, path)
        view = replace(document, dropped=tuple(dropped))
        dropped += [view.original(path) for path in wrong if isinstance(path[-1], int)]
        try:
            return Settings.model_validate(data), replace(document, dropped=tuple(dropped))
        except ValidationError as rest:
            error = rest


def sections_hold(document: Document, data: dict[str, Any]) -> bool:
    """Tell whether the sections that others refer to are there, if the file has them."""
    return all(section in data for section in NAMED if document.data.get(section) is not None)


def _wrong(data: dict[str, Any], detail: ErrorDetails) -> Iterator[Path]:
    path: list[str | int] = []
    here: Any = data
    for part in detail["loc"]:
        if not (part in here if isinstance(here, dict) else isinstance(here, list) and part in range(len(here))):
            break
        path.append(part)
        here = here[part]
    yield tuple(path)
    if len(path) == 3 and path[0] == "accounts" and path[2] == "venue":
        yield from ((*path[:2], key) for key in ("config", "mode") if key in data["accounts"][path[1]])


def _take_out(data: dict[str, Any], path: Path) -> None:
    holder: Any = data
    for part in path[:-1]:
        holder = holder[part]
    last = path[-1]
    if len(path) == 2 and path[0] in NAMED and holder[last] != {}:
        holder[last] = {}
    else:
        del holder[last]
