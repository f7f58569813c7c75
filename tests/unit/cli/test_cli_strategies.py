"""`strategy` and `new strategy`: what is shipped, what a check says, and a beginning that passes it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from tradewire.cli.commands import app
from tradewire.strategies.shipped import SHIPPED

PEEKING = """
import numpy as np
from tradewire.strategies.base import Params, Signals, Strategy

class Peeking(Strategy[Params]):
    name = "peeking"
    Params = Params
    def warmup(self, params):
        return 1
    def signals(self, bars, params):
        rises = np.append(bars.close[1:] > bars.close[:-1], False)
        return Signals(rises, ~rises, ~rises, rises)
"""


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def test_the_list_names_all_that_are_shipped() -> None:
    assert [row["id"] for row in json.loads(run("strategy", "list", "--json").stdout)] == sorted(SHIPPED)
    assert "fast 20, slow 100" in run("strategy", "list").stdout


def test_show_tells_the_parameters_and_their_bounds() -> None:
    shown = json.loads(run("strategy", "show", "sma-cross", "--json").stdout)
    assert shown["warmup"] == 100
    assert shown["parameters"][0] == {
        "parameter": "fast",
        "type": "integer",
        "default": 20,
        "least": 1,
        "most": 1000,
        "description": "Bars in the fast average.",
    }
    assert "needs 100 bars" in run("strategy", "show", "sma-cross").stdout


def test_a_shipped_strategy_passes_the_check() -> None:
    done = run("strategy", "check", "sma-cross", "-p", "fast=5", "--param", "slow=20")
    assert done.exit_code == 0
    assert done.stdout == "sma-cross: no look-ahead, and its warm-up is long enough, on 4020 bars\n"


def test_a_strategy_that_peeks_ends_with_1(tmp_path: Path) -> None:
    file = tmp_path / "peeking.py"
    file.write_text(PEEKING)
    done = run("strategy", "check", str(file))
    assert done.exit_code == 1
    assert "it looks ahead: long_entry at bar" in done.stdout
    (finding,) = json.loads(run("strategy", "check", f"{file}:Peeking", "--json").stdout)["findings"]
    assert (finding["fault"], finding["grave"]) == ("look_ahead", True)


def test_a_history_can_be_given(tmp_path: Path) -> None:
    file = tmp_path / "bars.csv"
    rows = [
        f"2024-01-{day:02d}T{hour:02d}:00:00Z,10,11,9,{10 + hour % 2 / 2},5" for day in (2, 3) for hour in range(24)
    ]
    file.write_text("\n".join(["time,open,high,low,close,volume", *rows]))
    done = run("strategy", "check", "donchian-breakout", "--data", str(file))
    assert (done.exit_code, done.stdout.splitlines()[0]) == (0, "it never enters on these 48 bars [silent]")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("show", "sma-crss"), "there is no strategy 'sma-crss' (nearest: sma-cross)"),
        (("check", "sma-cross", "-p", "fastt=3"), "sma-cross has no parameter 'fastt' (nearest: fast)"),
        (("check", "sma-cross", "-p", "fast"), "--param fast: write NAME=VALUE"),
        (("check", "sma-cross", "--timeframe", "1x"), "1x"),
    ],
)
def test_wrong_usage_ends_with_2_and_a_sentence(arguments: tuple[str, ...], sentence: str) -> None:
    done = run("strategy", *arguments)
    assert done.exit_code == 2
    assert sentence in done.stderr


def test_a_history_that_is_not_there_ends_with_1() -> None:
    done = run("strategy", "check", "sma-cross", "--data", "no/such.csv")
    assert (done.exit_code, "no/such.csv" in done.stderr) == (1, True)


def test_a_new_strategy_passes_the_check_and_is_never_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "my_idea.py"
    done = run("new", "strategy", "my-idea", "--file", str(file))
    assert f"tradewire strategy check {file}:MyIdea" in done.stdout
    assert run("strategy", "check", f"{file}:MyIdea").exit_code == 0
    file.write_text("mine")
    assert run("new", "strategy", "my-idea", "--file", str(file)).exit_code == 1
    assert file.read_text() == "mine"


@pytest.mark.parametrize("name", ["My Idea", "9lives", "a/b", "-", "sma-cross"])
def test_a_name_that_cannot_be_is_refused(name: str, tmp_path: Path) -> None:
    done = run("new", "strategy", "--file", str(tmp_path / "x.py"), "--", name)
    assert done.exit_code == 2
    assert not (tmp_path / "x.py").exists()
