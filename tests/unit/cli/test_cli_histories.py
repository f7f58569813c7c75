"""`tradewire data`: files in, histories kept, and every fault told."""

from __future__ import annotations

import asyncio
import json
import subprocess
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import pytest

from contract.paper_desk import START
from contract.quotes_suite import WallClock
from contract.spot_exchange import SpotExchange

Run = Callable[..., "subprocess.CompletedProcess[str]"]
GOOG = str(files("backtesting.test").joinpath("GOOG.csv"))
FAULTY = "time,open,high,low,close,volume\n60,1,2,1,2,5\n120,1,,1,2,5\n180,1,2,1,2,5\n180,1,2,1,2,6\n240,2,2,2,2,5\n"


@pytest.fixture
def faulty(tmp_path: Path) -> str:
    path = tmp_path / "EURUSD.csv"
    path.write_text(FAULTY, "utf-8")
    return str(path)


def test_a_file_is_imported_and_listed(command: Run, tmp_path: Path) -> None:
    place = ("--data", str(tmp_path / "hub"))
    assert command("data", "list", *place).stdout.startswith("no histories yet")
    done = command("data", "import", GOOG, *place)
    assert (done.returncode, done.stdout) == (0, f"{GOOG}: GOOG/1d: 2148 bars added, 0 replaced; 2148 bars there\n")
    again = json.loads(command("data", "import", GOOG, "--json", *place).stdout)
    assert [again[0][key] for key in ("added", "replaced", "bars", "refused")] == [0, 2148, 2148, None]
    (row,) = json.loads(command("data", "list", "--json", *place).stdout)
    assert (row["symbol"], row["timeframe"], row["bars"], row["ts_first"]) == (
        "GOOG",
        "1d",
        2148,
        "2004-08-19 00:00:00Z",
    )
    assert "2013-03-01" in command("data", "list", *place).stdout
    assert "2148 bars of GOOG, can be used" in command("data", "check", "goog/1d", *place).stdout


def test_a_faulty_file_is_refused_and_the_others_are_taken(command: Run, tmp_path: Path, faulty: str) -> None:
    place = ("--data", str(tmp_path / "hub"))
    done = command("data", "import", faulty, GOOG, *place)
    assert done.returncode == 1
    assert f"{faulty} cannot be used as it is" in done.stderr
    assert "missing: 1: a price is missing or endless (line 3, 1970-01-01 00:02:00Z)" in done.stderr
    assert "GOOG/1d: 2148 bars added" in done.stdout


def test_a_named_rule_mends_and_says_what_it_did(command: Run, tmp_path: Path, faulty: str) -> None:
    done = command("data", "import", faulty, "--mend", "first", "--timeframe", "1m", "--data", str(tmp_path / "hub"))
    assert done.returncode == 0
    assert done.stdout.endswith(
        "EURUSD/1m: 3 bars added, 0 replaced, 1 bar left out as impossible, "
        "1 bar left out as the same time was there twice; 3 bars there\n"
    )


def test_check_tells_every_fault_and_ends_with_1_where_one_is_grave(command: Run, faulty: str) -> None:
    done = command("data", "check", faulty)
    assert done.returncode == 1
    assert [line.split(":")[0] for line in done.stdout.splitlines()[:-1]] == ["duplicate", "missing"]
    told = json.loads(command("data", "check", faulty, "--json").stdout)
    assert told["findings"][0]["first"] == [{"place": "line 5", "ts": "1970-01-01 00:03:00Z"}]


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("import", GOOG, "--mend", "glue"), 2, "--mend glue: the rules are drop, first, last, fill"),
        (("import", GOOG, "--timeframe", "soon"), 2, "'soon' is not a timeframe: write 30s, 1m, 4h, 1d or 1w"),
        (("check", "nowhere.csv"), 1, "nowhere.csv is not a file"),
        (("check", "btc/1m"), 1, "BTCUSDT/1m was not imported; there is nothing yet"),
    ],
)
def test_what_was_asked_wrongly(command: Run, tmp_path: Path, arguments: tuple[str, ...], code: int, told: str) -> None:
    done = command("data", *arguments, "--data", str(tmp_path / "hub"))
    assert done.returncode == code
    assert told in done.stderr


def test_longer_bars_are_kept_beside_the_short_ones(command: Run, tmp_path: Path) -> None:
    place = ("--data", str(tmp_path / "hub"))
    command("data", "import", GOOG, *place)
    done = command("data", "resample", "goog/1d", "1w", *place)
    assert done.returncode == 0
    assert done.stdout.startswith("GOOG/1w: 44")
    assert done.stdout.endswith(" bars there\n")
    assert [row["timeframe"] for row in json.loads(command("data", "list", "--json", *place).stdout)] == ["1d", "1w"]
    assert "is not a longer multiple" in command("data", "resample", "goog/1d", "1h", *place).stderr
    assert command("data", "resample", "goog", "1h", *place).returncode == 2


def test_a_calendar_makes_nights_and_holidays_no_gaps(command: Run) -> None:
    assert "gap: " in command("data", "check", GOOG).stdout
    done = command("data", "check", GOOG, "--calendar", "XNYS")
    assert "gap: " not in done.stdout
    assert "there is no calendar 'XNYC'" in command("data", "check", GOOG, "--calendar", "XNYC").stderr


def test_bars_come_from_a_feed(command: Run, tmp_path: Path) -> None:
    place = ("--data", str(tmp_path / "hub"))
    span = ("--from", "2024-01-02", "--to", "2024-01-02T02:00")
    done = command("data", "fetch", "btc/1m", *span, *place)
    assert done.stdout == "btc/1m: 120 bars added, 0 replaced; 120 bars there\n", done.stderr
    assert "120 bars of BTCUSDT, " in command("data", "check", "btc/1m", *place).stdout
    done = command("data", "fetch", "btc/1m", "--to", "2024-01-02T03:00", *place)
    assert done.stdout == "btc/1m: 60 bars added, 1 replaced; 180 bars there\n", done.stderr
    assert "say --from when" in command("data", "fetch", "eth/1m", *place).stderr
    assert (
        "there is no feed 'nope': the configuration has "
        in command("data", "fetch", "btc/1m", *span, "--feed", "nope", *place).stderr
    )
    assert command("data", "fetch", "btc", *span, *place).returncode == 2
    assert "'soon' is not a time" in command("data", "fetch", "btc/1m", "--from", "soon", *place).stderr


async def test_bars_come_from_an_exchange(command: Run, tmp_path: Path) -> None:
    exchange = SpotExchange(WallClock(START))
    place = ("--data", str(tmp_path / "hub"))
    config = tmp_path / "tradewire.yaml"
    span = ("--from", "2024-01-02", "--to", "2024-01-02T20:00")
    async with exchange.served() as address:
        config.write_text(
            f"feeds: {{x: {{type: ccxt, config: {{exchange: binance, base_url: '{address}'}}}}}}", "utf-8"
        )
        done = await asyncio.to_thread(
            command, "data", "fetch", "btc/1m", *span, "--feed", "x", "--config", str(config), *place
        )
    assert done.stdout == "btc/1m: 1200 bars added, 0 replaced; 1200 bars there\n", done.stderr


async def test_ticks_come_from_an_exchange_and_a_fetch_goes_on_behind_them(command: Run, tmp_path: Path) -> None:
    exchange = SpotExchange(WallClock(START))
    place = ("--data", str(tmp_path / "hub"))
    config = tmp_path / "tradewire.yaml"
    async with exchange.served() as address:
        asked = f"{{exchange: binance, base_url: '{address}'}}"
        config.write_text(f"feeds: {{x: {{type: ccxt, config: {asked}}}}}", "utf-8")
        what = ("data", "fetch", "btc/ticks", "--feed", "x", "--config", str(config), *place)
        first = ("--from", "2024-01-02", "--to", "2024-01-02T00:10")
        assert "say --from when" in (await asyncio.to_thread(command, *what)).stderr
        done = await asyncio.to_thread(command, *what, *first)
        assert done.stdout == "btc/ticks: 180 ticks fetched; 180 ticks there\n", done.stderr
        done = await asyncio.to_thread(command, *what, "--to", "2024-01-02T00:20")
        assert done.stdout == "btc/ticks: 182 ticks fetched; 360 ticks there\n", done.stderr
    made = command("data", "resample", "btc/ticks", "1m", *place)
    assert made.stdout.startswith("BTCUSDT/1m: 20 bars made"), made.stderr
    told = await asyncio.to_thread(command, "data", "fetch", "btc/ticks", "--from", "2024-01-02", *place)
    assert "tells of no single trades" in told.stderr


def test_an_exchange_needs_no_configuration_and_its_name_is_checked(command: Run, tmp_path: Path) -> None:
    place = ("--data", str(tmp_path / "hub"))
    done = command("data", "fetch", "btc/1m", "--from", "2024-01-02", "--feed", "ccxt:krakn", *place)
    assert done.returncode == 1
    assert "did you mean kraken?" in done.stderr


def test_ticks_are_imported_listed_checked_and_made_into_bars(command: Run, tmp_path: Path) -> None:
    path, place = tmp_path / "EURUSD.csv", ("--data", str(tmp_path / "hub"))
    path.write_text("time,bid,ask\n" + "".join(f"{1_704_188_040 + n},1.{n},2.{n}\n" for n in range(1, 90)), "utf-8")
    assert (
        command("data", "import", str(path), *place).stdout == f"{path}: EURUSD/ticks: 89 ticks taken; 89 ticks there\n"
    )
    (row,) = json.loads(command("data", "list", "--json", *place).stdout)
    assert (row["symbol"], row["timeframe"], row["ticks"], row["ts_last"]) == (
        "EURUSD",
        "ticks",
        89,
        "2024-01-02 09:35:29Z",
    )
    for what in ("eurusd/ticks", str(path)):
        assert "89 ticks of EURUSD, nothing wrong" in command("data", "check", what, *place).stdout
    made = command("data", "resample", "eurusd/ticks", "1m", "--price", "bid", *place)
    assert made.stdout == "EURUSD/1m: 2 bars made; 2 bars there\n"
    assert {row["timeframe"] for row in json.loads(command("data", "list", "--json", *place).stdout)} == {"1m", "ticks"}
    wrong = command("data", "resample", "eurusd/ticks", "1m", "--price", "best", *place)
    assert (wrong.returncode, wrong.stderr) == (2, "tradewire: --price best: it is one of price, bid, ask, mid\n")


def test_faulty_ticks_are_told_with_their_lines(command: Run, tmp_path: Path) -> None:
    path = tmp_path / "EURUSD.csv"
    path.write_text("time,bid,ask\n1704188040,1,2\n1704188041,3,2\n", "utf-8")
    done = command("data", "check", str(path))
    assert done.returncode == 1
    assert done.stdout.splitlines()[0] == "crossed: 1: the bid is above the ask (line 3, 2024-01-02 09:34:01Z)"
    told = json.loads(command("data", "check", str(path), "--json").stdout)
    assert told["findings"][0]["first"] == [{"place": "line 3", "ts": "2024-01-02 09:34:01Z"}]
