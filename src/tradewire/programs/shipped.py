"""The kinds of programs that there are: their ids, and where their classes are. None is imported here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Any

from tradewire.programs.base import Program

SHIPPED: Mapping[str, str] = MappingProxyType(
    {
        "anti-martingale": "tradewire.programs.martingale:AntiMartingale",
        "conditional": "tradewire.programs.conditional:Conditional",
        "dca": "tradewire.programs.dca:Dca",
        "fibonacci": "tradewire.programs.fibonacci:Fibonacci",
        "grid": "tradewire.programs.grid:Grid",
        "iceberg": "tradewire.programs.iceberg:Iceberg",
        "martingale": "tradewire.programs.martingale:Martingale",
        "rebalance": "tradewire.programs.rebalance:Rebalance",
        "scheduled": "tradewire.programs.scheduled:Scheduled",
        "twap": "tradewire.programs.twap:Twap",
    }
)


def kind(name: str) -> Program[Any, Any]:
    """Return a program of that kind.

    Raises:
        KeyError: there is none.
    """
    module, _, made = SHIPPED[name].partition(":")
    program: Program[Any, Any] = getattr(import_module(module), made)()
    return program


def summary(program: Program[Any, Any]) -> str:
    """Return the first sentence of what a kind says of itself."""
    return (type(program).__doc__ or "").strip().partition("\n")[0]


def described(program: Program[Any, Any]) -> Iterator[dict[str, Any]]:
    """Yield each parameter of a kind: its name, default, bounds and description; those of a part with a dot."""
    schema = program.Params.model_json_schema()
    yield from _described(schema, schema.get("$defs", {}), "")


def _described(schema: Mapping[str, Any], parts: Mapping[str, Any], prefix: str) -> Iterator[dict[str, Any]]:
    for name, field in schema.get("properties", {}).items():
        reference = field.get("$ref", "").rpartition("/")[2]
        if reference and "properties" in parts[reference]:
            yield from _described(parts[reference], parts, f"{prefix}{name}.")
            continue
        options = [option for option in field.get("anyOf", [field]) if option.get("type") != "null"]
        yield {
            "parameter": f"{prefix}{name}",
            "default": field.get("default"),
            "required": name in schema.get("required", ()),
            "least": _bound(options, "minimum", "exclusiveMinimum"),
            "most": _bound(options, "maximum", "exclusiveMaximum"),
            "one_of": next((option["enum"] for option in options if "enum" in option), None),
            "description": field.get("description", ""),
        }


def _bound(options: list[Mapping[str, Any]], *keys: str) -> Any:
    return next((option[key] for option in options for key in keys if key in option), None)
