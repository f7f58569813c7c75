"""A request says the same wherever it is asked, and is checked before anything is run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from backtesting.test import GOOG

from tradewire.backtest.data.problems import BadHistory
from tradewire.backtest.performing import StrategyFailed, perform, prepare
from tradewire.backtest.request import BadRequest, Request


@pytest.fixture(scope="module")
def goog(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Daily bars of GOOG as a file."""
    path = tmp_path_factory.mktemp("asked") / "GOOG.csv"
    GOOG.rename_axis("date").to_csv(path)
    return str(path)


def asked(**given: Any) -> Request:
    return Request.read({"strategy": "sma-cross", **given})


def test_what_was_asked_is_told_with_what_it_came_to(goog: str) -> None:
    done = perform(prepare(asked(data=goog, params={"fast": 10, "slow": 30}, sl="2%", fee="0.1%", qty="3")))
    assert done.run.params == {"fast": 10, "slow": 30}
    assert (done.run.settings["sl"], done.run.settings["fee"], done.run.settings["size"]) == ("2%", "0.1%", "3u")
    assert done.outcome.trades.quantity.tolist() == [3.0] * len(done.outcome.trades) != []


@pytest.mark.parametrize(
    ("given", "field", "told"),
    [
        ({"strategy": "sma-crss"}, "strategy", "nearest: sma-cross"),
        ({"params": {"fst": 3}}, "params", "fast"),
        ({"leverag": 3}, "leverag", "did you mean leverage?"),
        ({"tp": "two"}, "tp", "two"),
        ({"side": "up"}, "side", "'long', 'short' or 'both'"),
        ({"slippage": "100%"}, "", "below 100"),
        ({"cash": float("nan")}, "cash", "finite"),
    ],
)
def test_what_cannot_be_asked_is_named_before_anything_is_run(
    goog: str, given: dict[str, Any], field: str, told: str
) -> None:
    with pytest.raises(BadRequest) as caught:
        prepare(asked(**{"data": goog, **given}))
    assert caught.value.field == field
    assert told in caught.value.reason


def test_data_that_is_not_there_and_too_little_of_it_are_told(goog: str, tmp_path: Path) -> None:
    with pytest.raises(BadHistory, match=r"none\.csv"):
        prepare(asked(data=str(tmp_path / "none.csv")))
    with pytest.raises(StrategyFailed, match="needs 491 bars"):
        perform(prepare(asked(data=goog, params={"slow": 490}, end="2005-01-01")))
