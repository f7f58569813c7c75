"""`sweep`: combinations, the best in and out of sample; interrupted or killed, it goes on where it stopped."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from tradewire.backtest.made import made_bars
from tradewire.cli.commands import app
from tradewire.store.sweeps import SweepStore

SRC = Path(__file__).parents[3] / "src"
GIVEN = ("--param", "fast=5:20:5", "--param", "slow=20:50:10", "--sl", "1%,2%,none")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A made history of hours."""
    bars, path = made_bars(4000, 3600), tmp_path_factory.mktemp("history") / "MADE.csv"
    columns = (bars.ts // 1_000_000_000, bars.open, bars.high, bars.low, bars.close)
    rows = (",".join(map(str, row)) for row in zip(*(column.tolist() for column in columns), strict=True))
    path.write_text("\n".join(["timestamp,open,high,low,close", *rows]) + "\n")
    return str(path)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A data directory of its own."""
    return tmp_path / "place"


def sweep(place: Path, *arguments: str) -> Result:
    return CliRunner(env={"TRADEWIRE_DATA": str(place)}).invoke(app, ["sweep", *arguments])


def found(place: Path, *arguments: str) -> dict[str, Any]:
    result = sweep(place, *arguments, "--json")
    assert result.exit_code == 0, result.stderr
    told: dict[str, Any] = json.loads(result.stdout)
    return told


def test_the_best_are_told_in_and_out_of_sample(place: Path, data: str) -> None:
    result = sweep(place, "sma-cross", "--data", data, *GIVEN, "--holdout", "30%", "--fee", "0.1%", "--size", "50%")
    assert result.exit_code == 0, result.stderr
    assert "45 combinations on 4,000 bars; 3 more are left out: fast (20) must be less than slow (20)" in result.stderr
    assert "sharpe: out" in result.stdout
    assert "45 combinations were tried" in result.stdout


def test_a_sweep_is_listed_and_shown_again(place: Path, data: str) -> None:
    told = found(
        place, "sma-cross", "--data", data, *GIVEN, "--where", "slow>=2*fast", "--search", "random", "--trials", "9"
    )
    assert (told["trials"], told["search"], len(told["best"])) == (9, "random", 9)
    assert {row["set"]["slow"] >= 2 * row["set"]["fast"] for row in told["best"]} == {True}
    (row,) = json.loads(sweep(place, "list", "--json").stdout)
    assert (row["id"], row["status"], row["done"], row["total"]) == (told["id"], "done", 9, 9)
    del told["elapsed_s"]
    assert found(place, "show", told["id"]) == told
    assert told["id"] in sweep(place, "list").stdout


def test_a_report_is_written_at_once_and_later(place: Path, data: str, tmp_path: Path) -> None:
    first, later = tmp_path / "first.html", tmp_path / "later.html"
    result = sweep(place, "sma-cross", "--data", data, *GIVEN, "--walk-forward", "3", "--html", str(first))
    assert f"report: {first}" in result.stdout
    assert "Verdict: " in result.stdout
    (row,) = json.loads(sweep(place, "list", "--json").stdout)
    sweep(place, "show", row["id"], "--html", str(later))
    assert first.read_text() == later.read_text()
    result = sweep(place, "show", row["id"], "--html", str(tmp_path / "no" / "report.html"))
    assert (result.exit_code, "cannot be written" in result.stderr) == (1, True)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--param", "fats=1:5"), "(nearest: fast)"),
        (("--fats", "1"), "(nearest: fast)"),
        (("--param", "fast=50:5"), "is empty"),
        (("--param", "fast"), "write NAME=VALUES"),
        (("--search", "gird"), "(nearest: grid)"),
        (("--objective", "sharp"), "(nearest: sharpe)"),
        (("--holdout", "130%"), "a share is meant"),
        (("--trials", "5"), "trials are for the searches random and optuna"),
        (("--where", "fast<"), "is no condition"),
        (("--sl", "1%,x"), "--sl: x"),
        (("--sl",), "--sl needs a value"),
        (("more",), "was not expected"),
    ],
)
def test_what_is_asked_wrongly_is_said_before_anything_is_run(
    place: Path, data: str, arguments: tuple[str, ...], sentence: str
) -> None:
    result = sweep(place, "sma-cross", "--data", data, *arguments)
    assert result.exit_code == 2, result.stderr
    assert sentence in result.stderr
    assert sweep(place, "list").stdout == "no sweeps\n"


def test_an_unknown_sweep_is_said(place: Path) -> None:
    for command in ("show", "resume"):
        result = sweep(place, command, "nothing")
        assert (result.exit_code, "there is no sweep nothing" in result.stderr) == (1, True)


@pytest.mark.timeout(400)
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL], ids=lambda how: how.name)
def test_a_sweep_that_is_ended_goes_on_where_it_stopped(place: Path, data: str, how: signal.Signals) -> None:
    place.mkdir()
    asked = (
        "sma-cross",
        "--data",
        data,
        "--param",
        "fast=2:40:1",
        "--param",
        "slow=50:250:10",
        *GIVEN[-2:],
        "--chunk",
        "60",
    )
    environment = {**os.environ, "PYTHONPATH": str(SRC), "TRADEWIRE_DATA": str(place)}
    process = subprocess.Popen(
        [sys.executable, "-m", "tradewire", "sweep", *asked],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    )
    assert process.stderr is not None
    id = process.stderr.readline().split()[1].removesuffix(":")
    with SweepStore.open(place / "tradewire.db") as store:
        until = time.monotonic() + 240
        while len(store.chunks_done(id)) < 3:
            assert time.monotonic() < until, "nothing was done"
        process.send_signal(how)
        told = process.communicate(timeout=60)[1]
        done = store.count_done(id)
        assert 0 < done < store.get(id).total, "it was ended in the middle, or this proves nothing"
        before = dict(store.chunks(id))
        if how is signal.SIGINT:
            assert (process.returncode, store.get(id).status) == (130, "interrupted")
            assert f"`tradewire sweep resume {id}` goes on" in told
            assert sweep(place, "show", id).exit_code == 1
        after = found(place, "resume", id)
        assert after["trials"] == store.count_done(id) == store.get(id).total == 39 * 21 * 3
        resumed = dict(store.chunks(id))
        assert {chunk: resumed[chunk] for chunk in before} == before, "what was done is not done again"
        whole = found(place, *asked)
        assert dict(store.chunks(whole["id"])) == resumed
    for told_again in (whole, after):
        del told_again["id"], told_again["elapsed_s"]
    assert whole == after
