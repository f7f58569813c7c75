"""The catalogue: what is imported comes back the same, merges by time, and is replaced in one step."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradewire.backtest.data.catalogue import Catalogue, Kept
from tradewire.backtest.data.importing import take
from tradewire.backtest.data.loading import load
from tradewire.backtest.data.merging import Merging
from tradewire.backtest.data.problems import BadHistory
from tradewire.domain.bars import Bars

MINUTE = 60_000_000_000


def flat(first: int, count: int, price: float = 5.0, symbol: str = "BTCUSDT") -> Bars:
    close = np.full(count, price)
    return Bars(symbol, 60, (first + np.arange(count)) * MINUTE, close, close, close, close, np.ones(count))


def test_what_was_merged_is_read_again(tmp_path: Path) -> None:
    catalogue = Catalogue(tmp_path / "histories")
    merged = catalogue.merge(flat(100, 10))
    assert (merged.added, merged.replaced, merged.bars) == (10, 0, 10)
    assert merged.path == tmp_path / "histories" / "BTCUSDT" / "60s.parquet"
    bars = catalogue.read("BTCUSDT", 60)
    assert (bars.symbol, bars.timeframe_s, bars.ts.tolist()) == ("BTCUSDT", 60, flat(100, 10).ts.tolist())
    assert pl.read_parquet_schema(merged.path)["ts"] == pl.Datetime("ns", "UTC")
    assert [path.name for path in merged.path.parent.iterdir()] == ["60s.parquet"]


def test_the_newer_bar_of_a_time_stays(tmp_path: Path) -> None:
    catalogue = Catalogue(tmp_path)
    catalogue.merge(flat(100, 10))
    merged = catalogue.merge(flat(95, 8, 6.0))
    assert (merged.added, merged.replaced, merged.bars) == (5, 3, 15)
    bars = catalogue.read("BTCUSDT", 60)
    assert bars.close.tolist() == [6.0] * 8 + [5.0] * 7
    assert (np.diff(bars.ts) == MINUTE).all()


def test_what_is_there_is_listed(tmp_path: Path) -> None:
    catalogue = Catalogue(tmp_path / "histories")
    assert list(catalogue.names()) == []
    catalogue.merge(flat(100, 10))
    catalogue.merge(flat(120, 5))
    catalogue.merge(replace(flat(1, 3), timeframe_s=3600, symbol="AAPL"))
    (tmp_path / "histories" / "BTCUSDT" / "notes.parquet").write_text("no history")
    assert list(catalogue.names()) == [("AAPL", 3600), ("BTCUSDT", 60)]
    size = catalogue.path("BTCUSDT", 60).stat().st_size
    assert catalogue.kept("BTCUSDT", 60) == Kept("BTCUSDT", 60, 100 * MINUTE, 124 * MINUTE, 15, 1, size)


def test_what_is_not_there_or_broken_is_named(tmp_path: Path) -> None:
    catalogue = Catalogue(tmp_path)
    with pytest.raises(BadHistory, match="AAPL/1m was not imported; there is nothing yet"):
        catalogue.read("AAPL", 60)
    catalogue.merge(flat(100, 10))
    with pytest.raises(BadHistory, match="there is BTCUSDT/1m"):
        catalogue.read("BTCUSDT", 3600)
    catalogue.path("BTCUSDT", 60).write_bytes(b"nothing of the kind")
    with pytest.raises(BadHistory, match="is broken"):
        catalogue.merge(flat(100, 10))
    assert catalogue.path("BTCUSDT", 60).read_bytes() == b"nothing of the kind"
    with pytest.raises(BadHistory, match="is not a symbol"):
        catalogue.merge(flat(1, 2, symbol="../etc"))


def test_load_takes_what_was_imported_by_any_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Catalogue(tmp_path / "histories").merge(flat(100, 10))
    assert len(load("BTCUSDT/1m", histories=tmp_path / "histories", start=105 * MINUTE)) == 5
    monkeypatch.setenv("TRADEWIRE_DATA", str(tmp_path))
    assert load("btc/60s").symbol == "BTCUSDT"
    with pytest.raises(BadHistory, match="was not imported"):
        load("btc/1h")
    with pytest.raises(BadHistory, match="is not a file"):
        load("btc/soon")


def in_pieces(minutes: list[int], price: float, size: int) -> Iterator[Bars]:
    for begin in range(0, len(minutes), size):
        times = np.array(minutes[begin : begin + size], np.int64) * MINUTE
        close = np.full(len(times), price)
        yield Bars("MADE", 60, times, close, close, close, close, close)


MINUTES = st.lists(st.integers(0, 40), unique=True, max_size=30).map(sorted)


@given(MINUTES, MINUTES, st.integers(1, 12), st.integers(1, 12))
def test_pieces_of_any_size_merge_to_the_same(old: list[int], new: list[int], size: int, other: int) -> None:
    merging = Merging(in_pieces(old, 1.0, size), in_pieces(new, 2.0, other))
    pieces = list(merging.pieces())
    expected = sorted((dict.fromkeys(old, 1.0) | dict.fromkeys(new, 2.0)).items())
    found = [(int(ts // MINUTE), close) for piece in pieces for ts, close in zip(piece.ts, piece.close, strict=True)]
    assert found == expected
    assert (merging.there, merging.replaced) == (len(old), len(set(old) & set(new)))


def test_a_fault_far_into_a_file_is_told_with_all_others_and_changes_nothing(tmp_path: Path) -> None:
    path, catalogue = tmp_path / "MADE.csv", Catalogue(tmp_path / "histories")
    times = 1_704_067_200 + 60 * np.arange(600_000)
    columns = {name: np.ones(len(times)) for name in ("open", "high", "low", "close")}
    columns["low"][[5, 599_990]] = [0.0, -1.0]
    pl.DataFrame({"time": times} | columns).write_csv(path)
    with pytest.raises(BadHistory, match=r"(?s)negative: 1: .*\(line 599992,.*zero: 1: .*\(line 7,"):
        take(path, catalogue)
    columns["low"][5] = 1.0
    pl.DataFrame({"time": times} | columns).write_csv(path)
    with pytest.raises(BadHistory, match=r"negative: 1: .*\(line 599992,"):
        take(path, catalogue)
    assert list(catalogue.names()) == []
    assert not list((tmp_path / "histories" / "MADE").glob("*"))


IMPORTED = """
import resource, sys
from pathlib import Path
from tradewire.backtest.data.catalogue import Catalogue
from tradewire.backtest.data.importing import take
for _ in range(2):
    take(Path(sys.argv[1]), Catalogue(Path(sys.argv[2])))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def test_an_import_takes_less_memory_than_its_bars(tmp_path: Path) -> None:
    def mebibytes(count: int) -> int:
        close, times = np.full(count, 1.5), 1_000_000_000 + 60 * np.arange(count)
        path = tmp_path / f"MADE{count}.csv"
        pl.DataFrame({"time": times} | dict.fromkeys(("open", "high", "low", "close", "volume"), close)).write_csv(path)
        command = [sys.executable, "-c", IMPORTED, str(path), str(tmp_path / "kept")]
        return int(subprocess.run(command, check=True, capture_output=True, text=True, timeout=100).stdout)

    assert mebibytes(4_000_000) - mebibytes(1_000_000) < 3_000_000 * 6 * 8 / 2**20
