"""The JSON schema of the configuration: for editors, for the docs, and for naming the nearest key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from functools import cache
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema

from tradewire.domain.signal import Distance, Size
from tradewire.domain.values import VolatilitySize, write_level, write_size
from tradewire.settings.model import Settings
from tradewire.settings.problems import Path


class Schema(GenerateJsonSchema):
    """Writes defaults as people write them in the file: `2%`, not the parts of a distance."""

    def encode_default(self, dft: Any) -> Any:
        if isinstance(dft, Distance):
            return write_level(dft)
        if isinstance(dft, Size | VolatilitySize):
            return write_size(dft)
        return super().encode_default(dft)


@cache
def schema_of(model: type[BaseModel]) -> Mapping[str, Any]:
    """Return the JSON schema of a part of the configuration."""
    return model.model_json_schema(schema_generator=Schema)


def schema() -> dict[str, Any]:
    """Return the JSON schema that editors read."""
    document = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **deepcopy(dict(schema_of(Settings))),
        "title": "Tradewire configuration",
    }
    for holder in ("Route", "RiskProfile"):
        exits = document["$defs"][holder]["properties"]["exits"]
        by_name = {"type": "string", "description": "a name from the section exits"}
        document["$defs"][holder]["properties"]["exits"] = {"anyOf": [by_name, exits]}
    return document


def keys_at(root: Mapping[str, Any], path: Path) -> tuple[str, ...]:
    """Return the keys that a mapping at `path` may have according to the JSON schema `root`."""
    return tuple(sorted({name for node in _nodes_at(root, path) for name in node.get("properties", {})}))


def examples_at(root: Mapping[str, Any], path: Path) -> tuple[str, ...]:
    """Return how a value at `path` may be written."""
    return tuple(str(example) for node in _nodes_at(root, path) for example in node.get("examples", ()))


def is_secret_at(root: Mapping[str, Any], path: Path) -> bool:
    """Tell whether the value at `path` must not be shown."""
    return any(node.get("writeOnly") for node in _nodes_at(root, path))


def _nodes_at(root: Mapping[str, Any], path: Path) -> list[Mapping[str, Any]]:
    found = [root]
    for part in path:
        found = [child for node in found for child in _children(root, node, part)]
    return [option for node in found for option in _options(root, node)]


def _children(root: Mapping[str, Any], node: Mapping[str, Any], part: str | int) -> Iterator[Mapping[str, Any]]:
    for option in _options(root, node):
        if isinstance(part, int):
            if isinstance(option.get("items"), Mapping):
                yield option["items"]
        elif part in option.get("properties", {}):
            yield option["properties"][part]
        elif isinstance(option.get("additionalProperties"), Mapping):
            yield option["additionalProperties"]
        yield from option.get("patternProperties", {}).values()


def _options(root: Mapping[str, Any], node: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    if "$ref" in node:
        yield from _options(root, root["$defs"][node["$ref"].rsplit("/", 1)[-1]])
        return
    yield node
    for choice in (*node.get("anyOf", ()), *node.get("oneOf", ()), *node.get("allOf", ())):
        yield from _options(root, choice)
