"""Programs on history: what they earn where it can be reckoned by hand, when they act, and what cannot be asked."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tradewire.backtest.performing import Performed
from tradewire.backtest.programmed import perform_program
from tradewire.backtest.request import BadRequest, Request
from tradewire.engine.verify import verify

HOURS = 24 * 20
GRID = {"low": "94", "high": "106", "levels": "4", "size": "1u"}


@pytest.fixture(scope="module")
def swings(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Hourly bars whose price swings between 92 and 108, once a day, from 100 upwards."""
    path = tmp_path_factory.mktemp("programs") / "BTCUSDT.csv"
    times = np.datetime64("2024-01-01T00:00") + np.arange(HOURS).astype("timedelta64[h]")
    prices = np.round(100 + 8 * np.sin(np.arange(HOURS + 1) / 12 * np.pi), 4)
    rows = [
        f"{time}Z,{opened},{max(opened, close)},{min(opened, close)},{close},{7 + row % 5}"
        for row, (time, (opened, close)) in enumerate(zip(times, pairwise(prices), strict=True))
    ]
    path.write_text("time,open,high,low,close,volume\n" + "\n".join(rows) + "\n")
    return str(path)


def done(data: str, kind: str, params: dict[str, Any], journal: Path | None = None, **given: Any) -> Performed:
    return perform_program(Request.read({"strategy": kind, "data": data, "params": params, **given}), journal)


def test_a_grid_earns_a_cell_at_each_swing_and_deals_at_its_levels(swings: str, tmp_path: Path) -> None:
    made = done(swings, "grid", GRID, tmp_path / "kept.db")
    trades = made.run.trades
    won = trades.pnl[np.array(trades.reasons)[trades.exit_reason] == "target"]
    assert set(won) == {4.0}
    assert len(won) == 3 * (HOURS // 24) - 2, "three cells a day; two of the last fall are left at the end"
    assert set(trades.entry_price) == {94.0, 98.0, 102.0}
    assert set(trades.exit_price[trades.pnl == 4.0]) == {98.0, 102.0, 106.0}
    assert made.outcome.equity_final == pytest.approx(10_000 + float(trades.pnl.sum()))
    assert verify(tmp_path / "kept.db").differences == ()


def test_the_same_program_leaves_the_same_journal(swings: str) -> None:
    one, other = (done(swings, "grid", GRID, spread=0.1, slippage="0.05%", latency=250) for _ in range(2))
    assert one.journal is not None
    assert one.journal == other.journal
    assert one.outcome.equity_final == other.outcome.equity_final


def test_dca_buys_once_a_slot_at_the_price_of_the_slot(swings: str) -> None:
    made = done(swings, "dca", {"size": "1u", "schedule.every": "daily", "schedule.at": "06:00"})
    trades, bars = made.run.trades, made.run.bars[0]
    hours = trades.entry_ts.astype("datetime64[ns]").astype("datetime64[h]").astype(int) % 24
    assert hours.tolist() == [6] * (HOURS // 24)
    assert np.allclose(trades.entry_price, bars.open[6::24])
    assert made.run.equity[7] == pytest.approx(10_000 + bars.close[7] - bars.open[6])


def test_a_slot_within_a_bar_is_acted_on_once(swings: str) -> None:
    made = done(swings, "dca", {"size": "1u", "schedule": {"every": "daily", "at": "06:30"}, "max_trades": 3})
    assert len(made.run.trades) == 3
    assert np.allclose(made.run.trades.entry_price, made.run.bars[0].close[6:72:24])
    assert made.program is not None
    assert made.program.status == "done"


def test_a_spread_and_slippage_are_paid(swings: str) -> None:
    made = done(swings, "dca", {"size": "1u", "max_trades": 1}, spread=0.5, slippage="1%", fee="0.1%")
    trade = next(iter(made.outcome.trades))
    assert trade.entry_price == pytest.approx((made.run.bars[0].open[9] + 0.25) * 1.01)
    assert trade.fees == pytest.approx((trade.entry_price + trade.exit_price) * 0.001)


def test_conditions_on_price_fire_once_at_their_price(swings: str) -> None:
    made = done(swings, "conditional", {"when": "[btc > 103]", "commands": "[buy btc 1u]"})
    assert made.run.trades.entry_price.tolist() == [pytest.approx(103.0, rel=1e-8)]
    apart = done(swings, "conditional", {"when": "[btc > 103]", "commands": "[buy btc 1u]"}, spread=1.0)
    assert apart.run.trades.entry_price.tolist() == [pytest.approx(103.5, rel=1e-8)]


def test_conditions_on_bars_fire_at_the_close_that_meets_them(swings: str) -> None:
    when = "[btc close 4h crosses-above sma(3), btc volume 1h >= 11]"
    made = done(swings, "conditional", {"when": when, "commands": "[buy btc 1u]"})
    bars = made.run.bars[0]
    closes = bars.close[3::4]
    means = np.convolve(closes, np.ones(3) / 3, "valid")
    above = closes[2:] > means
    crossed = 2 + 1 + int(np.argmax(~above[:-1] & above[1:]))
    row = next(row for row in range(crossed * 4 + 3, HOURS) if bars.volume[row] >= 11)
    assert made.run.trades.entry_ts.tolist() == [bars.ts[row + 1]]
    assert made.run.trades.entry_price.tolist() == [bars.open[row + 1]]


def test_trades_that_begin_in_one_bar_are_told_apart(swings: str) -> None:
    made = done(swings, "martingale", {"size": "1u", "exits": "-sl 0.2% -tp 0.2%", "at_cap": "reset", "max_trades": 40})
    assert made.program is not None
    assert made.program.told.startswith("40 trades")
    assert len(made.run.trades) == 40


def test_pieces_come_at_their_moments_and_at_the_prices_then(swings: str) -> None:
    made = done(swings, "twap", {"quantity": "6", "duration": "6h", "slices": "6"})
    assert made.run.trades.quantity.tolist() == [1.0] * 6
    assert np.allclose(made.run.trades.entry_price, made.run.bars[0].open[:6])


def test_a_command_is_said_at_its_slot(swings: str) -> None:
    params = {"command": "sell btc 2u -tp 1%", "schedule": {"every": "once", "begin": "2024-01-03T06:00:00Z"}}
    made = done(swings, "scheduled", params)
    trade = next(iter(made.outcome.trades))
    assert (trade.side, trade.entry_row, trade.exit_reason) == ("short", 54, "target")
    assert trade.exit_price == pytest.approx(trade.entry_price * 0.99)


def test_a_wait_is_waited_for(swings: str) -> None:
    made = done(swings, "martingale", {"size": "1u", "exits": "-sl 1% -tp 1%", "wait": "5h", "at_cap": "reset"})
    trades = made.run.trades
    assert len(trades) > 10
    assert (trades.entry_ts[1:] - trades.exit_ts[:-1] >= 5 * 3600 * 10**9).all()


def test_a_symmetric_grid_is_long_and_short(swings: str) -> None:
    made = done(swings, "grid", {**GRID, "mode": "symmetric"})
    assert set(made.run.trades.side.tolist()) == {-1, 1}
    assert made.journal is not None
    assert made.journal.refusals == {}


def test_what_is_refused_is_counted_and_pauses(swings: str) -> None:
    made = done(swings, "grid", {**GRID, "size": "1000u"})
    assert made.journal is not None
    assert made.journal.refusals
    assert made.program is not None
    assert made.program.status == "paused"


@pytest.mark.parametrize(
    ("kind", "params", "given", "field", "word"),
    [
        ("grid", GRID, {"lane": "fast"}, "lane", "only the exact lane"),
        ("grid", GRID, {"sl": "2%"}, "sl", "programs kinds grid"),
        ("grid", GRID, {"side": "long"}, "side", "own parameters"),
        ("grid", GRID, {"also": ("other.csv",)}, "also", "own parameters"),
        ("grid", {**GRID, "levls": 3}, {}, "params", "nearest: levels"),
        ("grid", {**GRID, "symbol": "eth"}, {}, "params", "history is one of BTCUSDT"),
        ("dca", {"size": "1u", "schedule.evry": "daily"}, {}, "params", "nearest: schedule.every"),
        ("dca", {"size": "1u", "schedule": "[mon"}, {}, "params", "write a list"),
        ("rebalance", {"targets": "{eth: 50}"}, {}, "params", "looks at ETHUSDT"),
        ("conditional", {"when": "[btc close 5m > 1]", "commands": "[buy btc 1u]"}, {}, "params", "bars of 5m"),
        ("grid", GRID, {"leverage": 5000.0}, "leverage", "1000"),
    ],
)
def test_what_cannot_be_asked_is_named(
    swings: str, tmp_path: Path, kind: str, params: dict[str, Any], given: dict[str, Any], field: str, word: str
) -> None:
    with pytest.raises(BadRequest, match=word) as caught:
        done(swings, kind, params, tmp_path / "kept.db", **given)
    assert caught.value.field == field
    assert not (tmp_path / "kept.db").exists()
