"""Tables are for people: what the hub worked out has the digits that count, what somebody chose is as it is."""

from __future__ import annotations

import pytest

from tradewire.cli.output import print_foreign, print_table


@pytest.mark.parametrize(
    ("column", "value", "shown"),
    [
        ("average_price", "63194.6123809524", "63194.612"),
        ("entry_price", "0.0000123456789", "0.000012345679"),
        ("pnl", "-0.2244379973529518547490090072", "-0.224438"),
        ("pnl", "0", "0"),
        ("balance", "9989.46388477", "9989.4639"),
        ("balance", "123456789.125", "123456789.12"),
        ("equity", "100000000000000000000000000000.001", "100000000000000000000000000000"),
        ("quantity", "1234567.123456789", "1234567.123456789"),
        ("limit_price", "63194.6123809524", "63194.6123809524"),
    ],
)
def test_a_figure_has_the_digits_that_count(
    capsys: pytest.CaptureFixture[str], column: str, value: str, shown: str
) -> None:
    print_table([{column: value}], [column], "")
    assert capsys.readouterr().out.split()[-1] == shown


@pytest.mark.parametrize(
    ("column", "heading"),
    [
        ("ts", "time (UTC)"),
        ("ts_init", "received (UTC)"),
        ("ts_opened", "opened (UTC)"),
        ("average_price", "average price"),
    ],
)
def test_a_column_is_headed_in_words(capsys: pytest.CaptureFixture[str], column: str, heading: str) -> None:
    print_table([{column: "0"}], [column], "")
    assert capsys.readouterr().out.split("\n")[1].strip() == heading


@pytest.mark.parametrize(("only", "symbols"), [(None, 2), ("eth", 1), ("ethusdt", 1), ("sol", 0)])
def test_what_a_venue_holds_besides_is_a_sentence_with_the_way_to_adopt_it(
    capsys: pytest.CaptureFixture[str], only: str | None, symbols: int
) -> None:
    accounts = [{"id": "demo", "foreign": {"ETHUSDT": "-2", "BTCUSDT": "0.1"}}, {"id": "paper", "foreign": {}}]
    print_foreign(accounts, only)
    lines = capsys.readouterr().out.splitlines()
    first = "demo holds -2 ETHUSDT that the hub did not open: `adopt ethusdt` makes it a trade"
    assert lines[:1] == [first] * min(symbols, 1)
    assert len(lines) == symbols
