"""What is wrong with a program is told where it stands in the file, and what is dangerous as a warning."""

from __future__ import annotations

from pathlib import Path

import pytest

from tradewire.settings.load import loads
from tradewire.settings.problems import SettingsError

GRID = "{symbol: btc, low: 1, high: 2, size: 10, mode: symmetric}"


def told(program: str, tmp_path: Path, more: str = "") -> str:
    text = f"accounts: {{main: {{}}}}\nsources: {{}}\n{more}programs:\n  one: {program}\n"
    try:
        return "\n".join(str(warning) for warning in loads(text, "a.yaml", tmp_path, {}).warnings)
    except SettingsError as error:
        return str(error)


@pytest.mark.parametrize(
    ("program", "sentence"),
    [
        ("{program: dac, account: main, params: {symbol: btc, size: 80}}", "one.program: there is no kind of program"),
        (
            "{program: dac, account: main, params: {symbol: btc, siz: 80}}",
            'one.params.siz: unknown key; did you mean "size"',
        ),
        ("{program: dca, account: man, params: {symbol: btc, size: 80}}", "no account 'man'; did you mean \"main\"?"),
        ("{program: dca, account: main, params: {symbol: btc}}", "one.params.size: is missing"),
        ("{program: dca, account: main, params: {symbol: btc, size: 80, exits: -tls 2%}}", "did you mean '-tsl'"),
        ("{program: grid, account: main, params: {symbol: btc, low: 5, high: 2, size: 1}}", "low (5) must be less"),
        (f"{{program: grid, account: main, params: {GRID}}}", "must have `opposite: allow`"),
        (
            "{program: fibonacci, account: main, params: {symbol: btc, size: 1, exits: -sl 1%}}",
            "needs a stop and a target",
        ),
    ],
)
def test_a_mistake_is_told_at_its_place(program: str, sentence: str, tmp_path: Path) -> None:
    assert sentence in told(program, tmp_path)


def test_a_martingale_is_warned_of_and_runs(tmp_path: Path) -> None:
    params = "{symbol: btc, size: 1, exits: -sl 1% -tp 1%}"
    warning = told(f"{{program: martingale, account: main, params: {params}}}", tmp_path)
    assert "programs.one: martingale raises the stake after each loss" in warning
    assert "32 times the first" in warning
    assert told(f"{{program: martingale, account: main, enabled: false, params: {params}}}", tmp_path) == ""


def test_a_symmetric_grid_may_trade_where_both_ways_are_allowed(tmp_path: Path) -> None:
    program = f"{{program: grid, account: main, params: {GRID}}}"
    assert told(program, tmp_path, "risk: {default: {opposite: allow}}\n") == ""
