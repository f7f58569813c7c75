"""Plug-ins are found by id, loaded when used, and a broken one is named."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from tradewire.ports import Manifest
from tradewire.registry import BUILT_IN, Kind, Origin, PluginBroken, Registry, UnknownPlugin

GOOD = """
from pydantic import BaseModel
class Config(BaseModel):
    key: str = ""
class Acme:
    pass
"""

TOLD = """
from tradewire.ports import Kind, Manifest
MANIFEST = Manifest(id="acme", kind=Kind.VENUE, title="Acme", summary="Trades.", docs="https://example.org/acme")
async def check(config, clock):
    return []
"""


@pytest.mark.parametrize("kind", Kind)
def test_every_built_in_plugin_can_be_loaded(kind: Kind) -> None:
    for name in BUILT_IN[kind]:
        plugin = Registry().load(kind, name)
        assert (plugin.kind, plugin.id) == (kind, name)
        assert plugin.config.model_config.get("extra") == "forbid"
        assert plugin.config.model_config.get("frozen")
        assert plugin.manifest is not None
        assert (plugin.manifest.id, plugin.manifest.kind) == (name, kind)
        assert plugin.check is not None


def test_a_class_of_ones_own_needs_no_entry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "acme_plugin.py").write_text(GOOD)
    monkeypatch.syspath_prepend(tmp_path)
    assert Registry().load(Kind.VENUE, "acme_plugin:Acme").make.__name__ == "Acme"
    named = Registry({Kind.VENUE: {"acme": "acme_plugin:Acme"}})
    assert named.load(Kind.VENUE, "acme").make.__name__ == "Acme"
    assert "acme" in named.names(Kind.VENUE)
    assert "acme" not in named.names(Kind.FEED)


def test_an_installed_package_announces_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "announced_plugin.py").write_text(GOOD)
    info = tmp_path / "announced-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: announced\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[tradewire.plugins]\nvenue.announced = announced_plugin:Acme\n")
    monkeypatch.syspath_prepend(tmp_path)
    assert "announced" in Registry().names(Kind.VENUE)
    assert Registry().load(Kind.VENUE, "announced").make.__name__ == "Acme"


def test_what_a_plugin_tells_of_itself_is_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "telling_plugin.py").write_text(GOOD + TOLD)
    (tmp_path / "silent_plugin.py").write_text(GOOD)
    monkeypatch.syspath_prepend(tmp_path)
    telling = Registry().load(Kind.VENUE, "telling_plugin:Acme")
    assert telling.manifest is not None
    assert telling.manifest.title == "Acme"
    assert telling.check is not None
    silent = Registry().load(Kind.VENUE, "silent_plugin:Acme")
    assert (silent.manifest, silent.check) == (None, None)


def test_a_list_has_every_plugin_with_its_origin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "listed_plugin.py").write_text(GOOD + TOLD)
    monkeypatch.syspath_prepend(tmp_path)
    registry = Registry({Kind.VENUE: {"acme": "listed_plugin:Acme", "paper": "listed_plugin:Acme"}})
    used = [(Kind.VENUE, "paper"), (Kind.VENUE, "listed_plugin:Acme"), (Kind.NOTIFIER, "listed_plugin:Acme")]
    listed = list(registry.listed(used))
    assert {(one.kind, one.id) for one in listed if one.origin is Origin.BUILT_IN} == {
        (kind, name) for kind, names in BUILT_IN.items() for name in names
    }
    own = {(one.kind, one.id): one.about for one in listed if one.origin is Origin.OWN}
    assert list(own) == [
        (Kind.VENUE, "acme"),
        (Kind.VENUE, "listed_plugin:Acme"),
        (Kind.NOTIFIER, "listed_plugin:Acme"),
    ]
    assert isinstance(own[Kind.VENUE, "acme"], Manifest)
    assert isinstance(own[Kind.NOTIFIER, "listed_plugin:Acme"], PluginBroken)


def test_a_list_of_the_built_in_loads_nothing_heavy() -> None:
    code = (
        "import sys\nfrom tradewire.registry import Registry\n"
        "assert all(one.about.title for one in Registry().listed())\n"
        "heavy = 'httpx numba numpy polars structlog tradewire.sim tradewire.venues.paper.venue'.split()\n"
        "print([name for name in heavy if name in sys.modules])"
    )
    source = Path(__file__).parents[3] / "src"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(source)}
    )
    assert done.stdout.strip() == "[]", done.stderr


def test_a_folder_has_no_more_than_it_names() -> None:
    with pytest.raises(AttributeError, match=r"module 'tradewire.venues.paper' has no attribute 'Nothing'"):
        import_module("tradewire.venues.paper").Nothing  # noqa: B018


def test_an_unknown_id_lists_what_there_is() -> None:
    with pytest.raises(UnknownPlugin) as caught:
        Registry().load(Kind.VENUE, "papr")
    assert "paper" in caught.value.known


@pytest.mark.parametrize(
    ("source", "target", "reason"),
    [
        ("raise SystemError('boom')", "Acme", "boom"),
        ("import no_such_library_at_all", "Acme", "no_such_library_at_all"),
        ("x = 1", "Acme", "Acme"),
        ("class Acme: pass", "Acme", "Config"),
        ("class Acme: pass\nclass Config: pass", "Acme", "not a class beside a pydantic Config"),
        (GOOD + "MANIFEST = 'acme'", "Acme", "its MANIFEST is no tradewire.ports.Manifest"),
        (GOOD + TOLD, "Acme", "by its manifest it is a venue, not a notifier"),
        (GOOD + "check = True", "Acme", "the check beside broken_.*:Acme is not a function"),
        (GOOD + "acme = Acme()", "acme", "not a class"),
    ],
)
def test_a_broken_one_is_isolated_and_named(
    source: str, target: str, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"broken_{abs(hash(source))}"
    (tmp_path / f"{name}.py").write_text(source)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(PluginBroken, match=reason):
        Registry().load(Kind.NOTIFIER, f"{name}:{target}")
