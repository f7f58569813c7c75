"""The example of the docs is a plug-in like any other: it keeps its contract, and the hub's own commands take it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from contract.notifier_suite import NOTICES, NotifierSuite
from tradewire.ports import Notifier, TryLater
from tradewire.registry import Kind, Registry

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
TARGET = "file_notifier:FileNotifier"


@pytest.fixture(autouse=True)
def importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(EXAMPLES)


def built(path: Path) -> Notifier:
    plugin = Registry().load(Kind.NOTIFIER, TARGET)
    notifier: Notifier = plugin.make("under-test", plugin.config.model_validate({"path": path}))
    return notifier


class TestContract(NotifierSuite):
    target = TARGET

    @pytest.fixture(autouse=True)
    def _somewhere(self, tmp_path: Path) -> None:
        type(self).make = staticmethod(lambda: built(tmp_path / "notices.jsonl"))

    @pytest.fixture
    def settings(self, tmp_path: Path) -> Mapping[str, Any]:
        return {"path": tmp_path / "notices.jsonl"}

    @pytest.fixture
    def unworkable(self, tmp_path: Path) -> Sequence[Mapping[str, Any]]:
        return [{"path": tmp_path / "no" / "folder"}, {"path": tmp_path}]


async def test_it_writes_what_it_says_and_its_check_writes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "notices.jsonl"
    notifier = built(path)
    assert not path.exists()
    for notice in NOTICES[:2]:
        await notifier.send(notice)
    assert [json.loads(line)["title"] for line in path.read_text("utf-8").splitlines()] == ["trade opened", ""]
    with pytest.raises(TryLater):
        await built(tmp_path / "no" / "folder").send(NOTICES[0])


def tradewire(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command as its owner would, with the examples on the path."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("TRADEWIRE_")}
    path = os.pathsep.join((str(ROOT / "src"), str(EXAMPLES)))
    return subprocess.run(
        [sys.executable, "-m", "tradewire", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        env={**kept, "PYTHONPATH": path, "NO_COLOR": "1"},
    )


def test_the_commands_check_it_and_list_it(tmp_path: Path) -> None:
    file = tmp_path / "hub.yaml"
    file.write_text(f"notifiers:\n  diary:\n    type: {TARGET}\n    config: {{path: {tmp_path}/notices.jsonl}}\n")
    checked = json.loads(tradewire("config", "check", "--config", str(file), "--json").stdout)
    assert (checked["errors"], checked["warnings"]) == ([], [])
    assert [(check["path"], check["ok"]) for check in checked["checks"] if check["type"] == TARGET] == [
        ("notifiers.diary", True)
    ]
    listed = json.loads(tradewire("plugins", "list", "--config", str(file), "--json").stdout)
    (row,) = [row for row in listed if row["origin"] != "built-in"]
    assert (row["kind"], row["id"], row["title"], row["origin"]) == ("notifier", TARGET, "File", "yours")


def test_the_docs_show_it_as_it_is() -> None:
    page = (ROOT / "docs" / "writing-plugins.md").read_text("utf-8")
    assert (EXAMPLES / "file_notifier.py").read_text("utf-8") in page
