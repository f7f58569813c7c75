"""The data directory tells where the hub is, to its owner only, and never for a hub that is gone."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from tradewire.datadir import DataDir, RunningHub, data_dir

HERE = RunningHub(url="http://127.0.0.1:1", token="key", pid=os.getpid())


def test_what_is_announced_is_found_and_closed_to_others(tmp_path: Path) -> None:
    place = DataDir(tmp_path / "new" / "dir")
    assert place.running() is None
    place.announce(HERE)
    assert place.running() == HERE
    assert stat.S_IMODE((place.root / "hub.json").stat().st_mode) == 0o600
    assert stat.S_IMODE(place.root.stat().st_mode) == 0o700


def test_a_file_that_was_open_to_others_is_closed(tmp_path: Path) -> None:
    (tmp_path / "hub.partial").write_text("")
    (tmp_path / "hub.partial").chmod(0o666)
    DataDir(tmp_path).announce(HERE)
    assert stat.S_IMODE((tmp_path / "hub.json").stat().st_mode) == 0o600


def test_only_the_hub_itself_withdraws(tmp_path: Path) -> None:
    place = DataDir(tmp_path)
    place.announce(HERE)
    place.withdraw(HERE.pid + 1)
    assert place.running() == HERE
    place.withdraw(HERE.pid)
    assert place.running() is None
    place.withdraw(HERE.pid)


def test_the_directory_is_the_given_one_or_the_environments_or_the_home(tmp_path: Path) -> None:
    assert data_dir(tmp_path, {"TRADEWIRE_DATA": "/elsewhere"}).root == tmp_path
    assert data_dir(None, {"TRADEWIRE_DATA": "/elsewhere"}).root == Path("/elsewhere")
    assert data_dir(None, {"TRADEWIRE_DATA": ""}).root == Path.home() / ".tradewire"
