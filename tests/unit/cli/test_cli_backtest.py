"""`backtest`: figures, trades, a report; and what is asked wrongly is said before anything is run."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from backtesting.test import GOOG
from click.testing import Result
from pandas import Timedelta, concat
from typer.testing import CliRunner

from tradewire.cli.commands import app

FAILING = """
from tradewire.strategies.base import Params, Strategy

class Failing(Strategy[Params]):
    name = "failing"
    Params = Params
    def warmup(self, params):
        return 1
    def signals(self, bars, params):
        return bars.nothing
"""


@pytest.fixture(scope="module")
def goog(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Daily bars of GOOG as a file."""
    path = tmp_path_factory.mktemp("history") / "GOOG.csv"
    GOOG.rename_axis("date").to_csv(path)
    flipped = GOOG[["Open", "Low", "High", "Close"]].rdiv(1_000).set_axis(["Open", "High", "Low", "Close"], axis=1)
    flipped.rename_axis("date").to_csv(path.with_name("WILD.csv"))
    noon = GOOG.set_index(GOOG.index + Timedelta(hours=12))
    concat([GOOG, noon]).sort_index().rename_axis("date").to_csv(path.with_name("inside.csv"))
    return str(path)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["backtest", *arguments])


def found(*arguments: str) -> dict[str, Any]:
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.stderr
    told: dict[str, Any] = json.loads(result.stdout)
    return told


def test_the_figures_add_up(goog: str) -> None:
    told = found("sma-cross", "--data", goog, "--param", "fast=10", "--param", "slow=30", "--fee", "0.1%")
    assert (told["lane"], told["bars"]) == ("fast", len(GOOG))
    assert told["equity_final"] == pytest.approx(10_000 + sum(trade["pnl"] for trade in told["trades"]))
    assert told["stats"]["all"]["trades"] == len(told["trades"]) > 20
    first = told["trades"][0]
    assert set(first) >= {"entry_time", "entry_price", "exit_time", "exit_price", "exit_reason", "side", "quantity"}
    opened = GOOG.loc[first["entry_time"][:10]]
    assert first["entry_price"] == pytest.approx(opened.Open), "an entry is filled at the next open"


def test_stops_and_targets_are_said_as_in_commands(goog: str) -> None:
    told = found("sma-cross", "--data", goog, "--sl", "2%", "--tp", "4%", "--size", "50%")
    assert {"stop", "target"} <= {trade["exit_reason"] for trade in told["trades"]}
    for trade in told["trades"]:
        if trade["exit_reason"] == "target":
            assert trade["exit_price"] >= trade["entry_price"] * 1.04 - 1e-9


@pytest.mark.parametrize("lane", ["fast", "exact"])
def test_a_trade_is_closed_after_the_time_that_is_said(goog: str, lane: str) -> None:
    told = found("sma-cross", "--data", goog, "--for", "10d", "--lane", lane, "--to", "2007-01-01")
    timed = [t for t in told["trades"] if t["exit_reason"] == "time_limit"]
    assert timed
    for trade in timed:
        lasted = datetime.fromisoformat(trade["exit_time"]) - datetime.fromisoformat(trade["entry_time"])
        assert timedelta(days=10) <= lasted <= timedelta(days=14), "the first open from then on"


def test_a_program_is_run_by_its_kind(goog: str) -> None:
    asked = ("dca", "--data", goog, "-p", "size=1u", "-p", "schedule.every=monthly", "-p", "schedule.day=3")
    told = found(*asked, "--to", "2005-01-01")
    assert (told["lane"], told["program"]["status"]) == ("exact", "running")
    assert len(told["trades"]) == len({trade["entry_time"][:7] for trade in told["trades"]}) == 4
    assert len(told["journal"]["hash"]) == 64
    assert "4 made" in run(*asked, "--to", "2005-01-01").stdout
    refused = run(*asked, "--lane", "fast")
    assert (refused.exit_code, "only the exact lane" in refused.stderr) == (2, True)
    assert run(*asked, "--side", "long").stderr.startswith("tradewire: --side: dca is a program")


def test_the_side_is_the_only_one_that_is_traded(goog: str) -> None:
    for side in ("long", "short"):
        assert {t["side"] for t in found("ema-cross", "--data", goog, "--side", side)["trades"]} == {side}
    assert {t["side"] for t in found("ema-cross", "--data", goog, "--side", "both")["trades"]} == {"long", "short"}


def test_what_the_market_has_besides_its_bars_can_be_said(goog: str) -> None:
    day = found("sma-cross", "--data", goog, "--eod", "--session", "XNYS", "--qty", "3.7", "--qty-step", "1")
    assert {(t["exit_reason"], t["quantity"]) for t in day["trades"]} == {("session_end", 3.0)}
    assert all(t["entry_time"][:10] < t["exit_time"][:10] for t in day["trades"]), "a day's bar ends the day after"
    plain = found("sma-cross", "--data", goog)
    dear = found("sma-cross", "--data", goog, "--funding", "0.1%/1w", "--inside", goog.replace("GOOG", "inside"))
    assert dear["stats"]["all"]["funding"] > 0
    assert [t["exit_price"] for t in dear["trades"]] == [t["exit_price"] for t in plain["trades"]]
    assert dear["equity_final"] == pytest.approx(plain["equity_final"] - dear["stats"]["all"]["funding"])
    large = found("sma-cross", "--data", goog, "--min-notional", "1000000")
    assert (large["trades"], large["left_out"]["untradable"] > 5) == ([], True)


def test_several_symbols_share_cash(goog: str) -> None:
    other = goog.replace("GOOG", "WILD")
    asked = ("sma-cross", "--data", goog, "--data", other, "--size", "60%")
    told = found(*asked)
    assert {trade["symbol"] for trade in told["trades"]} == {"GOOG", "WILD"}
    assert told["bars"] == 2 * len(GOOG)
    assert told["equity_final"] == pytest.approx(10_000 + sum(trade["pnl"] for trade in told["trades"]))
    assert set(told["stats"]["by_symbol"]) == {"GOOG", "WILD"}
    one = found(*asked, "--max-open", "1", "--side", "both")
    assert one["left_out"]["crowded"] > 0
    assert "enough trades were open" in run(*asked, "--max-open", "1", "--side", "both").stdout


def test_people_get_a_table_and_a_report(goog: str, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    result = run("sma-cross", "--data", goog, "--html", str(page), "--cash", "100000")
    assert result.exit_code == 0, result.stderr
    assert "deepest drawdown" in result.stdout
    assert "sma-cross" in page.read_text()


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["sma-crss"], 2, "nearest: sma-cross"),
        (["sma-cross", "--param", "fst=3"], 2, "fast"),
        (["sma-cross", "--sl", "2percent"], 2, "--sl: 2percent"),
        (["sma-cross", "--for", "long"], 2, "--for: long"),
        (["sma-cross", "--fee", "much"], 2, "a percentage is meant"),
        (["sma-cross", "--qty", "1", "--size", "2%"], 2, "give one"),
        (["sma-cross", "--cash", "-5"], 2, "--cash: -5.0: Input should be greater than 0"),
        (["sma-cross", "--sl", "30p"], 2, "pip"),
        (["sma-cross", "--eod"], 2, "--session: the sessions of GOOG are not known: name fx, us, or an exchange"),
        (["sma-cross", "--eod", "--session", "XNY"], 2, "--session: there is no calendar 'XNY': did you mean XNYS"),
        (["sma-cross", "--session", "us"], 2, "where eod is asked for"),
        (["sma-cross", "--funding", "0.1%/8x"], 2, "--funding: 0.1%/8x: '8x' is not a timeframe"),
        (["sma-cross", "--qty-step", "0"], 2, "--qty-step: 0.0: Input should be greater than 0"),
        (["sma-cross", "--data", "nothing/1d"], 1, "nothing"),
        (["sma-cross", "--max-open", "0"], 2, "--max-open: 0: Input should be greater than 0"),
        (["sma-cross", "--data", "again", "--symbol", "X"], 2, "--symbol: it belongs to one history"),
        (["sma-cross", "--lane", "exact", "--max-open", "2"], 2, "--max-open: the exact lane trades one symbol"),
        (["sma-cross", "--from", "2099-01-01"], 1, "GOOG.csv"),
        (["sma-cross", "--param", "slow=490", "--to", "2005-01-01"], 1, "needs 491 bars"),
    ],
)
def test_what_is_asked_wrongly_is_said(goog: str, arguments: list[str], code: int, told: str) -> None:
    result = run(*arguments, "--data", goog)
    assert result.exit_code == code, result.output
    assert told in result.stderr


def test_a_strategy_that_fails_is_told_with_its_line(goog: str, tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text(FAILING)
    result = run(f"{file}:Failing", "--data", goog)
    assert result.exit_code == 1
    assert "line 10 of mine.py: return bars.nothing" in result.stderr


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    result = run("sma-cross", "--data", str(tmp_path / "nothing.csv"))
    assert result.exit_code == 1
    assert "nothing.csv" in result.stderr
