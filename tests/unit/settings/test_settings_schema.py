"""The schema that editors read is in the documentation, and says what this version takes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema_rs import Draft202012Validator, meta
from ruamel.yaml import YAML

from tradewire.settings.schema import schema

PUBLISHED = Path(__file__).parents[3] / "docs" / "tradewire.schema.json"


@pytest.fixture(scope="module")
def published() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(PUBLISHED.read_text("utf-8"))
    return document


def test_the_published_schema_is_the_one_that_the_command_prints(published: dict[str, Any]) -> None:
    assert published == schema(), "write it again: tradewire config schema > docs/tradewire.schema.json"


def test_the_published_schema_works_from_wherever_it_lies(published: dict[str, Any]) -> None:
    meta.validate(published)
    assert "$id" not in published
    references = [line.split('"')[3] for line in PUBLISHED.read_text("utf-8").splitlines() if '"$ref":' in line]
    assert references
    assert all(reference.startswith("#/$defs/") for reference in references)


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("accounts: {main: {currency: USD, config: {balance: 5000}}}", True),
        ("routes: [{name: a, exits: scalp}]\nexits: {scalp: {stop: 1%, targets: [2%]}}", True),
        ("risk: {careful: {daily_loss: 3%, max_open_trades: 3}}", True),
        ("accounts: {main: {curency: USD}}", False),
        ("accounts: {main: {netting: foo}}", False),
        ("routes: [{}]", False),
    ],
)
def test_an_editor_sees_what_the_hub_would_say(published: dict[str, Any], text: str, fits: bool) -> None:
    assert Draft202012Validator(published).is_valid(YAML(typ="safe", pure=True).load(text)) is fits
