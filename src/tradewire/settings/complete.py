"""What a file leaves out, and what it says by a name."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from tradewire.settings.document import Document
from tradewire.settings.model import Settings
from tradewire.settings.problems import Path, Problem, did_you_mean, dotted


def completed(document: Document) -> tuple[dict[str, Any], list[Problem]]:
    """Return the document's values with named exits put in place, and what could not be.

    An empty section is one that is left out. A file with accounts of its own has made-up signals only if it asks for
    them. The risk profile `default` is always there, and each profile is named by its key.
    """
    data: dict[str, Any] = {
        key: deepcopy(value)
        for key, value in document.data.items()
        if value is not None or key not in Settings.model_fields
    }
    if "accounts" in data:
        data.setdefault("sources", {})
    if isinstance(data.get("risk"), dict):
        data["risk"].setdefault("default", {})
        for name, profile in data["risk"].items():
            if isinstance(profile, dict):
                profile.setdefault("name", name)
    problems: list[Problem] = []
    exits = data.get("exits")
    named = exits if isinstance(exits, dict) else {}
    for path, holder in _holders_of_exits(data):
        name = holder.get("exits")
        if isinstance(name, str):
            if name in named:
                holder["exits"] = deepcopy(named[name])
            else:
                del holder["exits"]
                message = f"there are no exits named {name!r}{did_you_mean(name, named)}"
                problems.append(document.problem((*path, "exits"), message))
    return data, problems


def naming_exits(data: dict[str, Any]) -> Iterator[str]:
    """Yield the path of each route and profile that takes its exits from the section `exits`."""
    for path, holder in _holders_of_exits(data):
        if isinstance(holder.get("exits"), str):
            yield dotted(path)


def _holders_of_exits(data: dict[str, Any]) -> Iterator[tuple[Path, dict[str, Any]]]:
    routes, profiles = data.get("routes"), data.get("risk")
    if isinstance(routes, list):
        yield from ((("routes", index), route) for index, route in enumerate(routes) if isinstance(route, dict))
    if isinstance(profiles, dict):
        yield from ((("risk", name), profile) for name, profile in profiles.items() if isinstance(profile, dict))
