"""Timetables by the clock of a place, and the programs that go by them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tradewire.programs.base import Result, State
from tradewire.programs.dca import Dca, DcaParams
from tradewire.programs.events import Filled, Moment, Refused
from tradewire.programs.scheduled import Scheduled, ScheduledParams
from tradewire.programs.slots import SECOND, Timetable, following, ns
from tradewire.programs.timed import TimedState

BLANK = State(name="a", account="main")


def at(text: str) -> int:
    return ns(datetime.fromisoformat(text).replace(tzinfo=UTC))


def moments(table: Timetable, after: str, count: int) -> list[str]:
    found, moment = [], at(after)
    for _ in range(count):
        slot = following(table, moment, at(after))
        if slot is None:
            return found
        found.append(f"{datetime.fromtimestamp(slot / SECOND, UTC):%m-%d %H:%M}")
        moment = slot
    return found


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ({"every": "daily", "at": "08:00"}, ["03-28 08:00", "03-29 08:00", "03-30 08:00"]),
        ({"every": "daily", "at": "08:00", "zone": "Europe/London"}, ["03-28 08:00", "03-29 07:00", "03-30 07:00"]),
        ({"every": "daily", "at": "01:30", "zone": "Europe/London"}, ["03-28 01:30", "03-29 01:30", "03-30 00:30"]),
        ({"every": "weekly", "days": ["mon", "fri"], "at": "12:00"}, ["03-30 12:00", "04-03 12:00", "04-06 12:00"]),
        ({"every": "monthly", "day": 31, "at": "00:00"}, ["03-31 00:00", "04-30 00:00", "05-31 00:00"]),
        ({"every": "interval", "interval": "6h"}, ["03-28 06:00", "03-28 12:00", "03-28 18:00"]),
        ({"every": "once", "begin": "2026-04-01T09:30:00+02:00"}, ["04-01 07:30"]),
        ({"every": "daily", "at": "08:00", "expires": "2026-03-30T08:00:00Z"}, ["03-28 08:00", "03-29 08:00"]),
        (
            {"every": "daily", "at": "08:00", "begin": "2026-06-01T00:00:00Z"},
            ["06-01 08:00", "06-02 08:00", "06-03 08:00"],
        ),
    ],
    ids=str,
)
def test_slots_follow_the_clock_of_the_place(table: dict[str, Any], expected: list[str]) -> None:
    assert moments(Timetable.model_validate(table), "2026-03-28T00:00:00", 3) == expected


def test_a_time_that_the_clocks_show_twice_is_one_slot() -> None:
    table = Timetable.model_validate({"every": "daily", "at": "01:30", "zone": "Europe/London"})
    assert moments(table, "2026-10-24T12:00:00", 2) == ["10-25 00:30", "10-26 01:30"]


def dca(**params: Any) -> tuple[Dca, DcaParams, TimedState]:
    program, given = Dca(), DcaParams.model_validate({"symbol": "btc", "size": 80} | params)
    return program, given, program.start(given, BLANK, at("2026-03-28T00:00:00")).state


def test_a_slot_that_was_missed_by_too_much_is_left_out_and_by_little_made_up_for() -> None:
    program, params, state = dca(schedule={"every": "daily", "at": "09:00", "late": "10m"})
    late = program.step(params, state, Moment(at("2026-03-28T09:10:00")))
    assert late.say == ("buy btcusdt 80",)
    missed = program.step(params, state, Moment(at("2026-03-28T09:10:01")))
    assert (missed.say, missed.state.missed) == ((), 1)
    assert missed.state.slot == late.state.slot == at("2026-03-29T09:00:00")


def test_what_is_refused_does_not_count_and_is_not_tried_before_the_next_slot() -> None:
    program, params, state = dca(schedule={"every": "interval", "interval": "1h"}, max_trades=1)
    said = program.step(params, state, Moment(at("2026-03-28T01:00:00"))).state
    refused = program.step(params, said, Refused(n=1, code="margin", reason="No money.", ts=0))
    assert refused.say == ()
    again = program.step(params, refused.state, Moment(at("2026-03-28T01:30:00")))
    assert again == Result(refused.state), "nothing between two slots"
    assert program.step(params, refused.state, Moment(at("2026-03-28T02:00:00"))).say == ("buy btcusdt 80",)


def test_it_is_done_with_the_sum_that_was_set() -> None:
    program, params, state = dca(max_invested=100)
    fills = [
        Filled(n=n, quantity=params.max_invested / 100, price=params.max_invested / 2, left=0, ts=0) for n in (1, 2)
    ]  # type: ignore
    first = program.step(params, state, fills[0])
    assert first.done is None
    assert program.step(params, first.state, fills[1]).done == "100 of 100 are invested"


def test_once_is_done_a_minute_after_and_tells_why_nothing_came_of_it() -> None:
    program = Scheduled()
    schedule = {"every": "once", "begin": "2026-03-28T00:00:00Z"}
    params = ScheduledParams.model_validate({"command": "close btc", "schedule": schedule})
    now = at("2026-03-28T00:01:00")
    state = program.start(params, BLANK, now).state
    said = program.step(params, state, Moment(now))
    assert said.say == ("close btc",)
    refused = program.step(params, said.state, Refused(n=1, code="nothing_to_close", reason="Nothing is open", ts=0))
    end = program.interest(params, refused.state).moment
    assert end is not None
    assert program.step(params, refused.state, Moment(end)).done == "no slot is left; the last refusal: Nothing is open"


@pytest.mark.parametrize(
    ("kind", "params", "sentence"),
    [
        (DcaParams, {"symbol": "btc", "size": "x"}, "is no size|cannot be read"),
        (DcaParams, {"symbol": "btc", "size": 80, "exits": "-lim 5"}, "write exits alone"),
        (DcaParams, {"symbol": "btc", "size": 80, "exits": "-tls 5%"}, "did you mean '-tsl'"),
        (DcaParams, {"symbol": "btc", "size": 80, "exits": "; close all"}, "cannot be read|holds more"),
        (DcaParams, {"symbol": "btc", "size": 80, "schedule": {"zone": "Mars/Base"}}, "is not a time zone"),
        (DcaParams, {"symbol": "btc", "size": 80, "schedule": {"every": "once"}}, "needs `begin`"),
        (DcaParams, {"symbol": "btc", "size": 80, "schedule": {"every": "interval", "interval": "5s"}}, "a minute"),
        (ScheduledParams, {"command": "flatten"}, "for you alone"),
        (ScheduledParams, {"command": "buy btc 1 -e other"}, "its own `account`"),
        (ScheduledParams, {"command": "buy btc 1; sell eth 1"}, "holds 2 commands"),
        (ScheduledParams, {"command": "hello"}, "cannot be read"),
    ],
)
def test_parameters_that_cannot_work_are_named(kind: type[DcaParams], params: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        kind.model_validate(params)
