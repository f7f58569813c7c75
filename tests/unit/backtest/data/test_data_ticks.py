"""Ticks: every usual export is read, faults are told or left out, bars are made of them, in pieces of any size."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradewire.backtest.data.problems import BadHistory
from tradewire.backtest.data.tick_bars import bars_of, gathered
from tradewire.backtest.data.tick_files import holds_ticks, read_ticks
from tradewire.backtest.data.tick_store import TickStore
from tradewire.backtest.data.tick_taking import take_ticks
from tradewire.backtest.data.ticks import VALUES, Ticks

SECOND = 1_000_000_000
START = 1_704_188_040  # 2024-01-02 09:34:00 UTC
NAN = float("nan")
METATRADER = (
    "<DATE>\t<TIME>\t<BID>\t<ASK>\t<LAST>\t<VOLUME>\t<FLAGS>\n"
    "2024.01.02\t11:34:00.250\t1.5\t1.75\t\t\t6\n"
    "2024.01.02\t11:34:01.500\t1.25\t\t\t\t2\n"
    "2024.01.02\t11:35:00.000\t\t1.5\t\t\t4\n"
)
AGG = [
    ["26129", "1.5", "4.5", "27781", "27781", str(START * 1000 + 250), "true", "True"],
    ["26130", "1.25", "2", "27782", "27783", str(START * 1000 + 1500), "false", "True"],
]
TRADES = [
    ["1", "1.5", "4.5", "6.75", str((START * 1000 + 250) * 1000), "True", "True"],
    ["2", "1.25", "2", "2.5", str((START * 1000 + 1500) * 1000), "False", "True"],
]


def ticks(*rows: tuple[float, float, float, float, float]) -> Ticks:
    """Return ticks of (seconds after the start, bid, ask, price, volume)."""
    columns = np.array(rows).reshape(-1, 5).T
    return Ticks("MADE", START * SECOND + (columns[0] * SECOND).astype(np.int64), *columns[1:])


def the(path: Path, **options: str) -> Ticks:
    (reading,) = read_ticks(path, **options)
    return reading.ticks


def written(folder: Path, text: str, name: str) -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def test_an_export_of_metatrader_leaves_out_what_did_not_change(tmp_path: Path) -> None:
    path = written(tmp_path, METATRADER, "EURUSD_202401020934_202401020935.csv")
    assert holds_ticks(path)
    found = the(path, zone="Europe/Athens")
    assert ((found.ts - START * SECOND) / SECOND).tolist() == [0.25, 1.5, 60.0]
    assert (found.symbol, found.bid.tolist(), found.ask.tolist()) == ("EURUSD", [1.5, 1.25, 1.25], [1.75, 1.75, 1.5])
    assert np.isnan(found.price).all()
    assert found.worth().tolist() == [1.625, 1.5, 1.375]
    pieces = list(read_ticks(path, zone="Europe/Athens", rows=1))
    assert [piece.ticks.ask[0] for piece in pieces] == [1.75, 1.75, 1.5], "carried on from piece to piece"
    assert [piece.place(0) for piece in pieces] == ["line 2", "line 3", "line 4"]


@pytest.mark.parametrize(
    ("rows", "header", "name"),
    [
        (AGG, "", "EURUSD-aggTrades-2024-01.csv"),
        ([row[:7] for row in AGG], "", "EURUSD-aggTrades-2024-01-02.csv"),
        (
            [row[:7] for row in AGG],
            "agg_trade_id,price,quantity,first_trade_id,last_trade_id,transact_time,is_buyer_maker",
            "EURUSD-aggTrades-2024-02.csv",
        ),
        (TRADES, "", "EURUSD-trades-2024-01.csv"),
        ([row[:6] for row in TRADES], "id,price,qty,quote_qty,time,is_buyer_maker", "EURUSD-trades-2024-02.csv"),
    ],
)
def test_trades_and_aggregate_trades_of_binance(tmp_path: Path, rows: list[list[str]], header: str, name: str) -> None:
    path = written(tmp_path, "\n".join([*([header] if header else []), *map(",".join, rows)]), name)
    assert holds_ticks(path)
    found = the(path)
    assert ((found.ts - START * SECOND) / SECOND).tolist() == [0.25, 1.5]
    assert (found.price.tolist(), found.volume.tolist(), found.symbol) == ([1.5, 1.25], [4.5, 2], "EURUSD")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("time,bid,price\n1,2,abc\n", "line 2, column price: 'abc' is not a number"),
        ("time,bid,ask\nsoon,2,3\n", "line 2, column time: 'soon' is not a time"),
        ("time,price\n", "nothing below the header"),
        ("time,bid\n5,6\n", "no time, or neither bid and ask nor price, among time, bid"),
        ("5,6,7\n", "3 columns and no header"),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(BadHistory, match=told):
        list(read_ticks(written(tmp_path, text, "EURUSD.csv")))


@pytest.mark.parametrize(
    "text",
    ["time,open,high,low,close\n5,1,2,1,2\n", "time,open,high,low,close,price\n5,1,2,1,2,1\n", "5,1,2,1,2\n", ""],
)
def test_bars_are_no_ticks(tmp_path: Path, text: str) -> None:
    assert not holds_ticks(written(tmp_path, text, "EURUSD.csv"))


FAULTY = f"time,bid,ask\n{START},1,2\n{START + 9},2,1\n{START + 5},1,2\n{START + 9},0,2\n{START + 9},1.5,2\n"


def test_faults_refuse_a_file_or_are_left_out_by_rule(tmp_path: Path) -> None:
    path, store = written(tmp_path, FAULTY, "EURUSD.csv"), TickStore(tmp_path)
    with pytest.raises(BadHistory) as caught:
        take_ticks(path, store)
    lines = str(caught.value).splitlines()
    assert "import it with --mend drop" in lines[0]
    assert [line.split(":")[0].strip() for line in lines[1:]] == ["unsorted", "price", "crossed"]
    assert "(line 4, 2024-01-02 09:34:05Z)" in lines[1]
    assert list(store.names()) == []
    taken = take_ticks(path, store, rule="drop")
    assert (taken.added, taken.ticks, dict(taken.left_out)) == (
        2,
        2,
        {"earlier than a tick before": 1, "a price is no positive number": 1, "the bid is above the ask": 1},
    )
    with pytest.raises(BadHistory, match="mended with --mend drop, not fill"):
        take_ticks(path, store, rule="fill")


def test_ticks_take_the_place_of_those_of_the_same_time(tmp_path: Path) -> None:
    store = TickStore(tmp_path)
    assert store.merge("MADE", [ticks(*((n, 1, 2, NAN, 0) for n in range(10)))]) == (10, 10)
    assert store.merge("MADE", [ticks((3, 3, 4, NAN, 0)), ticks((5, 3, 4, NAN, 0), (5, 3, 5, NAN, 0))]) == (3, 10)
    (found,) = store.pieces("MADE")
    assert ((found.ts / SECOND).astype(int) - START).tolist() == [0, 1, 2, 3, 5, 5, 6, 7, 8, 9]
    assert found.bid.tolist() == [1, 1, 1, 3, 3, 3, 1, 1, 1, 1]
    kept = store.kept("MADE")
    assert (kept.first, kept.last, kept.ticks) == (START * SECOND, (START + 9) * SECOND, 10)
    assert [path.name for path in (tmp_path / "MADE").iterdir()] == ["ticks.parquet"]
    assert [len(piece) for piece in store.pieces("MADE", 4)] == [4, 4, 2]
    with pytest.raises(BadHistory, match="AAPL/ticks was not imported; there is MADE/ticks"):
        list(store.pieces("AAPL"))


def test_an_import_that_breaks_off_changes_nothing(tmp_path: Path) -> None:
    store = TickStore(tmp_path)
    store.merge("MADE", [ticks((1, 1, 2, NAN, 0))])
    before = store.path("MADE").read_bytes()
    path = written(tmp_path, f"time,bid,ask\n{START},1,2\n{START + 9},2,1\n", "MADE.csv")
    with pytest.raises(BadHistory):
        take_ticks(path, store)
    assert store.path("MADE").read_bytes() == before
    assert [one.name for one in (tmp_path / "MADE").iterdir()] == ["ticks.parquet"]


def test_bars_of_quotes_and_of_trades() -> None:
    given = ticks((0, 1, 2, NAN, 0), (30, 2, 4, NAN, 0), (59, 1, 1.5, NAN, 0), (60, 5, 6, 5.5, 3), (180, 7, 8, 7, 2))
    bars = gathered(bars_of([given], 60))
    assert bars is not None
    assert ((bars.ts // SECOND - START) / 60).tolist() == [0, 1, 3], "no bar where there is no tick"
    assert (bars.open.tolist(), bars.high.tolist()) == ([1.5, 5.5, 7], [3, 5.5, 7])
    assert (bars.low.tolist(), bars.close.tolist(), bars.volume.tolist()) == ([1.25, 5.5, 7], [1.25, 5.5, 7], [0, 3, 2])
    for side, closes in (("bid", [1, 5, 7]), ("ask", [1.5, 6, 8]), ("mid", [1.25, 5.5, 7.5]), ("price", [5.5, 7])):
        made = gathered(bars_of([given], 60, side))
        assert made is not None
        assert made.close.tolist() == closes
    assert gathered(bars_of([ticks((0, 1, 2, NAN, 0))], 60, "price")) is None


@given(st.lists(st.integers(0, 400), min_size=1, max_size=60), st.lists(st.integers(0, 60), max_size=5))
def test_bars_are_the_same_in_whatever_pieces_ticks_come(moments: list[int], cuts: list[int]) -> None:
    chance = np.random.default_rng(len(moments))
    rows = [(moment, NAN, NAN, chance.integers(1, 9), chance.integers(0, 9)) for moment in sorted(moments)]
    whole = ticks(*rows)
    ends = sorted({0, len(whole), *(min(cut, len(whole)) for cut in cuts)})
    pieces = [whole.rows(np.arange(begin, end)) for begin, end in pairwise(ends)]
    one, other = gathered(bars_of([whole], 60)), gathered(bars_of(pieces, 60))
    assert one is not None
    assert other is not None
    for name in ("ts", "open", "high", "low", "close", "volume"):
        assert np.array_equal(getattr(one, name), getattr(other, name)), name


def test_bars_of_real_trades_are_those_of_the_exchange(shared: Path) -> None:
    """Trades and bars of one exchange on the same days, recorded apart."""
    given = next(read_ticks(shared / "data" / "XRP_ETH-trades.parquet")).ticks
    truth = pl.read_ipc(shared / "data" / "XRP_ETH-1m.feather").with_columns(pl.col("date").dt.epoch("ns"))
    bars = gathered(bars_of([given], 60))
    assert bars is not None
    made = pl.DataFrame({name: getattr(bars, name) for name in ("ts", "open", "high", "low", "close", "volume")})
    both = made[1:-1].join(truth, left_on="ts", right_on="date", suffix="_true")
    assert len(both) > 2000
    for name in ("open", "high", "low", "close", "volume"):
        assert np.allclose(both[name], both[f"{name}_true"], rtol=1e-9), name


def test_columns_stay_as_they_are_on_the_disk(tmp_path: Path) -> None:
    store = TickStore(tmp_path)
    store.merge("MADE", [ticks((1, 1, 2, NAN, 0))])
    assert pl.read_parquet_schema(store.path("MADE")) == {
        "ts": pl.Datetime("ns", "UTC"),
        **dict.fromkeys(VALUES, pl.Float64()),
    }
