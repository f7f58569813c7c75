"""`backtest-signals`: a table a channel, JSON, a journal that verifies, and mistakes that are told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from backtesting.test import EURUSD
from click.testing import Result
from typer.testing import CliRunner

from tradewire.cli.commands import app
from tradewire.engine.verify import verify

CONFIG = """
accounts: {main: {currency: USD, config: {balance: 100000}}}
routes: [{name: all}]
risk: {default: {max_signal_age: 2h, max_quote_age: 2h}}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Hours of EURUSD, messages of two channels, and a configuration."""
    root = tmp_path_factory.mktemp("replayed")
    history = EURUSD.iloc[:300]
    history.rename_axis("date").to_csv(root / "EURUSD.csv")
    said = [("vip", "buy eurusd 1000u -sl 30p -tp 30p"), ("free", "good morning"), ("vip", "close eurusd")]
    lines = [
        {"time": str(history.index[20 + 40 * n]), "channel": channel, "text": text}
        for n, (channel, text) in enumerate(said * 2)
    ]
    (root / "said.jsonl").write_text("\n".join(map(json.dumps, lines)))
    (root / "tradewire.yaml").write_text(CONFIG)
    return root


def run(folder: Path, *arguments: str) -> Result:
    given = ["backtest-signals", str(folder / "said.jsonl"), "--data", str(folder / "EURUSD.csv")]
    return CliRunner().invoke(app, [*given, "--config", str(folder / "tradewire.yaml"), *arguments])


def test_each_channel_is_told_with_what_was_not_read(folder: Path) -> None:
    told = run(folder)
    assert told.exit_code == 0, told.output
    assert "history/free: 2 not read, none: no command" in told.output
    assert "vip" in told.output


def test_json_has_channels_trades_and_a_journal_that_verifies(folder: Path, tmp_path: Path) -> None:
    told = run(folder, "--json", "--journal", str(tmp_path / "kept.db"))
    assert told.exit_code == 0, told.output
    answer = json.loads(told.stdout)
    free, vip = answer["channels"]
    assert (free["trades"], vip["trades"], vip["messages"], vip["signals"]) == (0, 2, 4, 4)
    assert vip["pnl"] == pytest.approx(sum(trade["pnl"] for trade in answer["trades"]))
    assert float(answer["balances"]["main"]) == pytest.approx(100_000 + vip["pnl"])
    assert len(answer["journal"]["hash"]) == 64
    assert verify(tmp_path / "kept.db").differences == ()


def test_mistakes_are_told(folder: Path, tmp_path: Path) -> None:
    assert run(folder, "--data", str(folder / "EURUSD.csv")).exit_code == 1
    kept = tmp_path / "there.db"
    kept.write_text("mine")
    again = run(folder, "--journal", str(kept))
    assert (again.exit_code, kept.read_text()) == (2, "mine")
    (tmp_path / "none.jsonl").write_text("")
    empty = CliRunner().invoke(app, ["backtest-signals", str(tmp_path / "none.jsonl"), "--data", "x.csv"])
    assert empty.exit_code == 1
