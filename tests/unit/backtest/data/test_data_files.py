"""Reading: every usual file becomes the same bars, and what cannot be read is named."""

from __future__ import annotations

import gzip
import zipfile
from importlib.resources import files
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from tradewire.backtest.data.files import read, symbol_of
from tradewire.backtest.data.problems import BadHistory

SECOND = 1_000_000_000
START = 1_704_188_040  # 2024-01-02 09:34:00 UTC
PRICES = ("1.5,2.5,1,2,10", "2,3,1.5,2.5,11", "2.5,2.75,2,2.25,0")
EXPECTED = ([1.5, 2, 2.5], [2.5, 3, 2.75], [1, 1.5, 2], [2, 2.5, 2.25], [10, 11, 0])


def lines(*stamps: str, header: str = "time,open,high,low,close,volume", delimiter: str = ",") -> str:
    rows = [f"{stamp},{prices}" for stamp, prices in zip(stamps, PRICES, strict=True)]
    return "\n".join([*([header] if header else []), *rows]).replace(",", delimiter) + "\n"


def written(folder: Path, text: str, name: str = "EURUSD.csv") -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def assert_expected(path: Path, **options: str) -> None:
    bars = read(path, **options).bars
    assert bars.ts.tolist() == [(START + 60 * row) * SECOND for row in range(3)]
    columns = (bars.open, bars.high, bars.low, bars.close, bars.volume)
    assert tuple(column.tolist() for column in columns) == EXPECTED
    assert (bars.symbol, bars.timeframe_s) == ("EURUSD", 60)


@pytest.mark.parametrize(
    "stamps",
    [
        [f"{START + 60 * row}" for row in range(3)],
        [f"{START + 60 * row}.0" for row in range(3)],
        [f"{START + 60 * row}000" for row in range(3)],
        [f"{START + 60 * row}000000" for row in range(3)],
        [f"{START + 60 * row}000000000" for row in range(3)],
        [f"{START}000", f"{START + 60}000", f"{START + 120}000000"],
        [f"2024-01-02 09:{minute}" for minute in (34, 35, 36)],
        [f"2024-01-02T09:{minute}:00Z" for minute in (34, 35, 36)],
        [f"2024-01-02T11:{minute}:00+02:00" for minute in (34, 35, 36)],
        [f"2024-01-02 09:{minute}:00.000" for minute in (34, 35, 36)],
        [f"2024.01.02 09:{minute}" for minute in (34, 35, 36)],
        [f"2024/01/02 09:{minute}:00" for minute in (34, 35, 36)],
        [f"20240102 09{minute}00" for minute in (34, 35, 36)],
        [f"02.01.2024 09:{minute}:00.000" for minute in (34, 35, 36)],
        ["2024-01-02 09:34", "2024.01.02 09:35", "20240102 093600"],
    ],
)
def test_a_time_in_any_usual_form(tmp_path: Path, stamps: list[str]) -> None:
    assert_expected(written(tmp_path, lines(*stamps)))


@pytest.mark.parametrize(
    "header",
    [
        "Timestamp,Open,High,Low,Close,Volume",
        "date,open,high,low,close,volume",
        "open_time,o,h,l,c,v",
        " Time , Open , High , Low , Close , Vol ",
        ",Open,High,Low,Close,Volume",
        "\ufeffGmt time,Open,High,Low,Close,Volume",
    ],
)
def test_columns_are_known_by_name(tmp_path: Path, header: str) -> None:
    assert_expected(written(tmp_path, lines(*(f"{START + 60 * row}" for row in range(3)), header=header)))


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_any_delimiter_with_a_header_or_without(tmp_path: Path, delimiter: str) -> None:
    stamps = [f"2024-01-02 09:{minute}" for minute in (34, 35, 36)]
    assert_expected(written(tmp_path, lines(*stamps, delimiter=delimiter)))
    assert_expected(written(tmp_path, lines(*stamps, header="", delimiter=delimiter)))


METATRADER = "<DATE>\t<TIME>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<TICKVOL>\t<VOL>\t<SPREAD>\n" + "".join(
    f"2024.01.02\t11:{34 + row}:00\t{prices.replace(',', chr(9))}\t0\t7\n" for row, prices in enumerate(PRICES)
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_an_export_of_metatrader_5_with_the_time_of_its_server(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "EURUSD_M1_202401020934_202401020936.csv"
    path.write_bytes(METATRADER.encode(encoding))
    assert_expected(path, zone="Europe/Athens")


def test_the_volume_of_metatrader_is_the_traded_one_where_there_is_one(tmp_path: Path) -> None:
    path = written(tmp_path, METATRADER.replace("\t0\t7\n", "\t55\t7\n"))
    assert read(path).bars.volume.tolist() == [55, 55, 55]


def test_an_export_of_metatrader_4_without_header(tmp_path: Path) -> None:
    assert_expected(written(tmp_path, lines(*(f"2024.01.02,09:{minute}" for minute in (34, 35, 36)), header="")))


@pytest.mark.parametrize("unit", [1000, 1_000_000])
@pytest.mark.parametrize("header", [False, True])
def test_klines_of_binance(tmp_path: Path, unit: int, header: bool) -> None:
    rest = "close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore"
    rows = [
        f"{(START + 60 * row) * unit},{prices},{(START + 60 * row + 60) * unit - 1},4.5,3,1.5,2.5,0"
        for row, prices in enumerate(PRICES)
    ]
    text = "\n".join([*([f"open_time,open,high,low,close,volume,{rest}"] if header else []), *rows])
    path = tmp_path / "EURUSD-1m-2024-01.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("EURUSD-1m-2024-01.csv", text)
    assert_expected(path)


def test_a_packed_text_and_columnar_files(tmp_path: Path) -> None:
    text = lines(*(f"{START + 60 * row}" for row in range(3)))
    packed = tmp_path / "EURUSD.csv.gz"
    packed.write_bytes(gzip.compress(text.encode()))
    assert_expected(packed)
    frame = pl.read_csv(text.encode())
    for stamps in (pl.col("time"), pl.from_epoch("time"), pl.from_epoch("time").dt.replace_time_zone("UTC")):
        frame.with_columns(stamps).write_parquet(tmp_path / "EURUSD.parquet")
        frame.with_columns(stamps).write_ipc(tmp_path / "EURUSD.feather")
        assert_expected(tmp_path / "EURUSD.parquet")
        assert_expected(tmp_path / "EURUSD.feather")


def test_days_may_be_numbers_of_eight_digits(tmp_path: Path) -> None:
    bars = read(written(tmp_path, lines("20240102", "20240103", "20240104"))).bars
    assert bars.ts.astype("datetime64[ns]")[1] == np.datetime64("2024-01-03")
    assert bars.timeframe_s == 86_400


@pytest.mark.parametrize(("name", "timeframe", "count"), [("GOOG", 86_400, 2148), ("EURUSD", 3600, 5000)])
def test_real_histories(name: str, timeframe: int, count: int) -> None:
    reading = read(Path(str(files("backtesting.test").joinpath(f"{name}.csv"))))
    assert (reading.bars.symbol, reading.bars.timeframe_s, len(reading.bars)) == (name, timeframe, count)
    assert reading.place(0) == "line 2"


GOOD = lines(*(f"{START + 60 * row}" for row in range(3)))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "no bars: the file is empty"),
        ("time,open,high,low,close\n", "no bars: nothing below the header"),
        (GOOD.replace("high", "hihg"), "line 1: no column for the high ('high', 'h', 'high_price') among time, open,"),
        (GOOD.replace("3,1.5", "3 000,1.5"), "line 3, column high: '3 000' is not a number: mend the cell"),
        (GOOD.replace("11\n", "eleven\n"), "line 3, column volume: 'eleven' is not a number"),
        (GOOD.replace(f"{START + 60}", "yesterday"), "line 3, column time: 'yesterday' is not a time: write a number"),
        (GOOD.replace(f"{START + 60}", ""), "line 3, column time: no time"),
        (lines("01/02/2024", "01/03/2024", "01/04/2024"), "line 2, column time: '01/02/2024' is not a time"),
        (GOOD.replace("3,1.5", "3,0,1,5"), "line 3: 8 cells, 6 expected"),
        (lines("5", "6", "7").replace("5,", "5.25,", 1).replace("6,", "5.5,", 1).replace("7,", "5.75,", 1), "ticks?"),
        (lines("3000-01-01", "3000-01-02", "3000-01-03"), "line 2, column time: '3000-01-01' is not a time"),
        ("a,b,c\n\x00\r\x01", "no column for the time"),
        ("1,2,3\n", "3 columns and no header"),
        (lines("5", "5", "5"), "name the timeframe"),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path: Path, text: str, told: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(BadHistory) as caught:
        read(path)
    assert told in str(caught.value)
    assert str(path) in str(caught.value)


def test_files_that_are_not_there_or_not_what_they_say(tmp_path: Path) -> None:
    with pytest.raises(BadHistory, match="is not a file"):
        read(tmp_path / "none.csv")
    for name in ("broken.parquet", "broken.zip", "broken.csv.gz"):
        with pytest.raises(BadHistory, match="cannot be read"):
            read(written(tmp_path, "nothing of the kind", name))
    with pytest.raises(BadHistory, match="'Mars/Base' is not a time zone"):
        read(written(tmp_path, lines(*(f"2024-01-02 09:{minute}" for minute in (34, 35, 36)))), zone="Mars/Base")


def test_blank_lines_at_the_end_and_empty_cells(tmp_path: Path) -> None:
    bars = read(written(tmp_path, GOOD.replace("3,1.5", ",1.5") + "\n\n")).bars
    assert np.isnan(bars.high).tolist() == [False, True, False]


def test_a_line_that_breaks_off_lacks_prices(tmp_path: Path) -> None:
    first, second, third = (f"{START + 60 * row}" for row in range(3))
    bars = read(written(tmp_path, f"time,open,high,low,close\n{first},1,2\n{second},1,2,1,2\n{third},1,2,1,2\n")).bars
    assert np.isnan(bars.close).tolist() == [True, False, False]


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    path = tmp_path / "bytes.csv"
    path.write_bytes(bytes(range(256)) * 4)
    with pytest.raises(BadHistory):
        read(path)


@pytest.mark.parametrize(
    ("name", "symbol"),
    [
        ("GOOG.csv", "GOOG"),
        ("BTCUSDT-1m-2024-01.zip", "BTCUSDT"),
        ("BTCUSDT-aggTrades-2024-01.zip", "BTCUSDT"),
        ("EURUSD_M1_2024.csv", "EURUSD"),
        ("EURUSD.csv", "EURUSD"),
        ("EUR_USD_M5.csv", "EURUSD"),
        ("XRP_ETH-1m.feather", "XRPETH"),
        ("BTC_USDT-1m.feather", "BTCUSDT"),
        ("btc-perp-20211231.csv.gz", "BTCUSDT"),
        ("btc.csv", "BTCUSDT"),
        ("GOOG_USD", "GOOG"),
    ],
)
def test_the_symbol_is_told_by_the_name(name: str, symbol: str) -> None:
    assert symbol_of(Path(name)) == symbol
