"""One strategy, two lanes: the loop over bars and the whole engine on a path of prices come to the same trades."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tradewire.backtest.costs import Costs
from tradewire.backtest.exact.dealing import Dealing
from tradewire.backtest.exact.lane import Exact, Money
from tradewire.backtest.exact.lane import run as exact_run
from tradewire.backtest.exact.recording import Part
from tradewire.backtest.fast import run as fast_run
from tradewire.backtest.outcome import Closed, Outcome
from tradewire.backtest.policy import FillPolicy
from tradewire.domain.bars import Bars
from tradewire.domain.signal import Open
from tradewire.parsing.reader import read_text
from tradewire.strategies.base import Signals

MINUTE = 60_000_000_000
CASH = 1e6
LEVERAGE = 20.0


class Case(NamedTuple):
    bars: Bars
    signals: Signals
    size: str
    flags: str
    at_close: bool
    costs: Costs
    atr: Any


quarters = st.integers(1, 24).map(lambda n: f"{n / 4:g}")
distances = st.builds("{}{}".format, quarters, st.sampled_from(["%", "%", "p", "atr"]))
lengths = distances | st.integers(1, 4).map(lambda n: f"{n}r")


@st.composite
def all_flags(draw: st.DrawFn) -> str:
    """Exits as a person writes them. No trailing stop in steps: along a ladder it sees more prices than a bar has."""
    flags = []
    if draw(st.booleans()):
        flags.append(f"-sl {draw(distances)}")
    targets = draw(st.lists(lengths, max_size=3))
    if targets:
        whole = draw(st.booleans())
        shares = {1: ["100%"], 2: ["50%", "50%"], 3: ["20%", "30%", "50%"]}[len(targets)]
        parts = shares if whole else [f"{10 * (n + 1)}%" for n in range(len(targets))]
        flags.append("-tp " + ",".join(f"{level}@{part}" for level, part in zip(targets, parts, strict=True)))
    if draw(st.booleans()):
        distance = draw(distances | st.sampled_from(["0.7r", "1.3r", "2.1r"]))  # 1r would begin at the stop itself
        flags.append(f"-tsl {distance}" + draw(st.just("") | lengths.map(lambda level: f"@{level}")))
    if draw(st.booleans()):
        after = f"tp{draw(st.integers(1, len(targets)))}" if targets and draw(st.booleans()) else draw(lengths)
        flags.append(f"-be {after}")
    if draw(st.booleans()):
        flags.append(f"-for {draw(st.integers(1, 15))}m")
    return " ".join(flags)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Bars with gaps in price and time; no two prices are alike, so that no level is met by rounding alone.

    Costs are small beside the nearest stop: one within them would be refused, and the fast lane has no such rule.
    """
    count = draw(st.integers(2, 60))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    moves = draw(st.sampled_from([0.25, 1.0, 3.0]))
    prices = np.maximum(100 + np.cumsum(rng.normal(0, moves, (count, 4)).ravel()).reshape(count, 4) * 0.5, 30.0)
    prices += rng.random((count, 4)) * 1e-3
    ts = np.cumsum(rng.integers(1, 3, count) if draw(st.booleans()) else np.ones(count, np.int64)) * MINUTE
    bars = Bars.checked("X", 60, ts, prices[:, 0], prices.max(1), prices.min(1), prices[:, 3])
    sides = np.array(draw(st.sampled_from([(1, 1, 0, 0), (0, 0, 1, 1), (1, 1, 1, 1)])), bool)[:, None]
    flags = (rng.random((4, count)) < draw(st.sampled_from([0.05, 0.2, 0.5]))) & sides
    own = np.where(rng.random(count) < 0.5, rng.integers(1, 5, count).astype(float), np.nan)
    atr = np.where(rng.random(count) < 0.9, rng.random(count) + 0.5, np.nan)
    signals = Signals(
        *flags, size=own if draw(st.booleans()) else None, stop_distance=own if draw(st.booleans()) else None
    )
    size = draw(st.sampled_from(["1u", "2.5u", "500", "risk 1%"]))
    costs = draw(st.sampled_from([Costs(), Costs(0.1), Costs(0.1, 0.005, 0.02)]))
    return Case(bars, signals, size, draw(all_flags()), draw(st.booleans()), costs, atr)


def fast_of(case: Case) -> Outcome | None:
    """Return the fast lane's outcome; None where the command cannot be read, or the exits cannot be."""
    reading = read_text(f"buy x {case.size} {case.flags}")
    if not isinstance(reading, tuple) or not isinstance(signal := reading[0], Open) or signal.size is None:
        return None
    return fast_run(
        case.bars,
        case.signals,
        exits=signal.exits,
        policy=FillPolicy(at_close=case.at_close),
        costs=case.costs,
        size=signal.size,
        cash=CASH,
        leverage=LEVERAGE,
        pip=1.0,
        atr=case.atr,
    )


def exact_of(case: Case) -> Exact:
    return exact_run(
        case.bars,
        case.signals,
        size=case.size,
        flags=case.flags,
        at_close=case.at_close,
        dealing=Dealing(case.costs.half_spread, case.costs.slippage_percent / 100, paid_at_fills=True),
        money=Money(CASH, case.costs.fee_percent, LEVERAGE),
        pip=1.0,
        atr=case.atr,
    )


Close = tuple[int, int, int, str, float, float, float, float, float]


def of_part(part: Part) -> Close:
    said = (part.entry_row, part.exit_row, part.side, part.reason)
    return *said, part.entry_price, part.exit_price, part.quantity, part.fees, part.pnl


def of_row(row: Closed) -> Close:
    said = (row.entry_row, row.exit_row, 1 if row.side == "long" else -1, row.exit_reason)
    return *said, row.entry_price, row.exit_price, row.quantity, row.fees, row.pnl


def together(rows: Iterable[Close]) -> list[Close]:
    """Return closes of one trade at one price as one: an open beyond two targets is one order or two."""
    found = []
    for key, parts in groupby(rows, key=lambda row: (*row[:5], round(row[5], 7))):
        quantity, fees, pnl = map(sum, zip(*(part[6:] for part in parts), strict=True))
        found.append((*key, quantity, fees, pnl))
    return found


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(cases())
def test_both_lanes_come_to_the_same_trades(case: Case) -> None:
    known = fast_of(case)
    if known is None:
        return
    exact = exact_of(case)
    ours, theirs = together(map(of_part, exact.parts)), together(map(of_row, known.trades))
    assert [row[:4] for row in ours] == [row[:4] for row in theirs]
    for one, other in zip(ours, theirs, strict=True):
        assert one[4:6] == pytest.approx(other[4:6], abs=1e-9)
        assert one[6:] == pytest.approx(other[6:], rel=1e-9, abs=1e-6)
    assert exact.equity == pytest.approx(known.equity, abs=1e-5)
