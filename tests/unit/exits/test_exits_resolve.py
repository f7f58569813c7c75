"""From what a person asks for to prices: units, rounding, fractions and the errors."""

from __future__ import annotations

from decimal import Decimal as D

import msgspec
import pytest

from tradewire.domain.instrument import AssetClass, Instrument
from tradewire.domain.signal import Breakeven, Distance, ExitSpec, Level, Side, Target, Trailing, Unit
from tradewire.exits.kernel import NEVER, NOWHERE, SESSION_END, TIME_LIMIT
from tradewire.exits.levels import BadFractions, BadRule, ExitError, NoAtr, NoStop, WrongSide
from tradewire.exits.plan import ExitPlan
from tradewire.exits.resolve import resolve

EURUSD = Instrument(
    symbol="EURUSD",
    asset_class=AssetClass.FX,
    base="EUR",
    quote="USD",
    tick_size=D("0.00001"),
    qty_step=D(1),
    min_qty=D(1),
    pip_size=D("0.0001"),
)
INDEX = Instrument(
    symbol="US500",
    asset_class=AssetClass.INDEX,
    base="US500",
    quote="USD",
    tick_size=D("0.5"),
    qty_step=D(1),
    min_qty=D(1),
    pip_size=D(1),
)


def percent(value: str) -> Distance:
    return Distance(D(value), Unit.PERCENT)


def pips(value: str) -> Distance:
    return Distance(D(value), Unit.PIPS)


def atrs(value: str) -> Distance:
    return Distance(D(value), Unit.ATR)


def rs(value: str) -> Distance:
    return Distance(D(value), Unit.R)


def on_index(spec: ExitSpec, side: Side = Side.BUY, *, atr: str | None = "10", entered: bool = False) -> ExitPlan:
    return resolve(
        spec,
        side,
        D(4000),
        INDEX,
        atr=None if atr is None else D(atr),
        opened_at=1_000_000_000,
        session_end_at=9_000_000_000,
        entered=entered,
    )


@pytest.mark.parametrize(
    ("level", "long", "short"),
    [
        (D("3990.2"), "3990.5", None),  # towards the market: never a bigger loss than asked
        (D("4010.2"), None, "4010"),
        (percent("1"), "3960", "4040"),
        (percent("0.01"), "4000", None),
        (pips("7.3"), "3993", "4007"),
        (atrs("2"), "3980", "4020"),
    ],
)
def test_a_stop_is_rounded_towards_the_market(level: Level, long: str | None, short: str | None) -> None:
    for side, price in ((Side.BUY, long), (Side.SELL, short)):
        if price is None or D(price) == 4000:
            with pytest.raises(WrongSide, match=r"is not (below|above) the entry 4000"):
                on_index(ExitSpec(stop=level), side)
        else:
            assert on_index(ExitSpec(stop=level), side).stop == D(price)


def test_targets_are_rounded_towards_the_entry_and_sorted_nearest_first() -> None:
    asked = (Target(rs("2")), Target(D("4010.7")), Target(pips("5.2")))
    plan = on_index(ExitSpec(stop=D(3990), targets=asked))
    assert [target.price for target in plan.targets] == [D(4005), D("4010.5"), D(4020)]
    short = on_index(ExitSpec(stop=D(4010), targets=(Target(rs("2")), Target(pips("5.2")))), Side.SELL)
    assert [target.price for target in short.targets] == [D(3995), D(3980)]


@pytest.mark.parametrize(
    ("asked", "fractions"),
    [
        ((None,), ["1"]),
        ((None, None, None), ["0.333333", "0.333333", "0.333334"]),
        (("0.5", None, None), ["0.5", "0.25", "0.25"]),
        ((None, "0.5"), ["0.5", "0.5"]),
        (("0.5", "0.2"), ["0.5", "0.2"]),
        (("0.5", "0.5"), ["0.5", "0.5"]),
    ],
)
def test_targets_without_a_fraction_share_what_the_others_leave(
    asked: tuple[str | None, ...], fractions: list[str]
) -> None:
    targets = tuple(Target(pips(str(n + 1)), None if each is None else D(each)) for n, each in enumerate(asked))
    plan = on_index(ExitSpec(targets=targets))
    assert [target.fraction for target in plan.targets] == [D(each) for each in fractions]
    params, state = plan.kernel()
    whole = sum(map(D, fractions)) == 1
    assert params.rules.last == (len(asked) if whole else NEVER)
    assert (state.target, state.rung) == (4001.0, 0)
    assert plan.share(0, 1) == D(fractions[0])


@pytest.mark.parametrize("bad", [("0.6", "0.5"), ("1", None), ("0",), ("-0.1",), ("1.1",)])
def test_targets_cannot_close_more_than_the_trade_or_nothing(bad: tuple[str | None, ...]) -> None:
    targets = tuple(Target(pips(str(n + 1)), None if each is None else D(each)) for n, each in enumerate(bad))
    with pytest.raises(BadFractions):
        on_index(ExitSpec(targets=targets))


def test_a_target_on_the_losing_side_is_refused() -> None:
    with pytest.raises(WrongSide, match="the target 3999 is not above the entry 4000"):
        on_index(ExitSpec(targets=(Target(D(4010)), Target(D(3999)))))
    with pytest.raises(WrongSide, match="the target 4000 is not below the entry 4000"):
        on_index(ExitSpec(targets=(Target(D(4000)),)), Side.SELL)


def test_after_the_fill_jumped_levels_are_kept_and_act_at_the_next_price() -> None:
    plan = on_index(ExitSpec(stop=D(4001), targets=(Target(D(3999)),)), entered=True)
    assert (plan.stop, plan.targets[0].price) == (D(4001), D(3999))


def test_there_can_be_eight_targets() -> None:
    targets = tuple(Target(pips(str(n + 1))) for n in range(9))
    assert len(on_index(ExitSpec(targets=targets[:8])).targets) == 8
    with pytest.raises(BadRule, match="9 targets"):
        on_index(ExitSpec(targets=targets))


@pytest.mark.parametrize(
    ("trailing", "initial", "keep", "gap"),
    [
        (Trailing(percent("2.5")), "3900", 0.975, 0.0),
        (Trailing(pips("30.4")), "3970", 1.0, 30.0),
        (Trailing(atrs("2")), "3980", 1.0, 20.0),
        (Trailing(pips("30"), activation=D(3999)), "3970", 1.0, 30.0),
    ],
)
def test_a_trailing_stop_protects_from_the_entry_on(trailing: Trailing, initial: str, keep: float, gap: float) -> None:
    plan = on_index(ExitSpec(trailing=trailing))
    params, state = plan.kernel()
    assert (plan.stop, plan.initial_stop, state.stop) == (None, D(initial), float(initial))
    assert (params.rules.trail_keep, params.rules.trail_gap) == (keep, gap)
    assert params.rules.given == -NOWHERE


def test_a_short_trailing_stop_is_above_the_best_price() -> None:
    params, state = on_index(ExitSpec(trailing=Trailing(percent("2.5"))), Side.SELL).kernel()
    assert (params.rules.trail_keep, state.stop) == (1.025, -4100.0)


def test_the_tighter_of_stop_and_trailing_stop_stands_first_and_the_stop_measures_r() -> None:
    plan = on_index(ExitSpec(stop=pips("50"), trailing=Trailing(pips("30")), targets=(Target(rs("1")),)))
    assert (plan.stop, plan.initial_stop, plan.targets[0].price) == (D(3950), D(3970), D(4050))
    plan = on_index(ExitSpec(stop=pips("20"), trailing=Trailing(pips("30"))))
    assert plan.initial_stop == D(3980)


def test_r_of_a_trade_with_only_a_trailing_stop_is_the_trailing_distance() -> None:
    plan = on_index(ExitSpec(trailing=Trailing(pips("30")), targets=(Target(rs("2")),)))
    assert (plan.r, plan.targets[0].price) == (D(30), D(4060))


def test_a_trailing_stop_waits_for_its_activation() -> None:
    trailing = Trailing(rs("1"), activation=rs("1.51"), step=percent("0.1"))
    plan = on_index(ExitSpec(stop=pips("10"), trailing=trailing))
    params, state = plan.kernel()
    assert (params.rules.trail_from, params.rules.trail_step, params.rules.trail_gap) == (4015.0, 4.0, 10.0)
    assert state.stop == 3990.0
    assert on_index(ExitSpec(trailing=Trailing(pips("10"), activation=pips("5")))).initial_stop is None


@pytest.mark.parametrize(
    ("breakeven", "even_at", "even_stop", "even_rung"),
    [
        (Breakeven(at=rs("1.01")), 4010.0, 4000.0, NEVER),
        (Breakeven(at=D(4012), offset=pips("1.2")), 4012.0, 4001.5, NEVER),
        (Breakeven(after_target=2), NOWHERE, 4000.0, 2),
    ],
)
def test_breakeven_knows_when_and_where(breakeven: Breakeven, even_at: float, even_stop: float, even_rung: int) -> None:
    spec = ExitSpec(stop=pips("10"), targets=(Target(pips("5")), Target(pips("20"))), breakeven=breakeven)
    rules = on_index(spec).kernel()[0].rules
    assert (rules.even_at, rules.even_stop, rules.even_rung) == (even_at, even_stop, even_rung)


@pytest.mark.parametrize(
    "breakeven",
    [
        Breakeven(),
        Breakeven(after_target=2),
        Breakeven(after_target=0),
        Breakeven(at=D(4000)),
        Breakeven(at=D(4005), offset=pips("5")),
        Breakeven(after_target=1, offset=pips("20")),
    ],
)
def test_a_breakeven_that_cannot_act_or_would_close_at_once_is_refused(breakeven: Breakeven) -> None:
    with pytest.raises(BadRule, match="breakeven"):
        on_index(ExitSpec(targets=(Target(pips("20")),), breakeven=breakeven))


@pytest.mark.parametrize(
    ("spec", "error", "words"),
    [
        (ExitSpec(stop=atrs("2")), NoAtr, "no ATR of US500 is known"),
        (ExitSpec(stop=rs("1")), NoStop, "the stop is measured in R"),
        (ExitSpec(targets=(Target(rs("1")),)), NoStop, "the target is measured in R"),
        (ExitSpec(trailing=Trailing(rs("1"))), NoStop, "the trailing distance is measured in R"),
        (ExitSpec(stop=pips("0")), BadRule, "must be a positive distance, not 0p"),
        (ExitSpec(stop=percent("-1")), BadRule, "must be a positive distance, not -1%"),
        (ExitSpec(trailing=Trailing(percent("100"))), BadRule, "would never act"),
        (ExitSpec(trailing=Trailing(pips("0.4"))), BadRule, "less than one tick"),
    ],
)
def test_exits_that_cannot_be_are_refused_in_plain_words(spec: ExitSpec, error: type[ExitError], words: str) -> None:
    with pytest.raises(error, match=words):
        on_index(spec, atr=None)


def test_the_clock_ends_a_trade_only_where_it_was_asked_to() -> None:
    assert on_index(ExitSpec()).kernel()[0].rules.deadline == NEVER
    limited = on_index(ExitSpec(time_limit_s=7, session_end=True)).kernel()[0].rules
    assert (limited.deadline, limited.late) == (8_000_000_000, TIME_LIMIT)
    session = on_index(ExitSpec(time_limit_s=60, session_end=True)).kernel()[0].rules
    assert (session.deadline, session.late) == (9_000_000_000, SESSION_END)


def test_prices_of_currencies_keep_all_their_digits_through_json() -> None:
    spec = ExitSpec(
        stop=pips("20"),
        targets=(Target(D("1.10333")), Target(pips("50"))),
        trailing=Trailing(percent("0.3"), activation=pips("10")),
        breakeven=Breakeven(after_target=1, offset=pips("0.5")),
        time_limit_s=60,
    )
    plan = resolve(spec, Side.BUY, D("1.10001"), EURUSD, atr=None, opened_at=5)
    assert plan.stop == D("1.09801")
    assert [target.price for target in plan.targets] == [D("1.10333"), D("1.10501")]
    assert plan.breakeven is not None
    assert plan.breakeven.stop == D("1.10006")
    again = msgspec.json.decode(msgspec.json.encode(plan), type=ExitPlan)
    assert again == plan
    assert again.kernel() == plan.kernel()
