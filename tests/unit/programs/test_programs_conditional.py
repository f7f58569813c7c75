"""Conditions: how they are written, when they hold, and that a program speaks once."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradewire.domain.bars import Bars
from tradewire.programs.base import BarWatch, State
from tradewire.programs.conditional import Conditional, ConditionalParams
from tradewire.programs.conditions import parse_condition
from tradewire.programs.events import BarClosed, Moment, Price, Refused
from tradewire.programs.indicators import bars_needed, value_of
from tradewire.programs.slots import SECOND, ns

D = Decimal
NOW = ns(datetime(2026, 1, 5, 8, tzinfo=UTC))
BLANK = State(name="a", account="main")
PROGRAM = Conditional()


def given_params(*when: str, **more: Any) -> ConditionalParams:
    return ConditionalParams.model_validate({"when": list(when), "commands": ["buy btc 80"]} | more)


def price(value: float, symbol: str = "BTCUSDT") -> Price:
    return Price(symbol, D(str(value)), D(str(value)), NOW)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("btc 60000", "has no operator"),
        ("btc rsi(14) < 30", "needs a timeframe behind rsi"),
        ("btc rsx(14) 1h < 30", "is no figure of a bar"),
        ("btc rsi(1) 1h < 30", "a length is from 2"),
        ("btc > sma(20)", "is no price"),
        ("btc price 1h > 5", "a price has no timeframe"),
        ("btc close 1x > 5", "is not a timeframe"),
        ("time >= tomorrow", "is no moment"),
        ("time >= 2026-12-01T09:00", "has no time zone"),
        ("time crosses-above 2026-12-01T09:00Z", "a time is written"),
        ("> 5", "cannot be read"),
    ],
)
def test_what_cannot_be_read_is_named(text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence.replace("(", r"\(")):
        parse_condition(text)


def test_a_price_fires_once_and_it_is_done_a_minute_later() -> None:
    params = given_params("btc >= 60000")
    state = PROGRAM.start(params, BLANK, NOW).state
    low = PROGRAM.step(params, state, price(59_999))
    assert low.say == ()
    fired = PROGRAM.step(params, low.state, price(60_000))
    assert fired.say == ("buy btc 80",)
    assert PROGRAM.step(params, fired.state, price(61_000)).say == ()
    end = PROGRAM.interest(params, fired.state).moment
    assert end == NOW + 60 * SECOND
    assert PROGRAM.step(params, fired.state, Moment(end)).done == "fired: btc >= 60000"


def test_a_refusal_pauses_it_and_it_looks_anew() -> None:
    params = given_params("btc > 5")
    fired = PROGRAM.step(params, PROGRAM.start(params, BLANK, NOW).state, price(6))
    refused = PROGRAM.step(params, fired.state, Refused(n=1, code="margin", reason="No money.", ts=NOW))
    assert refused.pause == "what it said was refused: No money."
    assert PROGRAM.step(params, refused.state, price(6)).say == ("buy btc 80",)


def test_times_and_the_end() -> None:
    params = given_params("time >= 2026-01-05T09:00Z", "btc < 5", expires="2026-01-05T10:00:00Z")
    state = PROGRAM.start(params, BLANK, NOW).state
    assert PROGRAM.interest(params, state).moment == NOW + 3600 * SECOND
    state = PROGRAM.step(params, state, Moment(NOW + 3600 * SECOND)).state
    assert PROGRAM.step(params, state, price(4)).say == ("buy btc 80",)
    assert PROGRAM.interest(params, state).moment == NOW + 7200 * SECOND
    assert PROGRAM.step(params, state, Moment(NOW + 7200 * SECOND)).done == "it has expired"


def test_indicators_and_volume_come_with_bars() -> None:
    params = given_params("btc rsi(14) 1h crosses-below 30", "btc volume 1h > 1000", "btc close 1m > sma(3)")
    assert set(PROGRAM.bars(params)) == {
        BarWatch("BTCUSDT", 3600, ("rsi(14)", "volume")),
        BarWatch("BTCUSDT", 60, ("close", "sma(3)")),
    }
    state = PROGRAM.start(params, BLANK, NOW).state

    def bar(width: int, **values: int) -> BarClosed:
        told = {name.replace("_", "(") + ")" if "_" in name else name: D(value) for name, value in values.items()}
        return BarClosed(symbol="BTCUSDT", timeframe_s=width, ts=NOW, values=told)

    for event in (bar(3600, rsi_14=25, volume=2000), bar(60, close=5, sma_3=4), bar(3600, rsi_14=35, volume=2000)):
        result = PROGRAM.step(params, state, event)
        assert result.say == (), "it was never above the line before"
        state = result.state
    assert PROGRAM.step(params, state, bar(3600, rsi_14=29, volume=900)).say == ()
    assert PROGRAM.step(params, state, bar(3600, rsi_14=29, volume=2000)).say == ("buy btc 80",)


OPERATORS = st.sampled_from(["<", "<=", ">", ">=", "crosses-above", "crosses-below"])


@given(
    st.lists(st.tuples(OPERATORS, st.integers(95, 105)), min_size=1, max_size=3),
    st.sampled_from(["all", "any"]),
    st.lists(st.integers(90, 110), min_size=1, max_size=40),
)
def test_it_speaks_at_the_first_price_at_which_they_hold_although_it_sleeps_between(
    conditions: list[tuple[str, int]], match: str, prices: list[int]
) -> None:
    params = given_params(*(f"btc {operator} {line}" for operator, line in conditions), match=match)
    state = PROGRAM.start(params, BLANK, NOW).state
    fired = None
    for index, value in enumerate(prices):
        band = PROGRAM.interest(params, state).prices.get("BTCUSDT")
        if fired is None and band is not None and band.is_left(D(value), D(value)):
            result = PROGRAM.step(params, state, price(value))
            state, fired = result.state, index if result.say else None
    assert fired == first_of(conditions, match, prices)


def first_of(conditions: list[tuple[str, int]], match: str, prices: list[int]) -> int | None:
    """Look at every price, without any sleep."""
    crossed = [False] * len(conditions)
    for index, value in enumerate(prices):
        holds = []
        for number, (operator, line) in enumerate(conditions):
            before = prices[index - 1] if index else None
            match operator:
                case "crosses-above":
                    crossed[number] = value > line and (crossed[number] or (before is not None and before <= line))
                    holds.append(crossed[number])
                case "crosses-below":
                    crossed[number] = value < line and (crossed[number] or (before is not None and before >= line))
                    holds.append(crossed[number])
                case _:
                    holds.append(
                        {"<": value < line, "<=": value <= line, ">": value > line, ">=": value >= line}[operator]
                    )
        if all(holds) if match == "all" else any(holds):
            return index
    return None


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        ("close", 10),
        ("volume", 100),
        ("sma(3)", 9),
        ("highest(3)", 10.5),
        ("lowest(3)", 5.5),
        ("rsi(4)", 100),
        ("atr(3)", 1.5),
    ],
)
def test_figures_of_the_last_bar(term: str, expected: float) -> None:
    close = np.arange(1.0, 11.0)
    ts = np.arange(10) * 60 * SECOND
    bars = Bars.checked("BTCUSDT", 60, ts, close, close + 0.5, close - 0.5, close, close * 10)
    found = value_of(term, bars)
    expected = {"highest(3)": 9.5, "lowest(3)": 6.5}.get(term, expected)
    assert found == D(str(expected))
    assert value_of(term, bars.part(0, 1)) is None
    assert bars_needed(term) >= 1
