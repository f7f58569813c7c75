"""One bar or tick against all exits of a trade: what closes, where, and in which order."""

from __future__ import annotations

from typing import Any

import pytest

from tradewire.exits.kernel import (
    NEVER,
    NO_RULES,
    NONE,
    NOWHERE,
    RAISE_AFTER,
    RAISE_BEFORE,
    RAISE_CLOSE,
    RAISE_WORST,
    SESSION_END,
    STOP,
    TARGET,
    TIME_LIMIT,
    WIDTH,
    Rules,
)
from tradewire.exits.ladder import fill_price
from tradewire.exits.limits import earliest
from tradewire.exits.moves import ExitReason, reason_of
from tradewire.exits.step import step

Bar = tuple[float, float, float, float]


def run(
    bar: Bar,
    *,
    stop: float = -NOWHERE,
    targets: tuple[float, ...] = (),
    rung: int = 0,
    now: int = 0,
    stop_first: bool = True,
    raises: int = RAISE_WORST,
    **rules: Any,
) -> tuple[float, float, int, int, float]:
    ladder = targets + (NOWHERE,) * (WIDTH - len(targets))
    all_rules: Rules = NO_RULES._replace(**{"last": len(targets) or NEVER, **rules})
    return step(*bar, now, stop, ladder[rung], rung, all_rules, ladder, 0, stop_first, raises)


def closes(outcome: tuple[float, float, int, int, float]) -> tuple[int, float]:
    return outcome[3], outcome[4]


def test_without_exits_nothing_ever_happens() -> None:
    assert run((100, 200, 1, 150)) == (-NOWHERE, NOWHERE, 0, NONE, 0.0)


@pytest.mark.parametrize(
    ("bar", "price"),
    [
        ((100, 101, 95, 98), 95.0),  # touched: fills at the stop
        ((100, 101, 90, 98), 95.0),  # crossed: fills at the stop
        ((93, 99, 90, 98), 93.0),  # jumped over: fills at the open, which is worse
        ((95, 99, 90, 98), 95.0),
    ],
)
def test_a_stop_fills_where_the_price_first_reaches_it(bar: Bar, price: float) -> None:
    assert closes(run(bar, stop=95.0)) == (STOP, price)


def test_a_low_just_above_the_stop_leaves_the_trade_open() -> None:
    assert run((100, 101, 95.1, 98), stop=95.0)[3] == NONE


def test_targets_are_climbed_one_by_one_and_the_last_closes_the_rest() -> None:
    _, target, rung, reason, _ = run((100, 111, 99, 110), targets=(105.0, 110.0, 120.0))
    assert (target, rung, reason) == (120.0, 2, NONE)
    _, target, rung, reason, price = run((110, 120, 109, 115), targets=(105.0, 110.0, 120.0), rung=2)
    assert (target, rung, reason, price) == (NOWHERE, 3, TARGET, 120.0)


def test_targets_that_leave_a_rest_do_not_close_the_trade() -> None:
    _, target, rung, reason, _ = run((100, 111, 99, 110), targets=(105.0, 110.0), last=NEVER)
    assert (target, rung, reason) == (NOWHERE, 2, NONE)


def test_all_eight_targets_can_be_reached_at_once() -> None:
    targets = tuple(101.0 + n for n in range(8))
    assert run((100, 108, 100, 108), targets=targets)[1:4] == (NOWHERE, 8, TARGET)


def test_a_jumped_target_fills_at_the_better_open() -> None:
    assert closes(run((107, 108, 99, 100), targets=(105.0,), stop=99.5)) == (TARGET, 107)
    assert fill_price(107.0, 105.0) == 107.0
    assert fill_price(100.0, 105.0) == 105.0


def test_what_the_open_has_reached_comes_before_the_stop_inside_the_bar() -> None:
    _, _, rung, reason, price = run((107, 108, 94, 100), targets=(105.0, 120.0), stop=95.0)
    assert (rung, reason, price) == (1, STOP, 95.0)


@pytest.mark.parametrize(("stop_first", "reason", "price"), [(True, STOP, 95.0), (False, TARGET, 105.0)])
def test_stop_and_target_inside_one_bar_follow_the_named_order(stop_first: bool, reason: int, price: float) -> None:
    assert closes(run((100, 106, 94, 100), stop=95.0, targets=(105.0,), stop_first=stop_first)) == (reason, price)


def test_with_targets_first_the_stop_still_takes_the_rest() -> None:
    _, _, rung, reason, price = run((100, 106, 94, 100), stop=95.0, targets=(105.0, 120.0), stop_first=False)
    assert (rung, reason, price) == (1, STOP, 95.0)


def test_the_deadline_closes_at_the_first_price_from_it_on() -> None:
    assert run((100, 106, 94, 100), now=9, deadline=10, late=TIME_LIMIT)[3] == NONE
    assert closes(run((100, 106, 94, 100), now=10, deadline=10, late=TIME_LIMIT)) == (TIME_LIMIT, 100)
    assert closes(run((94, 96, 93, 95), now=10, stop=95.0, deadline=10, late=TIME_LIMIT)) == (STOP, 94)


def test_the_earlier_of_time_limit_and_session_end_counts() -> None:
    assert earliest(None, None)[0] == NEVER
    assert earliest(5, None) == (5, TIME_LIMIT)
    assert earliest(None, 5) == (5, SESSION_END)
    assert earliest(4, 5) == (4, TIME_LIMIT)
    assert earliest(5, 4) == (4, SESSION_END)
    assert earliest(5, 5) == (5, SESSION_END)


TRAIL = {"trail_keep": 0.9, "trail_from": -NOWHERE}


@pytest.mark.parametrize(
    ("raises", "low", "outcome"),
    [
        (RAISE_AFTER, 95.0, (NONE, 0.0)),
        (RAISE_CLOSE, 95.0, (STOP, 108.0)),  # closes at 100, under the stop that its high of 120 has raised to 108
        (RAISE_BEFORE, 95.0, (STOP, 108.0)),
        (RAISE_WORST, 95.0, (STOP, 108.0)),
        (RAISE_BEFORE, 89.0, (STOP, 108.0)),
        (RAISE_WORST, 89.0, (STOP, 90.0)),  # the low may have come before the high: the old stop has it
        (RAISE_AFTER, 89.0, (STOP, 90.0)),
    ],
)
def test_when_the_high_may_raise_the_stop_is_the_fill_policys_choice(
    raises: int, low: float, outcome: tuple[int, float]
) -> None:
    assert closes(run((100, 120, low, 100), stop=90.0, raises=raises, **TRAIL)) == outcome


def test_the_pessimistic_bar_raises_the_stop_at_its_open_and_meets_targets_before_the_raised_stop() -> None:
    # The open of 110 raises the stop to 99, and the low of 95 meets it there, not at the 108 of the high.
    assert closes(run((110, 120, 95, 100), stop=90.0, **TRAIL)) == (STOP, 99.0)
    # On the way to 120 the target of 115 is done; what is left meets the raised stop.
    assert run((100, 120, 95, 100), stop=90.0, targets=(115.0, 130.0), **TRAIL)[1:] == (130.0, 1, STOP, 108.0)


def test_a_bar_that_closes_above_its_raised_stop_leaves_the_trade_open() -> None:
    stop, *_, reason, _ = run((100, 120, 99, 119), stop=90.0, raises=RAISE_CLOSE, **TRAIL)
    assert (stop, reason) == (108.0, NONE)


def test_the_pessimistic_order_tests_the_low_twice_only_when_stops_come_first() -> None:
    outcome = run((100, 120, 99, 119), stop=90.0, targets=(110.0,), stop_first=False, **TRAIL)
    assert closes(outcome) == (TARGET, 110.0)


def test_a_trailing_stop_waits_for_its_activation_and_keeps_its_step() -> None:
    rules = {"trail_gap": 5.0, "trail_from": 110.0, "trail_step": 2.0, "raises": RAISE_AFTER}
    assert run((100, 109.9, 100, 109), stop=90.0, **rules)[0] == 90.0
    assert run((100, 110.0, 100, 109), stop=90.0, **rules)[0] == 105.0
    assert run((110, 111.9, 110, 111), stop=105.0, **rules)[0] == 105.0
    assert run((110, 112.0, 110, 111), stop=105.0, **rules)[0] == 107.0


def test_breakeven_acts_at_its_price() -> None:
    rules = {"even_at": 105.0, "even_stop": 100.5, "raises": RAISE_AFTER}
    assert run((100, 104.9, 100, 104), stop=95.0, **rules)[0] == 95.0
    assert run((100, 105.0, 100, 104), stop=95.0, **rules)[0] == 100.5
    assert run((104, 105.0, 103, 104), stop=102.0, **rules)[0] == 102.0


def test_breakeven_acts_after_its_target_even_a_jumped_one() -> None:
    rules = {"even_stop": 100.0, "even_rung": 1, "targets": (105.0, 120.0)}
    assert run((101, 106, 101, 104), stop=95.0, **rules)[0] == 100.0
    # Opened beyond the target, so the breakeven stop stands before the low comes.
    for raises in (RAISE_AFTER, RAISE_CLOSE, RAISE_BEFORE, RAISE_WORST):
        assert closes(run((106, 107, 99, 104), stop=95.0, raises=raises, **rules)) == (STOP, 100.0)


@pytest.mark.parametrize(
    ("code", "stop", "reason"),
    [
        (STOP, 95.0, ExitReason.STOP),
        (STOP, 100.0, ExitReason.BREAKEVEN),
        (STOP, 101.0, ExitReason.TRAILING),
        (TARGET, 95.0, ExitReason.TARGET),
        (TIME_LIMIT, 95.0, ExitReason.TIME_LIMIT),
        (SESSION_END, 95.0, ExitReason.SESSION_END),
    ],
)
def test_a_stop_is_named_after_what_moved_it(code: int, stop: float, reason: ExitReason) -> None:
    assert reason_of(code, stop, NO_RULES._replace(given=95.0, even_stop=100.0)) is reason
