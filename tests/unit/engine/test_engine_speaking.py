"""What a strategy's word becomes where it holds something, or will."""

from __future__ import annotations

from functools import partial

import pytest

from tradewire.domain.refusal import Code
from tradewire.domain.signal import CancelPending, Close, Open, Side, Signal
from tradewire.engine.timed.asking import Live, Said
from tradewire.engine.timed.speaking import commands, holding
from tradewire.parsing.render import to_command
from tradewire.strategies.finding import make, read_params
from tradewire.strategies.meaning import ENTER_LONG, ENTER_SHORT, LEAVE_LONG, LEAVE_SHORT
from unit.engine.desk_harness import Desk, refused

CROSS = make("sma-cross")
LIVE = Live(
    name="mine",
    strategy=CROSS,
    params=read_params(type(CROSS), {}),
    warmup=100,
    symbols=("BTCUSDT",),
    timeframe_s=60,
    accounts=(),
    side="both",
    entry=Open(symbol="BTCUSDT", side=Side.BUY),
    at_close=True,
    catch_up=0,
)


@pytest.fixture
def desk() -> Desk:
    return Desk()


def spoken(desk: Desk, code: int) -> tuple[Signal, ...]:
    said = Said(0, code, 100.0, None, None)
    held = partial(holding, {"main": desk.state}, "mine", "BTCUSDT")
    return commands(LIVE, "BTCUSDT", said, held, lambda entry: ["main", "spare"], None)


def test_a_word_closes_what_is_open_and_cancels_what_may_still_come(desk: Desk) -> None:
    desk.opened("buy btc 4u -id mine")
    desk.type("buy btc 2u -id mine")
    (order,) = desk.state.reserved
    cancel, close = spoken(desk, LEAVE_LONG)
    assert cancel == CancelPending(ref=order, destinations=("main",))
    assert close == Close(symbol="BTCUSDT", side=Side.BUY, tag="mine", destinations=("main",))
    assert spoken(desk, LEAVE_SHORT) == ()


def test_an_entry_that_is_held_is_cancelled_by_the_exit_that_follows(desk: Desk) -> None:
    desk.around.ready = False
    desk.type("buy btc 4u -id mine")
    desk.type("buy btc 4u -id other")
    (cancel,) = spoken(desk, LEAVE_LONG)
    decision = desk.type(to_command(cancel).removesuffix(" -e main"))
    assert refused(decision) is Code.NOTHING_TO_CANCEL
    assert [getattr(waiting.signal, "tag", None) for waiting in desk.state.waiting.values()] == ["other"]


def test_an_entry_goes_where_nothing_is_held_or_coming(desk: Desk) -> None:
    assert [signal.destinations for signal in spoken(desk, ENTER_LONG)] == [()]
    desk.type("buy btc 4u -id mine")
    assert [signal.destinations for signal in spoken(desk, ENTER_LONG)] == [("spare",)]
    assert [signal.destinations for signal in spoken(desk, ENTER_SHORT | LEAVE_LONG)] == [("main",), ()]


def test_what_others_hold_is_not_looked_at(desk: Desk) -> None:
    desk.opened("buy btc 4u")
    desk.opened("buy eth 4u -id mine")
    assert spoken(desk, LEAVE_LONG) == ()
