"""The configuration as it holds, defaults included, with every secret left out."""

from __future__ import annotations

from typing import Any

from tradewire.registry import PluginBroken
from tradewire.settings.load import Loaded
from tradewire.settings.plugins import uses
from tradewire.settings.problems import Path


def shown(loaded: Loaded) -> dict[str, Any]:
    """Return the settings as plain values. What was filled in is shown as it was written (`${NAME}`)."""
    values: dict[str, Any] = loaded.settings.model_dump(mode="json", exclude_none=True, exclude={"exits"})
    for section in ("accounts", "feeds", "sources", "notifiers"):
        for plugin in values[section].values():
            plugin["config"] = {}
    for use in uses(loaded.settings):
        try:
            config = loaded.registry.load(use.kind, use.type).config.model_validate(use.config)
        except PluginBroken:
            continue
        _at(values, use.at)["config"] = config.model_dump(mode="json", exclude_none=True)
    for path, reference in loaded.document.references.items():
        holder = _at(values, path[:-1])
        if holder is not None and path[-1] in (holder if isinstance(holder, dict) else range(len(holder))):
            holder[path[-1]] = reference
    return values


def _at(values: Any, path: Path) -> Any:
    for part in path:
        if not isinstance(values, dict | list):
            return None
        try:
            values = values[part]  # type: ignore[index]
        except (KeyError, IndexError):
            return None
    return values
