"""What the kinds do besides what holds for chance: pauses and goes on, ends, words for people."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tradewire.programs.base import Result, State
from tradewire.programs.events import Closed, Ended, Filled, Holdings, Moment, Price, Refused
from tradewire.programs.shipped import kind
from tradewire.programs.slots import SECOND

D = Decimal
BLANK = State(name="a", account="main")
START = 1_767_600_000 * SECOND


class Played:
    """A program of a kind, told one thing after the other."""

    def __init__(self, name: str, **params: Any) -> None:
        self.program = kind(name)
        self.params = self.program.Params.model_validate({"symbol": "btc"} | params)
        self.last: Result[Any] = self.program.start(self.params, BLANK, START)

    def tell(self, *events: Any) -> Result[Any]:
        for event in events:
            self.last = self.program.step(self.params, self.last.state, event)
        return self.last

    @property
    def told(self) -> str:
        return self.program.told(self.params, self.last.state)


def filled(n: int, quantity: float, left: float = 0) -> Filled:
    return Filled(n=n, quantity=D(str(quantity)), price=D(100), left=D(str(left)), ts=START)


def refused(n: int) -> Refused:
    return Refused(n=n, code="insufficient_margin", reason="No money", ts=START)


def closed(n: int, pnl: int) -> Closed:
    return Closed(n=n, reason="stop", pnl=D(pnl), fees=D(0), ts=START)


def test_an_iceberg_pauses_when_a_piece_is_refused_and_says_it_again_when_it_goes_on() -> None:
    one = Played("iceberg", quantity=3, show=2, limit=90, exits="-sl 5%")
    assert one.last.say == ("buy btcusdt 2u -lim 90 -sl 5%",)
    assert one.tell(refused(1)).pause == "a piece was ended: No money"
    assert one.program.interest(one.params, one.last.state).moment == 0, "it waits for the first moment that comes"
    assert one.tell(Moment(START)).say == ("buy btcusdt 2u -lim 90 -sl 5%",)
    assert one.tell(filled(2, 0.5, left=1.5)).say == ()
    assert one.tell(filled(2, 1.5)).say == ("buy btcusdt 1u -lim 90 -sl 5%",)
    assert one.program.finish(one.params, one.last.state) == (f"cancel {one.last.state.order(3)}",)
    assert one.told == "2 of 3 filled"


def test_an_iceberg_whose_piece_somebody_cancels_goes_on_with_what_is_left() -> None:
    one = Played("iceberg", quantity=3, show=2, limit=90)
    one.tell(filled(1, 0.5, left=1.5))
    assert one.tell(Ended(n=1, filled=D("0.5"), reason="cancelled", ts=START)).pause is not None
    assert one.tell(Moment(START)).say == ("buy btcusdt 2u -lim 90",)
    assert one.tell(filled(2, 2)).say == ("buy btcusdt 0.5u -lim 90",)
    assert one.tell(filled(3, 0.5)).done == "3 are filled"


def test_a_twap_tells_what_it_could_not_fill() -> None:
    one = Played("twap", side="sell", quantity=1, duration="2m", slices=2, limit=90)
    now = START
    for n in range(1, 6):
        assert one.tell(Moment(now)).say[0].startswith("sell btcusdt "), n
        one.tell(Ended(n=n, filled=D(0), reason="not filled at once", ts=now))
        now += 60 * SECOND
    assert one.last.state.made == 5
    assert one.tell(Moment(now)).done == "1 of 1 could not be filled: not filled at once"


@pytest.mark.parametrize(
    ("params", "results", "sentence"),
    [
        ({"max_trades": 2}, [1, 1], "its 2 trades are made"),
        ({"max_loss": 25}, [-10, -20], "30 are lost"),
        ({"max_steps": 1}, [-10, -20], "1 raised stakes in a row"),
    ],
)
def test_a_martingale_ends_or_pauses_at_its_caps(params: dict[str, Any], results: list[int], sentence: str) -> None:
    one = Played("martingale", size=20, exits="-sl 1% -tp 1%", **params)
    for n, result in enumerate(results, 1):
        assert one.last.done is None
        one.tell(Moment(START), closed(n, result))
    assert sentence in (one.last.done or one.last.pause or "")


def test_a_sequence_that_alternates_turns_after_a_loss_and_a_refusal_pauses_it() -> None:
    one = Played("fibonacci", size="0.1lot", exits="-sl 1% -tp 1%", side="alternate", wait="1m")
    lines = []
    for n, result in enumerate((-1, -1, 1), 1):
        lines.append(
            one.tell(Moment(START + 60 * n * SECOND)).say[0].split()[::2][0] + " " + one.last.say[0].split()[2]
        )
        assert one.tell(closed(n, result)).state.at == START + 60 * SECOND
    assert lines == ["buy 0.1lot", "sell 0.1lot", "buy 0.2lot"]
    assert one.tell(Moment(START + 600 * SECOND), refused(4)).pause == "a trade was refused: No money"
    assert one.told == "3 trades, 1 won, step 0 of 5, net -1"


def test_a_rebalancing_without_a_price_leaves_that_symbol_alone_and_hears_refusals() -> None:
    program = kind("rebalance")
    params = program.Params.model_validate(
        {"targets": {"btc": 50, "eth": 25}, "schedule": {"every": "interval", "interval": "1h"}}
    )
    state = program.start(params, BLANK, START).state
    holdings = Holdings(equity=D(1000), quantities={"BTCUSDT": D(0), "ETHUSDT": D(0)}, worth={"BTCUSDT": D(100)})
    looked = program.step(params, state, Moment(START + 3600 * SECOND, holdings))
    assert looked.say == ("buy btcusdt 5u",)
    assert program.step(params, looked.state, Moment(START + 3600 * SECOND, holdings)).say == ()
    heard = program.step(params, looked.state, refused(1))
    assert heard.pause is None
    assert program.told(params, heard.state) == "1 looks, 1 mended; BTCUSDT 0 %; last refusal: No money"
    late = program.step(params, heard.state, Moment(START + 9000 * SECOND, holdings))
    assert late.say == (), "half an hour late is too late"


def test_a_grid_leaves_at_its_stop() -> None:
    one = Played("grid", low=90, high=110, levels=3, size="1u", mode="symmetric", stop_above=120, exits="-sl 50%")
    price = Price("BTCUSDT", D(100), D(100), START)
    assert one.tell(price).say == (
        "buy btcusdt 1u -lim 90 -tp 100 -sl 50%",
        "sell btcusdt 1u -lim 110 -tp 100 -sl 50%",
    )
    one.tell(filled(2, 1))
    out = one.tell(Price("BTCUSDT", D(120), D(121), START))
    state = out.state
    assert out.say == (f"cancel {state.order(1)}", f"close {state.trade(1)}", f"close {state.trade(2)}")
    assert out.done == "the price has left the grid, at 120"


@pytest.mark.parametrize(
    ("name", "params", "sentence"),
    [
        ("grid", {"low": 1, "high": 2, "size": 1, "exits": "-tp 3%"}, "has targets"),
        ("grid", {"low": 1, "high": "1.0000001", "size": 1, "levels": 101}, "too close"),
        ("grid", {"low": 1, "high": 2, "size": 1, "stop_below": 1}, "stop_below must be less"),
        ("iceberg", {"quantity": 1, "show": 1, "limit": 5}, "must be less than quantity"),
        ("twap", {"quantity": 1, "duration": "5s", "slices": 10}, "leave a second for each"),
        ("twap", {"quantity": 1, "step": 1, "slices": 2}, "less than the step"),
        ("martingale", {"size": 1, "exits": "-sl 1%"}, "needs a stop and a target"),
    ],
)
def test_parameters_that_contradict_each_other_are_named(name: str, params: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        kind(name).Params.model_validate({"symbol": "btc"} | params)


def test_targets_of_more_than_all_are_refused() -> None:
    with pytest.raises(ValueError, match="add up to 110 %"):
        kind("rebalance").Params.model_validate({"targets": {"btc": 60, "eth": 50}})
