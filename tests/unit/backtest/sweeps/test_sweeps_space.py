"""What somebody writes becomes combinations in a fixed order; what cannot be is told with the nearest name."""

from __future__ import annotations

import numpy as np
import pytest
from sweep_samples import sweep

from tradewire.backtest.request import BadRequest
from tradewire.backtest.sweeps.conditions import met
from tradewire.backtest.sweeps.space import Space, read_axes, space_of
from tradewire.backtest.sweeps.written import values_of


def space(*given: str, where: tuple[str, ...] = (), strategy: str = "sma-cross") -> Space:
    return space_of(sweep("none.csv", *given, where=where, strategy=strategy))


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("5:20:5", ["5", "10", "15", "20"]),
        ("5:19:5", ["5", "10", "15"]),
        ("1:3", ["1", "2", "3"]),
        ("0.1:0.3:0.1", ["0.1", "0.2", "0.3"]),
        ("1%:2%:0.5%", ["1%", "1.5%", "2%"]),
        ("10p:30:10", ["10p", "20p", "30p"]),
        ("90:110:10", ["90", "100", "110"]),
        ("7:7:1", ["7"]),
        ("1%, 2% ,none", ["1%", "2%", "none"]),
        ("2%@50%,4%|3%", ["2%@50%,4%", "3%"]),
        ("20", ["20"]),
    ],
)
def test_values_are_read(text: str, values: list[str]) -> None:
    assert values_of("x", text) == values


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("50:5:5", "is empty: it goes from 50 up to 5"),
        ("5:50:0", "the step must be more than nothing"),
        ("5:50:-5", "the step must be more than nothing"),
        ("a:b:c", "is no range"),
        ("1%:3p:1", "mixes % and p"),
        ("1,,2", "has an empty place"),
        ("", "has an empty place"),
        ("1,2,1", "1 is there twice"),
        ("0:10000000:1", "take a larger step"),
    ],
)
def test_values_that_cannot_be_are_told(text: str, told: str) -> None:
    with pytest.raises(BadRequest, match=told):
        values_of("x", text)


def test_the_last_axis_turns_fastest_and_ways_turn_inside_points() -> None:
    made = space("fast=5,10", "sl=1%,2%", "slow=20,30", "side=long,short")
    listed = [tuple(made.values(number).values()) for number in range(len(made))]
    assert [axis.name for axis in made.axes] == ["fast", "slow", "sl", "side"]
    assert listed[:5] == [
        (5, 20, "1%", "long"),
        (5, 20, "1%", "short"),
        (5, 20, "2%", "long"),
        (5, 20, "2%", "short"),
        (5, 30, "1%", "long"),
    ]
    assert len(set(listed)) == len(made) == 16


def test_conditions_and_the_strategy_itself_leave_combinations_out() -> None:
    made = space("fast=10:40:10", "slow=20:40:10", where=("slow>=2*fast",))
    kept = [tuple(made.values(number).values()) for number in range(len(made))]
    assert kept == [(10, 20), (10, 30), (10, 40), (20, 40)]
    assert made.refused == 0
    unsaid = space("fast=10:40:10", "slow=20:40:10")
    assert (len(unsaid), unsaid.refused) == (6, 6)
    assert "must be less than slow" in unsaid.refusal
    assert len(space("sl=1%,2%,3%", "tp=2%,4%", where=("sl<tp",))) == 4
    assert len(space("fast=10:40:10", "slow=100", where=("fast*4<slow",))) == 2, "what is fixed has a name too"


def test_places_lead_to_numbers_and_back() -> None:
    made = space("fast=10:40:10", "slow=20:40:10", "sl=1%,2%")
    numbers = np.arange(len(made))
    assert made.numbers(made.places(numbers)).tolist() == numbers.tolist()
    outside = np.array([[0, 3, -1, 0], [0, 0, 0, 3], [0, 0, 0, 0]])
    assert made.numbers(outside).tolist() == [0, -1, -1, -1]
    assert space().places(np.array([0])).shape == (0, 1)
    assert len(space()) == 1, "nothing varies: one combination"


@pytest.mark.parametrize(
    ("given", "where", "told"),
    [
        (("fats=1,2",), (), r"no parameter 'fats' \(nearest: fast\)"),
        (("fast=0,5",), (), "fast = 0: "),
        (("fast=x,5",), (), "fast = x: "),
        (("fast=5,10", "fast=20"), (), "fast is given twice"),
        (("sl=1%,abc",), (), "sl: abc"),
        (("side=long,up",), (), "side: up"),
        (("fast=50,60", "slow=20,30"), (), "no combination is left: the strategy refuses each"),
        (("fast=5,10",), ("fast>slow",), "no combination is left: none meets fast>slow"),
        (("fast=5,10",), ("fats<slow",), "did you mean fast"),
        (("fast=5,10",), ("fast",), "is no condition"),
        (("fast=5,10",), ("fast<abs(slow)",), "nothing is called 'abs'"),
        (("fast=5,10", "sl=1%,2%"), ("fast<sl",), "stay among themselves"),
        (("sl=1%,none",), ("sl<2",), "sl is None, which is no number"),
        (("sl=30p,40p",), (), "how large a pip is"),
        (("lane=exact",), (), "has no parameter 'lane'"),
    ],
)
def test_what_cannot_be_is_told(given: tuple[str, ...], where: tuple[str, ...], told: str) -> None:
    with pytest.raises(BadRequest, match=told):
        space(*given, where=where)


def test_an_unknown_strategy_is_told_with_the_nearest() -> None:
    with pytest.raises(BadRequest, match="sma-cross"):
        read_axes("sma-cros", [])


def test_a_condition_is_never_run_as_code() -> None:
    for text in ("__import__('os')<1", "fast.real<1", "(lambda: 1)()<2", "[1]<2", "fast<'x'"):
        with pytest.raises(BadRequest):
            met(text, {"fast": np.arange(3)})
    assert met("1<fast<=2", {"fast": np.arange(4)}).tolist() == [False, False, True, False]
