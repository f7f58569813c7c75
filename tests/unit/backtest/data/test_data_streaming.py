"""Streaming: the pieces of a history are the history, and take the memory of one piece."""

from __future__ import annotations

import gzip
import subprocess
import sys
import zipfile
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from tradewire.backtest.data.catalogue import Catalogue
from tradewire.backtest.data.loading import load
from tradewire.backtest.data.problems import BadHistory
from tradewire.backtest.data.streaming import chunks
from tradewire.backtest.made import made_bars
from tradewire.domain.bars import PRICES, Bars

EURUSD = Path(str(files("backtesting.test").joinpath("EURUSD.csv")))
COLUMNS = ("ts", *PRICES, "volume")
LONG = made_bars(25_000)


def frame(bars: Bars) -> pl.DataFrame:
    columns = {name: getattr(bars, name) for name in COLUMNS}
    return pl.DataFrame(columns).with_columns(pl.from_epoch("ts", "ns"))


def text(bars: Bars, header: bool = True) -> str:
    return frame(bars).write_csv(include_header=header)


def assert_same(pieces: list[Bars], whole: Bars) -> None:
    for name in COLUMNS:
        assert np.array_equal(np.concatenate([getattr(piece, name) for piece in pieces]), getattr(whole, name)), name
    assert {(piece.symbol, piece.timeframe_s) for piece in pieces} == {(whole.symbol, whole.timeframe_s)}


@pytest.mark.parametrize("rows", [1, 4096, 12_500, 25_000, 10**6])
def test_the_pieces_together_are_the_history(tmp_path: Path, rows: int) -> None:
    path = tmp_path / "MADE.csv"
    path.write_text(text(LONG), "utf-8")
    pieces = list(chunks(path, rows))
    assert {len(piece) for piece in pieces[:-1]} <= {rows, 25_000 % 10_000 % rows or rows, 10_000 % rows or rows}
    assert max(map(len, pieces)) <= rows
    assert_same(pieces, load(path))


@pytest.mark.parametrize("name", ["csv", "headless.csv", "csv.gz", "zip", "utf16.csv", "parquet", "feather"])
def test_every_kind_of_file(tmp_path: Path, name: str) -> None:
    path = tmp_path / f"MADE.{name}"
    content = text(LONG, header=name != "headless.csv").encode("utf-16" if name == "utf16.csv" else "utf-8")
    if name == "zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("MADE.csv", content)
    elif name == "parquet":
        frame(LONG).write_parquet(path)
    elif name == "feather":
        frame(LONG).write_ipc(path)
    else:
        path.write_bytes(gzip.compress(content) if name == "csv.gz" else content)
    assert_same(list(chunks(path, 10_000)), load(path))


def test_what_was_imported_in_a_range(tmp_path: Path) -> None:
    Catalogue(tmp_path).merge(LONG)
    first, after = int(LONG.ts[9_000]), int(LONG.ts[21_000])
    assert_same(list(chunks("made/1m", 10_000, start=first, end=after, histories=tmp_path)), LONG.part(9_000, 21_000))
    with pytest.raises(BadHistory, match="made/1m has no bars from 2030-01-01 to its end: it begins at 2024-01-01"):
        list(chunks("made/1m", start="2030-01-01", histories=tmp_path))
    with pytest.raises(BadHistory, match="AAPL/1m was not imported"):
        list(chunks("AAPL/1m", histories=tmp_path))


def test_the_symbol_and_the_zone_may_be_named() -> None:
    (bars,) = chunks(EURUSD, symbol="EUR", zone="Europe/Athens")
    assert_same([bars], load(EURUSD, symbol="EUR", zone="Europe/Athens"))


def test_a_fault_is_told_with_its_line_after_the_pieces_before_it(tmp_path: Path) -> None:
    path = tmp_path / "MADE.csv"
    high = LONG.high.copy()
    high[12_345] = -1
    path.write_text(text(replace(LONG, high=high)), "utf-8")
    pieces = chunks(path, 10_000)
    assert len(next(pieces)) == 10_000
    with pytest.raises(BadHistory, match=r"negative: 1: a price is below zero \(line 12347,"):
        next(pieces)


@pytest.mark.parametrize(("name", "place"), [("MADE.csv", "line 10002"), ("MADE.parquet", "row 10001")])
def test_time_must_rise_from_piece_to_piece(tmp_path: Path, name: str, place: str) -> None:
    path = tmp_path / name
    ts = LONG.ts.copy()
    ts[10_000:] -= 60_000_000_000
    broken = replace(LONG, ts=ts)
    if name.endswith("csv"):
        path.write_text(text(broken), "utf-8")
    else:
        frame(broken).write_parquet(path)
    pieces = chunks(path, 10_000)
    next(pieces)
    with pytest.raises(BadHistory, match=f"{place}: 2024-01-07 22:39:00Z is not after the bar before"):
        next(pieces)


@pytest.mark.parametrize(
    ("row", "cell", "told"),
    [
        (15_000, "1,2,3,4,5,6,7", "line 15002: 7 cells, 6 expected"),
        (15_000, "soon,1,2,1,2,1", "line 15002, column ts: 'soon' is not a time"),
        (15_000, "2024-01-01T00:00:00,1,two,1,2,1", "line 15002, column high: 'two' is not a number"),
    ],
)
def test_a_cell_that_cannot_be_read_is_named_by_its_line(tmp_path: Path, row: int, cell: str, told: str) -> None:
    path = tmp_path / "MADE.csv"
    lines = text(LONG).splitlines()
    lines[row + 1] = cell
    path.write_text("\n".join(lines), "utf-8")
    with pytest.raises(BadHistory, match=told):
        list(chunks(path, 10_000))


def test_files_that_hold_nothing(tmp_path: Path) -> None:
    path = tmp_path / "MADE.csv"
    path.write_text("time,open,high,low,close\n\n\n", "utf-8")
    with pytest.raises(BadHistory, match="no bars"):
        list(chunks(path, timeframe_s=60))
    with pytest.raises(BadHistory, match="is not a file"):
        list(chunks(tmp_path / "none.csv"))
    with pytest.raises(ValueError, match="0 rows are no piece"):
        next(chunks(path, 0))


MEASURED = """
import resource, sys
from tradewire.backtest.data.streaming import chunks
sum(len(bars) for bars in chunks(sys.argv[1], 50_000, start=1, end=int(sys.argv[2]) or None))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


@pytest.mark.parametrize("name", ["MADE.csv", "MADE.parquet"])
def test_the_memory_does_not_grow_with_the_history(tmp_path: Path, name: str) -> None:
    count, path = 1_500_000, tmp_path / name
    times, price = LONG.ts[0] + np.arange(count) * 60_000_000_000, np.full(count, 1.5)
    columns = {"time": times} | dict.fromkeys((*PRICES, "volume"), price)
    made = pl.DataFrame(columns)
    made.write_csv(path) if name.endswith("csv") else made.write_parquet(path, row_group_size=100_000)

    def mebibytes(end: int) -> int:
        command = [sys.executable, "-c", MEASURED, str(path), str(end)]
        return int(subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout)

    assert mebibytes(0) - mebibytes(int(times[60_000])) < count * 6 * 8 / 2**20
