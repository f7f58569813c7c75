"""The data directory tells where the hub is, to its owner only, and never for a hub that is gone."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from tradewire.datadir import DataDir, DataDirUnusable, RunningHub, data_dir

HERE = RunningHub(url="http://127.0.0.1:1", token="key", pid=os.getpid())


def test_what_is_announced_is_found_and_closed_to_others(tmp_path: Path) -> None:
    place = DataDir(tmp_path / "new" / "dir")
    assert place.running() is None
    with place.held():
        place.announce(HERE)
        assert place.running() == HERE
    assert place.running() is None
    assert stat.S_IMODE((place.root / "hub.json").stat().st_mode) == 0o600
    assert stat.S_IMODE(place.root.stat().st_mode) == 0o700


def test_a_file_that_was_open_to_others_is_closed(tmp_path: Path) -> None:
    (tmp_path / "hub.partial").write_text("")
    (tmp_path / "hub.partial").chmod(0o666)
    DataDir(tmp_path).announce(HERE)
    assert stat.S_IMODE((tmp_path / "hub.json").stat().st_mode) == 0o600


def test_only_the_hub_itself_withdraws(tmp_path: Path) -> None:
    place = DataDir(tmp_path)
    with place.held():
        place.announce(HERE)
        place.withdraw(HERE.pid + 1)
        assert place.running() == HERE
        place.withdraw(HERE.pid)
        assert place.running() is None
        place.withdraw(HERE.pid)


def test_one_process_at_a_time_holds_the_directory(tmp_path: Path) -> None:
    place, other = DataDir(tmp_path), DataDir(tmp_path)
    with place.held():
        with pytest.raises(DataDirUnusable, match=f"a hub runs on {tmp_path} already, process {os.getpid()}$"):
            other.ensure_free()
        place.announce(HERE)
        with pytest.raises(DataDirUnusable, match=f"already: http://127.0.0.1:1, process {os.getpid()}$"), other.held():
            pass
        assert place.running() == HERE, "who was refused took nothing away"
    other.ensure_free()
    with other.held():
        assert other.running() is None, "what the last hub left behind is not of this one"


def test_a_process_of_the_same_number_is_no_hub(tmp_path: Path) -> None:
    place = DataDir(tmp_path)
    place.announce(HERE)
    assert place.running() is None
    place.ensure_free()
    with place.held():
        assert not (tmp_path / "hub.json").exists()


def test_what_cannot_be_a_data_directory_is_said_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for root in (tmp_path / "file", tmp_path / "file" / "below", Path("/proc/nope")):
        with pytest.raises(DataDirUnusable, match=f"{root} .*--data"), DataDir(root).held():
            pass


def test_the_directory_is_the_given_one_or_the_environments_or_the_home(tmp_path: Path) -> None:
    assert data_dir(tmp_path, {"TRADEWIRE_DATA": "/elsewhere"}).root == tmp_path
    assert data_dir(None, {"TRADEWIRE_DATA": "/elsewhere"}).root == Path("/elsewhere")
    assert data_dir(None, {"TRADEWIRE_DATA": ""}).root == Path.home() / ".tradewire"
