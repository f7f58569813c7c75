"""Loading: proven bars of a range, or a sentence that names every kind of fault."""

from __future__ import annotations

from datetime import UTC, date, datetime
from importlib.resources import files
from pathlib import Path

import pytest

from tradewire.backtest.data.loading import load
from tradewire.backtest.data.problems import BadHistory

GOOG = Path(str(files("backtesting.test").joinpath("GOOG.csv")))


def test_a_file_as_it_is() -> None:
    bars = load(GOOG)
    assert (bars.symbol, bars.timeframe_s, len(bars)) == ("GOOG", 86_400, 2148)
    assert load(str(GOOG), symbol="ALPHABET").symbol == "ALPHABET"


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2004-08-20", "2004-08-25"),
        (date(2004, 8, 20), datetime(2004, 8, 24, 0, 0, 1, tzinfo=UTC)),
        (1_092_960_000_000_000_000, "2004-08-24T02:00+01:00"),
    ],
)
def test_a_range_includes_its_start_and_not_its_end(start: date, end: date) -> None:
    bars = load(GOOG, start=start, end=end)
    assert bars.close.tolist() == [108.31, 109.4, 104.87]


@pytest.mark.parametrize(("start", "end"), [("2030-01-01", None), (None, "1999-01-01"), ("2010-01-01", "2009-01-01")])
def test_an_empty_range_tells_what_is_there(start: str | None, end: str | None) -> None:
    with pytest.raises(BadHistory, match="it goes from 2004-08-19 00:00:00Z to 2013-03-01 00:00:00Z"):
        load(GOOG, start=start, end=end)


def test_a_limit_that_is_no_time() -> None:
    with pytest.raises(BadHistory, match="'tomorrow' is not a time: write 2024-01-31"):
        load(GOOG, start="tomorrow")


def test_impossible_bars_are_all_told_with_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(
        "time,open,high,low,close\n60,1,2,1,2\n120,1,,1,2\n60,1,2,1,2\n180,1,2,-1,2\n240,2,1,1,2\n", "utf-8"
    )
    with pytest.raises(BadHistory) as caught:
        load(path)
    told = str(caught.value).splitlines()
    assert (
        told[0] == f"{path} cannot be used as it is: mend the file, or import it with --mend drop, first, last or fill"
    )
    assert [line.split(":")[0].strip() for line in told[1:]] == ["unsorted", "duplicate", "missing", "negative", "high"]
    assert "(line 3, 1970-01-01 00:02:00Z)" in told[3]
