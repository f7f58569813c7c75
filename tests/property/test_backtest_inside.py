"""Bars with the bars inside them come to the exits of a run on those bars themselves."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import structs

from property.test_backtest_loop import all_exits
from tradewire.backtest.costs import Costs
from tradewire.backtest.fast import run
from tradewire.backtest.market import Market
from tradewire.backtest.outcome import Outcome
from tradewire.backtest.policy import OPTIMISTIC, PESSIMISTIC, FillPolicy
from tradewire.domain.bars import Bars
from tradewire.domain.signal import Distance, ExitSpec, Target, Unit
from tradewire.exits.kernel import RAISE_AFTER, RAISE_BEFORE, RAISE_CLOSE, RAISE_WORST
from tradewire.strategies.base import Signals

MINUTE = 60_000_000_000
EACH = 4
"""So many bars lie inside one."""


def made(count: int, seed: int, moves: float) -> tuple[Bars, Bars]:
    """Return bars and those inside them, on a coarse grid."""
    rng = np.random.default_rng(seed)
    prices = np.round(100 + np.cumsum(rng.normal(0, moves, (count * EACH, 4)).ravel()) * 0.5, 1).reshape(-1, 4)
    prices = np.maximum(prices, 20.0)
    ts = np.arange(count * EACH) * MINUTE
    inner = Bars.checked("X", 60, ts, prices[:, 0], prices.max(1), prices.min(1), prices[:, 3])
    high, low = inner.high.reshape(-1, EACH).max(1), inner.low.reshape(-1, EACH).min(1)
    outer = Bars.checked("X", 60 * EACH, ts[::EACH], inner.open[::EACH], high, low, inner.close[EACH - 1 :: EACH])
    return outer, inner


def told(outcome: Outcome, each: int) -> list[tuple[object, ...]]:
    return [
        (t.entry_row // each, t.exit_row // each, t.side, t.exit_reason, t.entry_price, t.exit_price, t.quantity)
        for t in outcome.trades
    ]


@settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.integers(2, 30),
    st.integers(0, 2**32),
    st.sampled_from([0.25, 1.0, 4.0]),
    all_exits().map(lambda spec: structs.replace(spec, time_limit_s=None, session_end=False)),
    st.builds(
        replace,
        st.sampled_from([PESSIMISTIC, OPTIMISTIC]),
        at_close=st.booleans(),
        raises=st.sampled_from([RAISE_AFTER, RAISE_BEFORE, RAISE_CLOSE, RAISE_WORST]),
    ),
)
def test_bars_inside_give_the_exits_of_a_run_on_them(
    count: int, seed: int, moves: float, exits: ExitSpec, policy: FillPolicy
) -> None:
    outer, inner = made(count, seed, moves)
    rng = np.random.default_rng(seed + 1)
    flags = rng.random((4, count)) < 0.3
    atr = rng.random(count) + 0.5
    spread = np.zeros((4, count * EACH), bool)
    spread[:, EACH - 1 :: EACH] = flags
    given = {"exits": exits, "policy": policy, "costs": Costs(0.1, 0.05, 0.1), "leverage": 5.0, "pip": 0.1}
    whole = run(outer, Signals(*flags), market=Market(inside=inner), atr=atr, **given)
    known = run(inner, Signals(*spread), atr=np.repeat(atr, EACH), **given)
    assert told(whole, 1) == told(known, EACH)
    assert whole.equity == pytest.approx(known.equity[EACH - 1 :: EACH])


BOTH = ExitSpec(stop=Distance(Decimal(2), Unit.PERCENT), targets=(Target(Distance(Decimal(2), Unit.PERCENT)),))


@pytest.mark.parametrize(("reach", "known"), [(103.0, ("target", 102.0)), (102.9, ("stop", 98.0))])
def test_the_bars_inside_are_asked_only_where_they_reach_as_far_as_the_one_around_them(
    reach: float, known: tuple[str, float]
) -> None:
    outer = Bars.checked("X", 120, np.arange(3) * 2 * MINUTE, [100] * 3, [100, 103, 100], [100, 97, 100], [100] * 3)
    columns = ([100] * 6, [100, 100, reach, 100, 100, 100], [100, 100, 100, 97, 100, 100], [100] * 6)
    inner = Bars.checked("X", 60, np.arange(6) * MINUTE, *columns)
    never = np.zeros(3, bool)
    outcome = run(outer, Signals(np.arange(3) == 0, never, never, never), exits=BOTH, market=Market(inside=inner))
    assert [(t.exit_reason, t.exit_price) for t in outcome.trades] == [known]
