"""The documentation names every key, every command and every page, and builds without a warning."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import typer.main

from tradewire.cli.commands import app
from tradewire.ports import Manifest
from tradewire.registry import Listed, Origin, Registry
from tradewire.settings.load import loads
from tradewire.settings.schema import schema

DOCS = Path(__file__).parents[2] / "docs"
CONFIGURATION = (DOCS / "configuration.md").read_text("utf-8")


def sections() -> dict[str, str]:
    parts = re.split(r"^## (\w+)\n", CONFIGURATION, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def keys_below(node: dict[str, Any], seen: frozenset[str] = frozenset()) -> set[str]:
    """Names of all keys below a part of the schema; keys that the user chooses have no name."""
    found = set(node.get("properties", {}))
    inner = [*node.get("properties", {}).values(), node.get("items"), node.get("additionalProperties")]
    inner += [*node.get("anyOf", ()), *node.get("patternProperties", {}).values()]
    if (reference := node.get("$ref", "").rpartition("/")[2]) and reference not in seen:
        inner.append(schema()["$defs"][reference])
        seen |= {reference}
    for child in inner:
        if isinstance(child, dict):
            found |= keys_below(child, seen)
    return found


@pytest.mark.parametrize("section", sorted(schema()["properties"]))
def test_every_key_is_documented_in_its_section(section: str) -> None:
    text = sections()[section]
    shared = sections()["risk"] + sections()["exits"] if section in ("routes", "risk") else ""
    keys = keys_below(schema()["properties"][section])
    assert sorted(key for key in keys if f"`{key}`" not in text + shared) == []


def test_no_section_is_documented_that_does_not_exist() -> None:
    described = set(sections()) - {"Secrets"}
    assert described == set(schema()["properties"])


def test_the_example_is_a_configuration(tmp_path: Path) -> None:
    (tmp_path / "phone.url").write_text("http://127.0.0.1:9/notices\n")
    example = re.search(r"```yaml\n(.*?)```", CONFIGURATION, re.DOTALL)
    assert example is not None
    assert loads(example[1], "example.yaml", tmp_path, {"PHONE_KEY": "k"}).warnings == ()


def test_every_command_and_option_is_documented() -> None:
    text = (DOCS / "cli.md").read_text("utf-8") + (DOCS / "configuration.md").read_text("utf-8")
    root = typer.main.get_command(app)
    words = set(re.findall(r"[-\w]+", text))
    missing = []
    for name, command in root.commands.items():  # type: ignore[attr-defined]
        for leaf in getattr(command, "commands", {"": command}).values():
            missing += [name] if name not in words else []
            options = {option for parameter in leaf.params for option in parameter.opts if option.startswith("--")}
            missing += sorted(options - words)
    assert missing == []


@pytest.mark.parametrize("listed", list(Registry().listed()), ids=lambda listed: listed.id)
def test_every_built_in_plugin_is_documented_where_its_manifest_says(listed: Listed) -> None:
    if listed.origin is not Origin.BUILT_IN:
        return
    assert isinstance(listed.about, Manifest)
    page, _, anchor = listed.about.docs.partition("#")
    section = (DOCS / page).read_text("utf-8").partition(f"\n## {anchor}\n")[2].partition("\n## ")[0]
    assert section, listed.about.docs
    fields = Registry().load(listed.kind, listed.id).config.model_fields
    assert [name for name in fields if f"`{name}`" not in section] == []


def test_every_page_is_in_the_navigation() -> None:
    navigation = (DOCS.parent / "mkdocs.yml").read_text("utf-8")
    pages = {str(path.relative_to(DOCS)) for path in DOCS.rglob("*.md")}
    assert sorted(page for page in pages if page not in navigation) == []
