"""Whatever stands in a configuration, it is read or it is explained; it never crashes and never hangs."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tradewire.settings.document import parse
from tradewire.settings.interpolate import Interpolator
from tradewire.settings.load import loads
from tradewire.settings.model import Settings
from tradewire.settings.problems import Problem, SettingsError

SECTIONS = sorted(Settings.model_fields)
words = st.sampled_from([*SECTIONS, "config", "type", "venue", "name", "exits", "stop", "port", "match", "<<", "url"])
scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12) | words
values: st.SearchStrategy[Any] = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words | st.text(max_size=5), inner, max_size=3),
    max_leaves=12,
)


def read(text: str) -> None:
    found: tuple[Problem, ...] = ()
    try:
        loads(text, "hub.yaml", Path("."), {"HOME": "x"})
    except SettingsError as refused:
        found = refused.problems
    assert all(problem.file == "hub.yaml" and problem.message for problem in found)
    last = text.count("\n") + text.count("\r") + 3
    assert all(problem.line is None or 1 <= problem.line <= last for problem in found)


@given(st.text(st.characters(codec="utf-8"), max_size=200))
@example("a: *nothing")
@example("a: 0o9")
@example("%YAML 9.9\n---\na: 1")
@example("a: 1\n---\nb: 2")
@example("accounts: {a: {config: {balance: 1e999999999}}}")
@example("accounts: {a: {config: 2001-01-01}}")
def test_any_text(text: str) -> None:
    read(text)


@given(st.dictionaries(words, values, max_size=4))
@example({"risk": {"default": "x"}})
@example({"routes": {"a": 1}})
@example({"exits": ["a"], "routes": [{"exits": "a"}]})
@example({"exits": {"a": None}, "routes": [{"name": "x", "exits": "a"}]})
@example({"accounts": {"a": {"venue": "..:x"}}})
@example({"accounts": {"a": {"venue": ".:x"}}})
def test_any_structure(document: dict[str, Any]) -> None:
    read(json.dumps(document))


@given(st.decimals(allow_nan=False, allow_infinity=False, places=12))
def test_a_number_with_a_point_is_exact(number: Decimal) -> None:
    document = parse(f"x: {number:f}", "hub.yaml", Interpolator({}, Path(".")))
    assert document.data["x"] == number


@given(st.sampled_from(SECTIONS), st.integers(1, 6), st.text("abcdefgh", min_size=1, max_size=9))
def test_an_unknown_section_is_found_at_its_own_line(section: str, lines_before: int, extra: str) -> None:
    key = f"{section}{extra}"
    if key in Settings.model_fields:
        return
    with pytest.raises(SettingsError) as caught:
        loads("\n" * lines_before + f"{key}: 1", "hub.yaml", Path("."), {})
    assert [(problem.line, problem.path) for problem in caught.value.problems] == [(lines_before + 1, key)]
