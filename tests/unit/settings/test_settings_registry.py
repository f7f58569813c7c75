"""Plug-ins are found by id, loaded when used, and a broken one is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from tradewire.registry import BUILT_IN, Kind, PluginBroken, Registry, UnknownPlugin

GOOD = """
from pydantic import BaseModel
class Config(BaseModel):
    key: str = ""
class Acme:
    pass
"""


@pytest.mark.parametrize("kind", Kind)
def test_every_built_in_plugin_can_be_loaded(kind: Kind) -> None:
    for name in BUILT_IN[kind]:
        plugin = Registry().load(kind, name)
        assert (plugin.kind, plugin.id) == (kind, name)
        assert plugin.config.model_config.get("extra") == "forbid"
        assert plugin.config.model_config.get("frozen")


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
