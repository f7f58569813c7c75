"""What a person may change about the exits of an open trade, and what is refused."""

from __future__ import annotations

from decimal import Decimal as D

import pytest

from tradewire.domain.instrument import AssetClass, Instrument
from tradewire.domain.signal import Adjust, Breakeven, Distance, ExitSpec, Side, Target, Trailing, Unit
from tradewire.exits.adjust import adjusted, without_trailing
from tradewire.exits.kernel import NEVER, NOWHERE, State
from tradewire.exits.levels import BadFractions, BadRule, StopLoosened, WrongSide
from tradewire.exits.plan import ExitPlan
from tradewire.exits.resolve import resolve

GOLD = Instrument(
    symbol="XAUUSD",
    asset_class=AssetClass.METAL,
    base="XAU",
    quote="USD",
    tick_size=D("0.1"),
    qty_step=D(1),
    min_qty=D(1),
    pip_size=D("0.1"),
)
SPEC = ExitSpec(
    stop=D(1990),
    targets=(Target(D(2010), D("0.5")), Target(D(2020), D("0.25"))),
    trailing=Trailing(Distance(D(1), Unit.PERCENT), activation=D(2015)),
    breakeven=Breakeven(after_target=2),
)
SHORT_SPEC = ExitSpec(stop=D(2010))


def opened(spec: ExitSpec = SPEC, side: Side = Side.BUY) -> tuple[ExitPlan, State]:
    plan = resolve(spec, side, D(2000), GOLD, atr=None, opened_at=0)
    return plan, plan.kernel()[1]


def change(
    adjust: Adjust, *, after: State | None = None, price: str | None = "2005", loosen: bool = False
) -> tuple[ExitPlan, State]:
    plan, state = opened()
    return adjusted(
        plan,
        after or state,
        adjust,
        instrument=GOLD,
        atr=D(5),
        price=None if price is None else D(price),
        loosen=loosen,
    )


def test_a_tighter_stop_is_set_and_the_rest_stays() -> None:
    plan, state = change(Adjust(stop=D("1995.01")))
    assert (plan.stop, state.stop) == (D("1995.1"), 1995.1)
    assert plan.trail is not None
    assert plan.breakeven is not None
    assert plan.kernel()[1].stop == 1995.1


def test_a_stop_may_be_measured_in_the_trades_own_r() -> None:
    assert change(Adjust(stop=Distance(D("0.5"), Unit.R)))[0].stop == D(1995)


def test_a_stop_may_be_moved_into_profit_but_not_through_the_price() -> None:
    assert change(Adjust(stop=D(2004)))[1].stop == 2004.0
    assert change(Adjust(stop=D(2006)), price=None)[1].stop == 2006.0
    with pytest.raises(WrongSide, match="through a stop at 2005 already"):
        change(Adjust(stop=D(2005)))


def test_a_looser_stop_needs_to_be_asked_for_explicitly() -> None:
    with pytest.raises(StopLoosened, match="1985 would be looser"):
        change(Adjust(stop=D(1985)))
    plan, state = change(Adjust(stop=D(1985)), loosen=True)
    assert state.stop == 1985.0
    assert plan.trail is None
    assert plan.breakeven is None


def test_a_stop_that_has_moved_is_measured_where_it_stands() -> None:
    with pytest.raises(StopLoosened):
        change(Adjust(stop=D(1999)), after=State(2000.0, 2010.0, 0))
    assert change(Adjust(stop=D(2000)), after=State(2000.0, 2010.0, 0))[1].stop == 2000.0


def test_a_looser_stop_keeps_what_the_same_command_sets() -> None:
    trailing, even = Trailing(Distance(D(30), Unit.PIPS)), Breakeven(at=D(2008))
    plan, _ = change(Adjust(stop=D(1985), trailing=trailing, breakeven=even), loosen=True)
    assert plan.trail is not None
    assert plan.trail.distance == D(3)
    assert plan.breakeven is not None
    assert plan.breakeven.at == D(2008)


def test_breakeven_now_moves_the_stop_to_the_entry() -> None:
    plan, state = change(Adjust(breakeven_now=True))
    assert (plan.stop, state.stop) == (D(2000), 2000.0)


def test_breakeven_now_leaves_a_better_stop_alone() -> None:
    plan, state = change(Adjust(breakeven_now=True), after=State(2003.0, 2010.0, 0))
    assert (plan.stop, state.stop) == (D(1990), 2003.0)


def test_breakeven_now_with_an_offset_moves_the_stop_that_far_beyond_the_entry() -> None:
    beyond = Adjust(breakeven_now=True, breakeven=Breakeven(offset=Distance(D(10), Unit.PIPS)))
    plan, state = change(beyond)
    assert (plan.stop, state.stop) == (D(2001), 2001.0)
    assert plan.breakeven == opened()[0].breakeven, "a moment set before stays"
    assert change(beyond, after=State(2003.0, 2010.0, 0))[1].stop == 2003.0
    with pytest.raises(WrongSide, match="through a stop at 2001 already"):
        change(beyond, price="2001")


def test_breakeven_now_is_refused_while_the_trade_is_in_loss() -> None:
    with pytest.raises(WrongSide):
        change(Adjust(breakeven_now=True), price="1999")


def test_new_targets_share_what_is_left_and_start_over() -> None:
    plan, state = change(Adjust(targets=(Target(D(2030)), Target(D(2040)))), after=State(1990.0, 2020.0, 1))
    assert [(each.price, each.fraction) for each in plan.targets] == [(D(2030), D("0.25")), (D(2040), D("0.25"))]
    assert (plan.closed, state) == (D("0.5"), State(1990.0, 2030.0, 0))
    assert plan.kernel()[0].rules.last == 2


def test_new_targets_cannot_close_what_is_closed_already() -> None:
    with pytest.raises(BadFractions, match="25 % of the trade more"):
        change(Adjust(targets=(Target(D(2030), D("0.75")),)), after=State(1990.0, 2020.0, 1))


def test_a_target_that_the_price_has_passed_is_refused() -> None:
    with pytest.raises(WrongSide, match="passed a target at 2004 already"):
        change(Adjust(targets=(Target(D(2004)),)))


@pytest.mark.parametrize(
    ("done", "targets", "after"),
    [
        (0, (D(2030), D(2040)), 2),
        (1, (D(2030), D(2040)), 1),
        (0, (D(2030),), 1),
        (0, (), None),
        (2, (D(2030),), None),
    ],
)
def test_breakeven_after_a_target_counts_on_in_the_new_ones(
    done: int, targets: tuple[D, ...], after: int | None
) -> None:
    new = Adjust(targets=tuple(Target(each) for each in targets))
    plan, state = change(new, after=State(1990.0, NOWHERE, done))
    assert (None if plan.breakeven is None else plan.breakeven.after_target) == after
    assert state.target == (float(targets[0]) if targets else NOWHERE)


def test_breakeven_at_a_price_survives_new_targets() -> None:
    plan, state = change(Adjust(breakeven=Breakeven(at=D(2008), after_target=1)))
    plan, state = adjusted(plan, state._replace(rung=1), Adjust(targets=()), instrument=GOLD, atr=None)
    assert plan.breakeven is not None
    assert (plan.breakeven.at, plan.breakeven.after_target) == (D(2008), None)
    assert plan.kernel()[0].rules.even_rung == NEVER


def test_breakeven_cannot_wait_for_a_target_that_is_done() -> None:
    with pytest.raises(BadRule, match="breakeven after target 1"):
        change(Adjust(breakeven=Breakeven(after_target=1)), after=State(1990.0, 2020.0, 1))


def test_trailing_can_be_set_in_atr_and_switched_off() -> None:
    plan, state = change(Adjust(trailing=Trailing(Distance(D(2), Unit.ATR))))
    assert plan.trail is not None
    assert (plan.trail.distance, state.stop) == (D(10), 1990.0)
    assert without_trailing(plan).kernel()[0].rules.trail_from == NOWHERE


def test_a_short_trade_mirrors_all_of_it() -> None:
    plan, state = opened(SHORT_SPEC, Side.SELL)
    tighter, moved = adjusted(plan, state, Adjust(stop=D("2004.99")), instrument=GOLD, atr=None, price=D(1995))
    assert (tighter.stop, moved.stop) == (D("2004.9"), -2004.9)
    with pytest.raises(StopLoosened):
        adjusted(plan, state, Adjust(stop=D(2011)), instrument=GOLD, atr=None, price=D(1995))
    with pytest.raises(WrongSide):
        adjusted(plan, state, Adjust(stop=D(1995)), instrument=GOLD, atr=None, price=D(1995))
