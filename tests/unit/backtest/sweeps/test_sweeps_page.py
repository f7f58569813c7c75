"""The page of a sweep: whole, escaped, offline, with every part that was asked for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sweep_samples import history, sweep

from tradewire.backtest.sweeps.page import page
from tradewire.backtest.sweeps.service import run
from tradewire.backtest.sweeps.spec import WalkForward
from tradewire.report.heat import heat_chart
from tradewire.store.sweeps import SweepStore
from unit.report.test_report_html import EVIL, Reader


def found(folder: Path, *given: str, **asked: Any) -> dict[str, Any]:
    with SweepStore.open(folder / "sweeps.db") as store:
        told = run(sweep(history(folder), *given, **asked), store)
    assert told is not None
    return told


def test_the_page_tells_all_and_loads_nothing(tmp_path: Path) -> None:
    given = ("fast=5:20:5", "slow=20:50:10", "sl=1%,none")
    told = found(tmp_path, *given, holdout=0.2, walk_forward=WalkForward(folds=3), paths=50)
    text = page(told)
    read = Reader(text)
    assert "default-src 'none'" in text
    assert not read.names & {"script", "img", "link", "iframe"}
    assert not read.attributes & {"src", "href", "onload", "onclick"}
    for part in ("Can it be believed?", "The best", "How stable it is", "Walk-forward", "drawn again", "Edge or luck"):
        assert part in read.text
    assert told["verdict"]["word"].capitalize() in read.text
    for one in told["verdict"]["sentences"]:
        assert one["sentence"] in read.text
    assert "fast 5, slow 20: " in read.text
    assert "fast 20, slow 20: not run" in read.text


def test_what_was_not_asked_is_not_there(tmp_path: Path) -> None:
    told = found(tmp_path, "fast=5,10", least_trades=10_000)
    read = Reader(page(told))
    assert "No combination traded often enough." in read.text
    assert "Walk-forward" not in read.text
    assert "svg" not in read.names


def test_whatever_a_user_named_is_escaped(tmp_path: Path) -> None:
    told = found(tmp_path, "fast=5:20:5", "slow=30,40")
    told |= {"strategy": EVIL, "symbol": EVIL}
    told["honesty"]["heat_map"]["rows"]["name"] = EVIL
    told["best"][0]["set"] = {EVIL: EVIL}
    text = page(told)
    Reader(text)
    assert "<script" not in text


@pytest.mark.parametrize(("count", "written"), [(24, True), (25, False)])
def test_a_map_marks_its_cell_and_stays_readable(count: int, written: bool) -> None:
    cells = [[0.5 - column for column in range(count)], [None] * count]
    text = heat_chart("map", ("a", [1, None]), ("b", list(range(count))), cells, (1, 2))
    read = Reader(text)
    assert text.count('class="mark"') == 1
    assert "a none, b 3: not run" in read.text
    assert ("-1.50" in read.text) is written
    assert "a 1, b 2: -1.5" in read.text
    assert text.count("<title>") == 2 * count


def test_a_map_of_nothing_but_zeros_can_be_drawn() -> None:
    assert "--heat:0" in heat_chart("map", ("a", [1]), ("b", [1]), [[0.0]])
