"""Reads YAML into plain values and remembers where each stood, so that an error can name its line."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from msgspec import Struct
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from tradewire.settings.interpolate import Interpolator, Missing
from tradewire.settings.problems import Path, Problem, SettingsError, dotted

TAG = "tag:yaml.org,2002:"
MOST_VALUES = 20_000
"""Values in one file, each counted as often as an alias (*) repeats it: a few aliases of aliases would be billions."""


class Position(Struct, frozen=True):
    """A place in the file, both counted from 1."""

    line: int
    column: int


class Document(Struct, frozen=True):
    """A YAML file: its values, the place of every key and item, and what the interpolated values referred to."""

    name: str
    data: dict[str, Any]
    positions: Mapping[Path, Position]
    references: Mapping[Path, str]
    problems: tuple[Problem, ...] = ()
    """What is wrong although the YAML can be read: a key twice, a reference to nothing."""
    dropped: tuple[Path, ...] = ()
    """Items of lists that are left out because they are wrong; other paths count without them."""

    def original(self, path: Path) -> Path:
        """Return the path as it counts in the file, with the items that are left out."""
        found: Path = ()
        for part in path:
            if isinstance(part, int):
                for gone in sorted(int(item[-1]) for item in self.dropped if item[:-1] == found):
                    part += gone <= part
            found = (*found, part)
        return found

    def problem(self, path: Path, message: str) -> Problem:
        """Return a problem at `path`, or at the nearest thing above it that is in the file."""
        path = known = self.original(path)
        while known and known not in self.positions:
            known = known[:-1]
        place = self.positions.get(known)
        return Problem(
            file=self.name,
            line=place.line if place else None,
            column=place.column if place else None,
            path=dotted(path),
            message=message,
        )


def parse(text: str, name: str, interpolator: Interpolator) -> Document:
    """Read one YAML document; an empty one is an empty mapping.

    Numbers with a point become `Decimal`: money is exact from the first character on.

    Raises:
        SettingsError: broken YAML, or no mapping.
    """
    root = _composed(text, name)
    reading = _Reading(name, interpolator)
    data = None if root is None else reading.value(root, ())
    if not isinstance(data, dict | None):
        raise SettingsError([Problem(file=name, line=1, message="a configuration is a mapping of sections")])
    return Document(name, data or {}, reading.positions, reading.references, tuple(reading.problems))


def _composed(text: str, name: str) -> Node | None:
    try:
        root: Node | None = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (None, None)
        what = " ".join(part for part in (error.context, error.problem) if part)
        hint = " (inside { } or [ ] a ${NAME} needs quotes around it)" if line and _refers(text, line) else ""
        problem = Problem(file=name, line=line, column=column, message=f"broken YAML: {what}{hint}")
        raise SettingsError([problem]) from None
    except (YAMLError, ValueError, RecursionError) as error:
        reason = " ".join(str(error).split()) or "nested too deeply"
        raise SettingsError([Problem(file=name, message=f"broken YAML: {reason}")]) from None
    return root


def _refers(text: str, line: int) -> bool:
    lines = text.splitlines()
    return line <= len(lines) and "${" in lines[line - 1]


class _Reading:
    """One walk over the nodes of a document."""

    def __init__(self, name: str, interpolator: Interpolator) -> None:
        self.name = name
        self.interpolator = interpolator
        self.positions: dict[Path, Position] = {}
        self.references: dict[Path, str] = {}
        self.problems: list[Problem] = []
        self._above: list[Node] = []
        self._values = 0

    def fail(self, path: Path, message: str, node: Node) -> None:
        mark = node.start_mark
        self.problems.append(
            Problem(file=self.name, line=mark.line + 1, column=mark.column + 1, path=dotted(path), message=message)
        )

    def value(self, node: Node, path: Path) -> Any:
        if any(node is above for above in self._above):
            self.fail(path, "an anchor that contains itself", node)
            return None
        self._values += 1
        if self._values > MOST_VALUES:
            raise SettingsError([self._too_many(node)])
        self._above.append(node)
        try:
            if isinstance(node, MappingNode):
                return self._mapping(node, path)
            if isinstance(node, SequenceNode):
                return [self._item(item, (*path, index)) for index, item in enumerate(node.value)]
            return self._scalar(node, path) if isinstance(node, ScalarNode) else None
        finally:
            self._above.pop()

    def _too_many(self, node: Node) -> Problem:
        message = f"more than {MOST_VALUES} values: aliases (*) that repeat aliases grow too large; write less of them"
        return Problem(file=self.name, line=node.start_mark.line + 1, message=message)

    def _item(self, node: Node, path: Path) -> Any:
        self._place(node, path)
        return self.value(node, path)

    def _mapping(self, node: MappingNode, path: Path) -> dict[str, Any]:
        own: dict[str, Any] = {}
        merged: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, ScalarNode):
                self.fail(path, "a key must be a word", key_node)
                continue
            if key_node.tag == f"{TAG}merge":
                merged |= self._merged(value_node, path)
                continue
            key = str(key_node.value)
            if key in own:
                self.fail((*path, key), "this key stands here twice", key_node)
                continue
            self._place(key_node, (*path, key))
            own[key] = self.value(value_node, (*path, key))
        return merged | own

    def _merged(self, node: Node, path: Path) -> dict[str, Any]:
        parts = reversed(node.value) if isinstance(node, SequenceNode) else [node]
        merged: dict[str, Any] = {}
        for part in parts:
            value = self.value(part, path)
            if isinstance(value, dict):
                merged |= value
            else:
                self.fail(path, "<< takes a mapping", part)
        return merged

    def _scalar(self, node: ScalarNode, path: Path) -> Any:
        text = str(node.value)
        if "${" in text:
            self.references[path] = text
            try:
                return self.interpolator.resolve(text)
            except Missing as error:
                self.fail(path, str(error), node)
                return None
        try:
            return _plain(str(node.tag).removeprefix(TAG), text)
        except ValueError as error:
            self.fail(path, str(error), node)
            return None

    def _place(self, node: Node, path: Path) -> None:
        self.positions[path] = Position(node.start_mark.line + 1, node.start_mark.column + 1)


def _plain(tag: str, text: str) -> Any:
    match tag:
        case "null":
            return None
        case "bool":
            return text.lower() == "true"
        case "int":
            return int(text.replace("_", ""), 0 if text.lstrip("+-")[:2].lower() in ("0x", "0o", "0b") else 10)
        case "float":
            number = Decimal(text.replace("_", "").lower().replace(".inf", "inf").replace(".nan", "nan"))
            if not number.is_finite():
                raise ValueError(f"{text} is not a finite number")
            return number
        case "str" | "timestamp":
            return text
        case other:
            raise ValueError(f"the tag {other} is not known here")
