"""Says what is wrong with a request in words for people; the framework's own are for programmers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from tradewire.domain.symbols import nearest

_QUOTED = re.compile(r"'([^']*)'")
_SENTENCES = {
    "dict_type": "must be an object",
    "extra_forbidden": "is not known here",
    "float_parsing": "must be a number",
    "float_type": "must be a number",
    "int_from_float": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_type": "must be a whole number",
    "json_invalid": "is not JSON",
    "missing": "is missing",
    "model_attributes_type": "must be an object",
    "model_type": "must be an object",
    "string_type": "must be text",
}


def field(error: Mapping[str, Any]) -> str:
    """Return the name of what is wrong: the parameter or key, or the body as a whole."""
    return next((part for part in reversed(error["loc"]) if isinstance(part, str)), "body")


def sentence(error: Mapping[str, Any]) -> str:
    """Return what is wrong with it, to be read behind its name."""
    kind, bounds = error["type"], error.get("ctx", {})
    match kind:
        case "enum" | "literal_error":
            return _none_of(str(error["input"]), _QUOTED.findall(bounds["expected"]))
        case "greater_than_equal":
            return f"must be {bounds['ge']} or more"
        case "less_than_equal":
            return f"must be {bounds['le']} or less"
    return _SENTENCES.get(kind) or f"{error['msg'][:1].lower()}{error['msg'][1:]}"


def _none_of(given: str, known: list[str]) -> str:
    likely = nearest(given, known)
    hint = "" if likely is None else f"; did you mean {likely!r}?"
    return f"{given!r} is none of {', '.join(known)}{hint}"
