"""The catalogue: what is imported comes back the same, merges by time, and is replaced in one step."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from tradewire.backtest.data.catalogue import Catalogue, Kept
from tradewire.backtest.data.loading import load
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
