"""Replay plays what was recorded, at the pace asked for, and says where a file is wrong."""

from __future__ import annotations

import gzip
from collections.abc import AsyncIterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars
import pytest
from pydantic import ValidationError
from structlog.testing import capture_logs

from contract.paper_desk import SECOND, START, d
from contract.quotes_suite import MINUTE_NS, ManualClock, QuotesSuite, WallClock, take
from tradewire.domain.instrument import Quote
from tradewire.feeds.replay import Config, Listing, Recording, ReplayQuotes, check
from tradewire.feeds.replay.config import UNTRADED
from tradewire.ports import Clock, Finding, Misconfigured, Topic


def written(folder: Path, text: str, name: str = "rec.csv") -> Path:
    path = folder / name
    if name.endswith(".gz"):
        path.write_bytes(gzip.compress(text.encode()))
    else:
        path.write_text(text)
    return path


def fast(*recordings: Recording) -> ReplayQuotes:
    return ReplayQuotes(Config(recordings=recordings, speed="max", stamp="recorded"), ManualClock(START))


async def played(feed: ReplayQuotes) -> list[Quote]:
    symbols = [instrument.symbol for instrument in await feed.instruments()]
    async with feed:
        return [quote async for batch in feed.stream(symbols) for quote in batch]


async def play(path: Path, symbol: str = "BTCUSDT", **fields: object) -> list[Quote]:
    return await played(fast(Recording.model_validate({"symbol": symbol, "path": path, **fields})))


def minutes(count: int) -> str:
    lines = [f"{1_700_000_040 + 60 * n},{100 + n},{102 + n},{99 + n},{101 + n},5" for n in range(count)]
    return "\n".join(["time,open,high,low,close,volume", *lines])


class TestContract(QuotesSuite):
    target = "replay"

    @pytest.fixture
    def settings(self, tmp_path: Path) -> Mapping[str, Any]:
        path = written(tmp_path, minutes(200), "sound.csv")
        return {"recordings": [{"symbol": "BTCUSDT", "path": path}], "start": "2023-11-15T00:00:00"}

    @pytest.fixture
    def unworkable(self, tmp_path: Path, settings: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
        empty = written(tmp_path, "time,price\n", "empty.csv")
        return [
            {"recordings": [{"symbol": "BTCUSDT", "path": tmp_path / "gone.csv"}]},
            {"recordings": [{"symbol": "BTCUSDT", "path": empty}]},
            {"recordings": [{**settings["recordings"][0], "symbol": "XRPETH"}]},
            {**settings, "start": "2030-01-01T00:00:00"},
        ]

    @pytest.fixture
    def clock(self) -> WallClock:
        return WallClock(START)

    @pytest.fixture
    async def quotes(self, tmp_path: Path, clock: WallClock) -> AsyncIterator[ReplayQuotes]:
        path = written(tmp_path, minutes(200))
        config = Config(recordings=(Recording(symbol="BTCUSDT", path=path),), speed=20_000, start="2023-11-15T00:00:00")
        async with ReplayQuotes(config, clock) as quotes:
            yield quotes

    @pytest.fixture
    def symbol(self) -> str:
        return "BTCUSDT"


async def test_ticks_are_played_as_recorded(tmp_path: Path) -> None:
    path = written(tmp_path, "ts,bid,ask\n1700000000,100.1,100.3\n1700000001.5,100.2,100.4\n")
    assert await play(path) == [
        Quote("BTCUSDT", d("100.1"), d("100.3"), 1_700_000_000 * SECOND),
        Quote("BTCUSDT", d("100.2"), d("100.4"), 1_700_000_001_500_000_000),
    ]


async def test_a_bar_is_played_as_open_high_low_close_within_its_minute(tmp_path: Path) -> None:
    quotes = await play(written(tmp_path, minutes(2)), spread="0.2")
    assert [quote.mid for quote in quotes[:4]] == [100, 102, 99, 101]
    assert [quote.ask - quote.bid for quote in quotes] == [d("0.2")] * 8
    assert quotes[3].ts - quotes[0].ts == MINUTE_NS - 1


@pytest.mark.parametrize(
    "time",
    [
        "1700000040",
        "1700000040000",
        "1700000040000000",
        "1700000040000000000",
        "2023-11-14T22:14:00Z",
        "2023-11-14 22:14:00",
        "2023-11-14 23:14:00+01:00",
        "2023-11-14 22:14:00.000000",
    ],
)
async def test_times_are_read_in_any_usual_form(tmp_path: Path, time: str) -> None:
    (quote,) = await play(written(tmp_path, f"Timestamp,Price\n{time},100\n"))
    assert quote.ts == 1_700_000_040 * SECOND


@pytest.mark.parametrize("name", ["rec.csv.gz", "rec.parquet", "rec.feather"])
async def test_packed_and_columnar_files_are_read_alike(tmp_path: Path, name: str) -> None:
    if name.endswith(".gz"):
        path = written(tmp_path, minutes(3), name)
    else:
        path = tmp_path / name
        frame = polars.read_csv(minutes(3).encode()).with_columns(polars.from_epoch("time").dt.cast_time_unit("ns"))
        frame.write_parquet(path) if name.endswith("parquet") else frame.write_ipc(path)
    assert await play(path) == await play(written(tmp_path, minutes(3)))


async def test_bid_and_ask_files_make_one_quote_where_both_have_the_moment(tmp_path: Path) -> None:
    bid = written(tmp_path, "time,price\n1700000000,100\n1700000001,101\n1700000003,102\n", "bid.csv")
    ask = written(tmp_path, "time,price\n1700000000,100.5\n1700000002,101.5\n1700000003,102.5\n", "ask.csv")
    quotes = await play(bid, ask_path=ask)
    assert [(quote.bid, quote.ask) for quote in quotes] == [(100, d("100.5")), (102, d("102.5"))]


async def test_several_symbols_are_played_in_one_order_of_time(tmp_path: Path) -> None:
    one = written(tmp_path, "time,price\n1700000000,100\n1700000002,101\n", "one.csv")
    two = written(tmp_path, "time,price\n1700000001,3000\n1700000002,3001\n", "two.csv")
    quotes = await played(fast(Recording(symbol="BTCUSDT", path=one), Recording(symbol="ETHUSDT", path=two)))
    assert [quote.symbol for quote in quotes] == ["BTCUSDT", "ETHUSDT", "BTCUSDT", "ETHUSDT"]


async def test_an_instrument_that_is_not_known_must_be_described(tmp_path: Path) -> None:
    path = written(tmp_path, "time,price\n1700000000,0.001413\n")
    with pytest.raises(Misconfigured, match="XRPETH is not known"):
        await play(path, "XRPETH")
    listing = Listing(base="XRP", quote="ETH", tick_size=d("0.000001"), qty_step=d(1))
    (quote,) = await play(path, "XRPETH", listing=listing, spread=0)
    assert quote.bid == quote.ask == d("0.001413")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("time,price\n1700000000,100\n1700000001,abc\n", "line 3, column price: 'abc' is not a number"),
        ("time,price\n1700000000,-1\n", "line 2, column price: '-1' is not a positive price"),
        ("time,price\nyesterday,100\n", "line 2, column time: 'yesterday' is neither a number nor an ISO 8601 time"),
        ("time,price\n1700000001,100\n1700000000,100\n", "line 3: goes back in time"),
        ("time,price\n1700000000\n", "line 2: 1 columns, 2 expected"),
        ("when,price\n1,2\n", "line 1: no time column"),
        ("time,weight\n1,2\n", "line 1: neither bid and ask, nor open, high, low and close, nor price"),
        ("time,price\n", "nothing is recorded"),
        ("", "no time column"),
    ],
)
async def test_a_fault_is_told_with_file_line_and_column(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(Misconfigured) as caught:
        await play(written(tmp_path, text))
    assert words in str(caught.value)
    assert "rec.csv" in str(caught.value) or "nothing" in words


@pytest.mark.parametrize("name", ["gone.csv", "bad.parquet", "bad.csv.gz"])
async def test_a_file_that_is_not_there_or_broken_is_named(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    if name.startswith("bad"):
        path.write_bytes(b"\x00\x01 not what it says")
    with pytest.raises(Misconfigured, match=name):
        await play(path)


async def test_a_name_that_no_file_can_have_is_a_fault_like_any_other(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="cannot be opened: File name too long"):
        await play(tmp_path / f"{'x' * 300}.csv")


async def checked(*recordings: Recording, clock: Clock | None = None, **fields: object) -> list[Finding]:
    config = Config.model_validate({"recordings": recordings, **fields})
    return list(await check(config, clock or ManualClock(START)))


async def test_a_check_tells_what_a_file_holds(tmp_path: Path) -> None:
    bars = Recording(symbol="BTCUSDT", path=written(tmp_path, minutes(3)))
    ticks = Recording(symbol="ETHUSDT", path=written(tmp_path, "ts,bid,ask\n1700000000,1,2\n", "ticks.csv"))
    assert await checked(bars, ticks) == [
        Finding(True, Topic.DATA, f"{bars.path}: 3 bars from 2023-11-14 22:14:00 to 2023-11-14 22:16:00"),
        Finding(True, Topic.DATA, f"{ticks.path}: 1 ticks from 2023-11-14 22:13:20 to 2023-11-14 22:13:20"),
    ]


async def test_a_check_names_the_line_that_a_replay_would_stumble_over(tmp_path: Path) -> None:
    path = written(tmp_path, f"{minutes(3)}\n1700000999,1,1,oops,1,5")
    (finding,) = await checked(Recording(symbol="BTCUSDT", path=path))
    assert not finding.ok
    assert finding.detail == f"{path}, line 5, column low: 'oops' is not a number"


async def test_a_check_and_the_start_say_that_recorded_times_cannot_be_traded(tmp_path: Path) -> None:
    recording = Recording(symbol="BTCUSDT", path=written(tmp_path, minutes(3)))
    *_, told = await checked(recording, stamp="recorded")
    assert told == Finding(True, Topic.CLOCK, UNTRADED)
    with capture_logs() as logs:
        async with ReplayQuotes(Config(recordings=(recording,), stamp="recorded"), ManualClock(START)):
            pass
    assert [line["event"] for line in logs] == [UNTRADED]


@pytest.mark.parametrize(
    ("columns", "bad", "words"),
    [
        ("bid,ask", "101,100", "the bid 101 is above the ask 100"),
        ("open,high,low,close", "100,90,110,100", "no bar has open, high, low and close of 100, 90, 110, 100"),
        ("open,high,low,close", "100,105,95,106", "no bar has open, high, low and close of 100, 105, 95, 106"),
    ],
)
async def test_a_check_names_a_row_that_no_market_can_have_shown(
    tmp_path: Path, columns: str, bad: str, words: str
) -> None:
    sound = ",".join("100" for _ in columns.split(","))
    path = written(tmp_path, f"time,{columns}\n1700000000,{sound}\n1700000060,{bad}\n")
    (finding,) = await checked(Recording(symbol="BTCUSDT", path=path))
    assert not finding.ok
    assert finding.detail == f"{path}, row 2 (2023-11-14 22:14:20): {words}"


@pytest.mark.parametrize(
    ("asks", "words"),
    [("time,price\n1800000000,100\n", "no moment in common"), (minutes(3), "differ in kind"), ("", "no time column")],
)
async def test_a_check_finds_bids_and_asks_that_do_not_belong_together(tmp_path: Path, asks: str, words: str) -> None:
    bid = written(tmp_path, "time,price\n1700000040,100\n", "bid.csv")
    ask = written(tmp_path, asks, "ask.csv")
    faults = [
        finding for finding in await checked(Recording(symbol="BTCUSDT", path=bid, ask_path=ask)) if not finding.ok
    ]
    assert [fault.what for fault in faults] == [Topic.DATA]
    assert words in faults[0].detail


class HurryingClock:
    """A clock on which every look takes a second."""

    def __init__(self) -> None:
        self.time = START

    def now(self) -> int:
        self.time += SECOND
        return self.time


async def test_a_check_of_a_file_without_end_ends(tmp_path: Path) -> None:
    rows = "\n".join(f"{1_700_000_000 + n},100" for n in range(60_000))
    recording = Recording(symbol="BTCUSDT", path=written(tmp_path, f"time,price\n{rows}\n"))
    (finding,) = await checked(recording, clock=HurryingClock(), start="2030-01-01")
    assert finding.ok
    assert "45056 prices from 2023-11-14 22:13:20 and more" in finding.detail


def test_shifting_times_needs_a_pace() -> None:
    recording = Recording(symbol="BTCUSDT", path=Path("x.csv"))
    with pytest.raises(ValidationError, match="no pace"):
        Config(recordings=(recording,), speed="max")
    with pytest.raises(ValidationError, match="greater than 0"):
        Config(recordings=(recording,), speed=0)


async def test_a_shifted_replay_starts_now_and_its_history_lies_before(tmp_path: Path) -> None:
    path = written(tmp_path, minutes(60))
    clock = WallClock(START)
    config = Config(
        recordings=(Recording(symbol="BTCUSDT", path=path, spread=d(0)),), speed=1, start="2023-11-14T22:44:00+00:00"
    )
    async with ReplayQuotes(config, clock) as feed:
        (quote,) = await take(feed, ["BTCUSDT"], 1)
        assert abs(quote.ts - clock.now()) < SECOND
        assert quote.mid == 130
        bars = await feed.bars("BTCUSDT", 60, START - 60 * MINUTE_NS, START)
        assert len(bars) in (30, 31)
        assert max(bar.high for bar in bars) <= 131


async def test_a_recorded_fx_pair_is_played_whole(shared: Path) -> None:
    folder = shared / "data"
    quotes = await play(folder / "gbpusd-m1-bid-2012.csv.gz", "GBPUSD", ask_path=folder / "gbpusd-m1-ask-2012.csv.gz")
    assert len(quotes) == 4 * 30_117
    assert (quotes[0].bid, quotes[0].ask) == (d("1.57597"), d("1.57608"))
    assert all(before.ts <= after.ts for before, after in pairwise(quotes))


async def test_trades_give_the_exchanges_own_bars(shared: Path) -> None:
    listing = Listing(base="XRP", quote="ETH", tick_size=d("0.00000001"), qty_step=d(1))
    path = shared / "data" / "XRP_ETH-trades.parquet"
    feed = fast(Recording(symbol="XRPETH", path=path, spread=d(0), listing=listing))
    quotes = await played(feed)
    start, end = quotes[0].ts, quotes[-1].ts
    bars = {bar.ts: bar for bar in await feed.bars("XRPETH", 300, start, end)}
    theirs = polars.read_ipc(shared / "data" / "XRP_ETH-5m.feather")
    compared = 0
    for moment, *prices, volume in theirs.with_columns(polars.col("date").dt.epoch("ns")).iter_rows():
        if moment in bars and volume:
            bar = bars[moment]
            assert [float(bar.open), float(bar.high), float(bar.low), float(bar.close)] == prices
            compared += 1
    assert compared > 100
