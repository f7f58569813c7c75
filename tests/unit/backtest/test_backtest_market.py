"""Ends of sessions, funding, steps and minimums by hand; what cannot be is named."""

from __future__ import annotations

from decimal import Decimal as D
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tradewire.backtest.fast import run
from tradewire.backtest.funding import read_funding
from tradewire.backtest.market import Funding, Market
from tradewire.backtest.outcome import Outcome
from tradewire.backtest.plan import BadPlan
from tradewire.domain.bars import Bars
from tradewire.domain.signal import Distance, ExitSpec, Size, SizeUnit, Target, Unit
from tradewire.strategies.base import Signals

HOUR = 3_600_000_000_000


def hours(*closes: float, start: int = 0) -> Bars:
    """Bars of an hour whose open is the close before."""
    close = np.array(closes, float)
    opened = np.concatenate((close[:1], close[:-1]))
    ts = start + np.arange(len(close)) * HOUR
    return Bars.checked("X", 3600, ts, opened, np.maximum(opened, close), np.minimum(opened, close), close)


def bought(bars: Bars, market: Market, row: int = 0, **given: Any) -> Outcome:
    never = np.zeros(len(bars), bool)
    return run(bars, Signals(np.arange(len(bars)) == row, never, never, never), market=market, **given)


def test_a_trade_closes_with_the_last_bar_of_its_session() -> None:
    market = Market(session_ends=np.array([3 * HOUR + HOUR // 2]))
    (trade,) = bought(hours(1, 2, 3, 4, 5, 6), market, exits=ExitSpec(session_end=True)).trades
    assert (trade.exit_row, trade.exit_price, trade.exit_reason) == (3, 4.0, "session_end")
    (kept,) = bought(hours(1, 2, 3, 4, 5, 6), market).trades
    assert kept.exit_reason == "end", "only a trade that is to end with the session does"
    late = Market(session_ends=np.array([7 * HOUR]))
    (open_,) = bought(hours(1, 2, 3, 4, 5, 6), late, exits=ExitSpec(session_end=True)).trades
    assert open_.exit_reason == "end", "a session that goes on behind the bars has not ended"


def test_funding_is_paid_on_the_value_at_the_first_open_after_its_moment_by_who_comes_into_that_bar() -> None:
    bars = hours(100, 100, 110, 120, 120)
    market = Market(funding=Funding(np.array([HOUR, 2 * HOUR, 2 * HOUR + 1]), np.array([0.5, 0.01, 0.02])))
    outcome = bought(bars, market, size=Size(D(2), SizeUnit.UNITS))
    (trade,) = outcome.trades
    paid = 2 * 100 * 0.01 + 2 * 110 * 0.02
    assert trade.entry_row == 1, "entered at the open at which 0.5 was due: it did not come into that bar"
    assert trade.funding == pytest.approx(paid)
    assert trade.pnl == pytest.approx(2 * 20 - paid)
    assert outcome.equity[2] == pytest.approx(10_000 + 2 * 10 - 2)
    assert outcome.equity_final == pytest.approx(10_000 + trade.pnl)


def test_parts_of_a_trade_share_its_funding_and_shorts_get_it() -> None:
    bars = hours(100, 100, 100, 90, 80)
    never, first = np.zeros(5, bool), np.arange(5) == 0
    ladder = ExitSpec(targets=tuple(Target(Distance(D(p), Unit.PERCENT)) for p in (10, 20)))
    market = Market(funding=Funding(np.array([2 * HOUR, 4 * HOUR]), np.array([0.01, 0.01])))
    outcome = run(bars, Signals(never, never, first, never), exits=ladder, market=market)
    assert [t.funding for t in outcome.trades] == pytest.approx([-0.5, -0.5 - 0.45])


@pytest.mark.parametrize(
    ("market", "size", "quantity"),
    [
        (Market(qty_step=0.1), "0.39", 0.3),
        (Market(qty_step=0.1), "0.3", 0.3),
        (Market(qty_step=0.1), "0.09", None),
        (Market(min_qty=0.5), "0.4", None),
        (Market(max_qty=0.5), "0.6", None),
        (Market(min_notional=50), "0.4", None),
        (Market(min_notional=50), "0.5", 0.5),
        (Market(qty_step=1000), "1999", 1000.0),
    ],
)
def test_quantities_are_cut_to_the_step_and_never_raised_to_a_minimum(
    market: Market, size: str, quantity: float | None
) -> None:
    outcome = bought(hours(100, 100, 100), market, size=Size(D(size), SizeUnit.UNITS), cash=1e6)
    assert [t.quantity for t in outcome.trades] == ([] if quantity is None else [quantity])
    assert outcome.untradable == (quantity is None)


def test_parts_are_cut_to_the_step_and_the_last_takes_what_is_left() -> None:
    ladder = ExitSpec(targets=tuple(Target(Distance(D(p), Unit.PERCENT)) for p in (1, 2, 3)))
    bars = hours(100, 100, 101.5, 102.5, 104, 104)
    outcome = bought(bars, Market(qty_step=1), exits=ladder, size=Size(D(5), SizeUnit.UNITS))
    assert [t.quantity for t in outcome.trades] == [1.0, 2.0, 2.0]


def test_stops_are_rounded_towards_the_market_and_targets_towards_the_entry() -> None:
    both = ExitSpec(stop=Distance(D(2), Unit.PERCENT), targets=(Target(Distance(D(4), Unit.PERCENT)),))
    for close, price in ((90.0, 97.5), (110.0, 102.5)):
        bars = hours(99, 99, close, close)
        bars.open[2:] = 99
        (trade,) = bought(bars, Market(tick=2.5), exits=both).trades
        assert trade.exit_price == price
    near = ExitSpec(stop=Distance(D(1), Unit.PERCENT))
    assert bought(hours(99, 99, 99), Market(tick=5), exits=near).unmeasured == 1, "it would act at once"


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"qty_step": -1.0}, "qty_step must be a number from 0 on"),
        ({"tick": float("nan")}, "tick must be"),
        ({"min_qty": float("inf")}, "min_qty must be"),
        ({"session_ends": np.array([2, 1])}, "ends of sessions must rise"),
    ],
)
def test_a_market_that_cannot_be(given: dict[str, Any], told: str) -> None:
    with pytest.raises(BadPlan, match=told):
        Market(**given)


def test_what_does_not_fit_the_bars_is_named() -> None:
    with pytest.raises(BadPlan, match="when sessions end"):
        bought(hours(1, 2), Market(), exits=ExitSpec(session_end=True))
    with pytest.raises(BadPlan, match="bars of 3600 s do not lie inside bars of 3600 s"):
        bought(hours(1, 2), Market(inside=hours(1, 2)))


def test_funding_is_read_as_a_rate_or_from_a_file(tmp_path: Path) -> None:
    rate = read_funding("0.01%/8h", 5 * HOUR, 30 * HOUR)
    assert (rate.ts // HOUR).tolist() == [8, 16, 24]
    assert rate.rates.tolist() == [0.0001] * 3
    path = tmp_path / "funding.csv"
    path.write_text("fundingTime,symbol,fundingRate\n1700000000000,X,0.0001\n2023-11-15T06:13:20Z,X,-0.0002\n")
    series = read_funding(str(path), 0, 1)
    assert series.ts.tolist() == [1_700_000_000 * 10**9, 1_700_028_800 * 10**9]
    assert series.rates.tolist() == [0.0001, -0.0002]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("x%/8h", "x is no rate"),
        ("0.01%/8x", "not a timeframe"),
        ("nowhere.csv", "write 0.01%/8h"),
        ("time,price\n1,2\n", "has no column rate"),
        ("time,rate\n1,2\nthen,3\n", "line 3"),
        ("time,rate\n2,2\n1,3\n", "must rise"),
        ("time,rate\n2,nan\n", "not a number"),
    ],
)
def test_funding_that_cannot_be_read_is_named(tmp_path: Path, text: str, told: str) -> None:
    if "\n" in text:
        path = tmp_path / "funding.csv"
        path.write_text(text)
        text = str(path)
    with pytest.raises(BadPlan, match=told):
        read_funding(text, 0, 1)
