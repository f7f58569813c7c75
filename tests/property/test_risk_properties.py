"""What holds for every size, price and account."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tradewire.domain.plan import Approved, Plan, Reduction, Refused
from tradewire.domain.policy import Sizing
from tradewire.domain.refusal import Code
from tradewire.domain.signal import Distance, ExitSpec, OrderType, Side, Size, SizeUnit, Target, Unit
from tradewire.domain.values import (
    Amount,
    VolatilitySize,
    parse_amount,
    parse_duration,
    parse_level,
    parse_size_rule,
    parse_target,
    write_amount,
    write_duration,
    write_level,
    write_size,
    write_target,
)
from tradewire.risk.allocator import allocate
from tradewire.risk.closing import reduce
from tradewire.risk.gate import ORDER, check, rules_of
from tradewire.risk.planner import plan
from tradewire.risk.profile import RiskProfile
from unit.risk.risk_fakes import ACCOUNT, BTC, D, View, buy, planned, quote

LOOSE = RiskProfile.model_validate(
    {"name": "loose", "decimal_slip": False}
    | dict.fromkeys(("max_entry_distance", "max_stop_distance", "max_target_distance", "max_spread", "max_leverage"))
)


def numbers(low: str, high: str, places: int = 4) -> st.SearchStrategy[Decimal]:
    return st.decimals(min_value=low, max_value=high, places=places, allow_nan=False, allow_infinity=False)


sides = st.sampled_from(Side)
steps = st.sampled_from([D("0.001"), D("0.01"), D("0.5"), D(1), D("0.003")])
positive = numbers("0.0001", "1000000")


def view_of(equity: Decimal, step: Decimal, rate: Decimal, multiplier: Decimal) -> View:
    instrument = replace(
        BTC, qty_step=step, min_qty=step, max_qty=None, min_notional=D(0), quote="USD", multiplier=multiplier
    )
    return View(instrument=instrument, equity=equity, rates={("USD", "USDT"): rate})


@given(
    side=sides,
    percent=numbers("0.01", "100", 2),
    equity=numbers("1", "10000000", 2),
    distance=numbers("0.1", "50000", 1),
    step=steps,
    rate=numbers("0.0001", "1000"),
    multiplier=st.sampled_from([D(1), D("0.1"), D(100)]),
)
def test_a_risk_loses_at_most_its_percentage_at_the_stop(
    side: Side, percent: Decimal, equity: Decimal, distance: Decimal, step: Decimal, rate: Decimal, multiplier: Decimal
) -> None:
    entry = D(60000) if side is Side.BUY else D(59990)
    signal = buy(
        side=side, size=Size(percent, SizeUnit.RISK_PERCENT), exits=ExitSpec(stop=entry - side.sign * distance)
    )
    made = plan(signal, "s", ACCOUNT, view_of(equity, step, rate, multiplier), LOOSE)
    if isinstance(made, Refused):
        assert made.refusal.code is Code.BELOW_MINIMUM
        return
    assert made.risk is not None
    assert made.risk <= equity * percent / 100
    assert made.quantity % step == 0
    one_more = (made.quantity + step) * distance * multiplier * rate
    assert one_more > equity * percent / 100 * (1 - D("1E-20"))


@given(unit=st.sampled_from(SizeUnit), value=numbers("0.0001", "100000"), step=steps, rate=numbers("0.001", "100"))
def test_no_size_is_ever_more_than_was_asked(unit: SizeUnit, value: Decimal, step: Decimal, rate: Decimal) -> None:
    equity = D(10000)
    signal = buy(size=Size(value, unit), exits=ExitSpec(stop=D(50000)))
    made = plan(signal, "s", ACCOUNT, view_of(equity, step, rate, D(1)), LOOSE)
    if isinstance(made, Refused):
        assert made.refusal.code is Code.BELOW_MINIMUM
        return
    asked = {
        SizeUnit.QUOTE: (made.value, value),
        SizeUnit.EQUITY_PERCENT: (made.value, equity * value / 100),
        SizeUnit.RISK_PERCENT: (made.risk or D(0), equity * value / 100),
        SizeUnit.UNITS: (made.quantity, value),
        SizeUnit.LOTS: (made.quantity, value),
    }
    got, wanted = asked[unit]
    assert got <= wanted
    assert made.quantity % step == 0
    assert made.quantity >= step


@given(value=numbers("0.001", "1000"), cap=numbers("0.001", "1000"), multiplier=numbers("0.01", "10", 2))
def test_the_cap_is_never_passed(value: Decimal, cap: Decimal, multiplier: Decimal) -> None:
    sizing = Sizing(multiplier=multiplier, cap=Size(cap, SizeUnit.UNITS))
    profile = RiskProfile(sizing=sizing)
    made = plan(buy(size=Size(value, SizeUnit.UNITS)), "s", ACCOUNT, view_of(D(1), D("0.001"), D(1), D(1)), profile)
    if isinstance(made, Plan):
        assert made.quantity <= min(cap, value * multiplier)


@given(
    liquidity=numbers("-1000", "1000000", 2),
    available=numbers("-1000", "1000000", 2),
    reserved=numbers("0", "0.99", 2),
    slots=st.integers(1, 100),
    cap=st.none() | numbers("0.01", "100000", 2),
)
def test_the_allocator_stays_within_its_bounds(
    liquidity: Decimal, available: Decimal, reserved: Decimal, slots: int, cap: Decimal | None
) -> None:
    margin = allocate(liquidity, available, reserved=reserved, slots=slots, cap=cap)
    assert margin >= 0
    assert cap is None or margin <= cap
    if margin:
        assert margin <= available - liquidity * reserved
        assert margin <= liquidity * (1 - reserved) / slots


@given(
    available=numbers("0", "10000", 2),
    more=numbers("0", "10000", 2),
    slots=st.integers(1, 20),
    cap=numbers("1", "500", 2),
)
def test_more_free_money_never_allots_less(available: Decimal, more: Decimal, slots: int, cap: Decimal) -> None:
    def margin(free: Decimal) -> Decimal:
        return allocate(D(10000), free, reserved=D("0.2"), slots=slots, cap=cap)

    assert margin(available + more) >= margin(available)


@given(
    open_quantity=numbers("0", "100"),
    closing=numbers("0", "100"),
    asked=st.none() | numbers("0", "200"),
    least=st.sampled_from([D(0), D("0.001"), D("0.5")]),
    side=sides,
)
def test_closing_never_opens_and_never_turns_round(
    open_quantity: Decimal, closing: Decimal, asked: Decimal | None, least: Decimal, side: Side
) -> None:
    answer = reduce("BTCUSDT", replace(BTC, min_qty=least), side, open_quantity, closing, asked)
    if not isinstance(answer, Reduction):
        assert answer.code in (Code.NOTHING_TO_CLOSE, Code.BELOW_MINIMUM)
        return
    left = open_quantity - closing
    assert answer.side is side.opposite
    assert 0 < answer.quantity <= left
    assert answer.whole == (answer.quantity == left)
    if asked is not None and not answer.whole:
        assert answer.quantity <= asked


@given(side=sides, offset=numbers("-500", "500", 1), target=numbers("-500", "500", 1), spread=numbers("0", "20", 1))
def test_the_wrong_side_of_a_buy_is_the_mirror_of_the_wrong_side_of_a_sell(
    side: Side, offset: Decimal, target: Decimal, spread: Decimal
) -> None:
    middle = D(60000)
    view = View(quote=quote(str(middle - spread), str(middle + spread)))

    def code(side: Side) -> Code | None:
        sign = side.sign
        answer = check(
            planned(
                side=side,
                reference_price=middle + sign * spread,
                stop=middle - sign * offset,
                targets=(middle + sign * target,),
                margin=D(0),
            ),
            view,
            LOOSE,
        )
        return answer.refusal.code if isinstance(answer, Refused) else None

    assert code(Side.BUY) == code(Side.SELL)
    assert (code(side) is Code.WRONG_SIDE_STOP) == (offset <= spread)


@given(price=numbers("30000", "90000", 1), trigger=st.booleans(), side=sides)
def test_a_pending_entry_is_told_apart_from_one_that_triggers_at_once(
    price: Decimal, trigger: bool, side: Side
) -> None:
    kind = OrderType.STOP if trigger else OrderType.LIMIT
    prices = {"stop_price": price} if trigger else {"limit_price": price}
    answer = check(planned(side=side, order_type=kind, reference_price=price, **prices), View(), LOOSE)
    at_once = price <= D(60000) if side is Side.BUY else price >= D(59990)
    assert isinstance(answer, Refused) == (trigger and at_once)


@given(
    limit=st.integers(0, 20),
    more=st.integers(0, 20),
    held=st.integers(0, 40),
    value=numbers("1", "100000", 2),
    money=numbers("1", "100000", 2),
    extra=numbers("0", "100000", 2),
)
def test_a_looser_limit_never_refuses_what_a_tighter_one_lets_pass(
    limit: int, more: int, held: int, value: Decimal, money: Decimal, extra: Decimal
) -> None:
    view = View(open_trades=held, trades_today=held, exposure=value)
    tight = {"max_open_trades": limit, "trades_per_day": limit, "max_exposure": money, "max_order_value": money}
    loose = {
        "max_open_trades": limit + more,
        "trades_per_day": limit + more,
        "max_exposure": money + extra,
        "max_order_value": money + extra,
    }
    entry = planned(value=value)
    if isinstance(check(entry, view, RiskProfile.model_validate(tight)), Approved):
        assert check(entry, view, RiskProfile.model_validate(loose)) == Approved(entry)


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "symbols": st.just(["BTC*"]),
            "max_open_trades": st.integers(0, 5),
            "daily_loss": st.just("5%"),
            "require_stop": st.booleans(),
            "max_leverage": st.just("2"),
            "one_direction": st.booleans(),
            "duplicate_window": st.just("5s"),
            "max_spread": st.none(),
        },
    )
)
def test_the_rules_of_every_profile_keep_the_order_of_the_gate(limits: dict[str, object]) -> None:
    places = {rule.check: place for place, rule in enumerate(ORDER)}
    order = [places[rule] for rule in rules_of(RiskProfile.model_validate(limits))]
    assert order == sorted(order)
    assert len(order) == len(set(order))


written = numbers("0.0001", "1000000")
distances = st.builds(Distance, written, st.sampled_from(Unit))
levels = written | distances


@given(
    level=levels,
    fraction=st.none() | numbers("0.01", "1", 2),
    size=st.builds(Size, written, st.sampled_from(SizeUnit)) | st.builds(VolatilitySize, written, written),
    amount=st.builds(Amount, written, st.booleans()),
    seconds=st.integers(0, 10**7),
)
def test_what_is_written_is_read_as_the_same(
    level: Decimal | Distance, fraction: Decimal | None, size: Size | VolatilitySize, amount: Amount, seconds: int
) -> None:
    assert parse_level(write_level(level)) == level
    assert parse_target(write_target(Target(level, fraction))) == Target(level, fraction)
    assert parse_size_rule(write_size(size)) == size
    assert parse_amount(write_amount(amount)) == amount
    assert parse_duration(write_duration(seconds)) == seconds


@given(st.text(max_size=40))
def test_no_text_breaks_the_readers(text: str) -> None:
    for read in (parse_level, parse_target, parse_size_rule, parse_amount, parse_duration):
        with suppress(ValueError):
            read(text)
