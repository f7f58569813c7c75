"""What a signal becomes on an account: its size, its exits, what it costs, or why it cannot be."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from tradewire.domain.plan import Approved, Plan, Refused
from tradewire.domain.policy import AS_PROFILED, Overrides
from tradewire.domain.refusal import Code
from tradewire.domain.signal import (
    Breakeven,
    Distance,
    ExitSpec,
    Open,
    Side,
    Size,
    SizeUnit,
    Target,
    TimeInForce,
    Trailing,
    Unit,
)
from tradewire.risk import plugin
from tradewire.risk.gate import decide
from tradewire.risk.planner import plan
from tradewire.risk.profile import RiskProfile
from unit.risk.risk_fakes import ACCOUNT, BTC, EUR, NOW, SECOND, D, View, buy, quote, stopped

EUR_VIEW: dict[str, Any] = {"instrument": EUR, "quote": quote("1.09990", "1.10000", symbol="EURUSD"), "atr": D("0.005")}
TWO = Distance(D(2), Unit.PERCENT)


def made(signal: Open, view: View | None = None, profile: dict[str, Any] | None = None, **route: Any) -> Plan:
    overrides = Overrides.model_validate(route) if route else AS_PROFILED
    answer = plan(signal, "s1", ACCOUNT, view or View(), RiskProfile.model_validate(profile or {}), overrides)
    assert isinstance(answer, Plan), answer
    return answer


def refused(signal: Open, view: View | None = None, profile: dict[str, Any] | None = None, **route: Any) -> Refused:
    overrides = Overrides.model_validate(route) if route else AS_PROFILED
    answer = plan(signal, "s1", ACCOUNT, view or View(), RiskProfile.model_validate(profile or {}), overrides)
    assert isinstance(answer, Refused), answer
    assert answer.plan is None
    return answer


def sized(value: str, unit: SizeUnit) -> Size:
    return Size(D(value), unit)


@pytest.mark.parametrize(
    ("size", "quantity"),
    [
        (sized("90", SizeUnit.QUOTE), "0.001"),
        (sized("120", SizeUnit.QUOTE), "0.002"),
        (sized("0.0159", SizeUnit.UNITS), "0.015"),
        (sized("0.5", SizeUnit.LOTS), "0.5"),
        (sized("6", SizeUnit.EQUITY_PERCENT), "0.01"),
        (sized("1", SizeUnit.RISK_PERCENT), "0.05"),  # 100 USDT over a stop that is 2000 away
        (None, "0.003"),  # the profile's 2 % of 10000
    ],
)
def test_every_way_to_say_a_size(size: Size | None, quantity: str) -> None:
    assert made(buy(size=size, exits=stopped("58000"))).quantity == D(quantity)


def test_a_size_in_lots_knows_the_lot() -> None:
    view = View(**EUR_VIEW, currency="USD")
    assert made(buy("EURUSD", size=sized("0.5", SizeUnit.LOTS)), view).quantity == D(50000)


def test_money_is_converted_into_the_instruments_currency() -> None:
    view = View(**EUR_VIEW, currency="CHF", rates={("USD", "CHF"): D("0.8")})
    bought = made(buy("EURUSD", size=sized("8800", SizeUnit.QUOTE)), view)
    assert bought.quantity == D(10000)  # 8800 CHF are 11000 USD are 10000 EUR
    assert (bought.notional, bought.value, bought.margin) == (D(11000), D(8800), D(880))


def test_risk_is_converted_and_counts_the_contract_size() -> None:
    view = View(
        **(EUR_VIEW | {"instrument": replace(EUR, multiplier=D(2))}), currency="CHF", rates={("USD", "CHF"): D("0.5")}
    )
    bought = made(buy("EURUSD", size=sized("1", SizeUnit.RISK_PERCENT), exits=stopped("1.09")), view)
    assert (bought.quantity, bought.risk) == (D(10000), D(100))  # 0.01 x 2 x 0.5 CHF a unit
    assert (bought.notional, bought.value) == (D(22000), D(11000))


def test_no_rate_no_plan() -> None:
    answer = refused(buy("EURUSD", size=sized("8800", SizeUnit.QUOTE)), View(**EUR_VIEW, currency="CHF"))
    assert answer.refusal.code is Code.NO_CONVERSION
    assert "USD" in answer.refusal.sentence
    assert "CHF" in answer.refusal.sentence


def test_a_size_by_volatility_loses_its_percentage_in_so_many_atrs() -> None:
    by_atr = {"sizing": {"size": "risk 1% per 2atr"}}
    assert made(buy(), profile=by_atr).quantity == D("0.05")  # 100 USDT over 2 x 1000
    assert refused(buy(), View(atr=None), by_atr).refusal.code is Code.NO_ATR


def test_the_allocator_gives_margin_and_leverage_makes_it_a_size() -> None:
    shared = {"sizing": {"allocator": {"reserved": "0.2", "slots": 5, "cap": 400}}}
    view = View(equity=D(2800), free_margin=D(800))
    bought = made(buy(), view, shared)
    assert bought.quantity == D("0.04")  # 240 of margin x 10 / 60000
    assert bought.margin == D(240)
    nothing = refused(buy(), View(equity=D(2800), free_margin=D(560)), shared)
    assert nothing.refusal.code is Code.INSUFFICIENT_MARGIN
    assert "560" in nothing.refusal.sentence


def test_the_owners_size_counts_where_the_signal_brings_none_or_always() -> None:
    signal = buy(size=sized("1", SizeUnit.UNITS))
    assert made(signal, profile={"sizing": {"size": "2u"}}).quantity == D(1)
    assert made(signal, profile={"sizing": {"size": "2u", "use": "always"}}).quantity == D(2)
    assert made(signal, profile={"sizing": {"use": "always"}}).quantity == D(1)
    assert made(signal, profile={"sizing": {"use": "always", "allocator": {}}}).quantity == D("0.266")
    assert refused(buy(), profile={"sizing": {}}).refusal.code is Code.NO_SIZE


def test_multipliers_multiply_and_the_cap_comes_last() -> None:
    signal = buy(size=sized("1", SizeUnit.UNITS))
    tripled = {"sizing": {"multiplier": 3}}
    assert made(signal, profile=tripled).quantity == D(3)
    assert made(signal, profile=tripled, multiplier="0.5").quantity == D("1.5")
    assert made(signal, profile=tripled, sizing={"cap": "0.7u"}).quantity == D("0.7")
    assert made(signal, profile={"sizing": {"multiplier": 3, "cap": "2u"}}).quantity == D(2)


def test_too_little_is_refused_and_the_minimum_named() -> None:
    assert made(buy(size=sized("0.001", SizeUnit.UNITS))).quantity == D("0.001")
    answer = refused(buy(size=sized("0.0009", SizeUnit.UNITS)))
    assert answer.refusal.code is Code.BELOW_MINIMUM
    assert "the minimum is 0.001 BTC (about 60 USDT)" in answer.refusal.sentence


def test_the_minimum_value_is_named_too() -> None:
    picky = View(instrument=replace(BTC, min_notional=D(60)))
    assert made(buy(size=sized("0.001", SizeUnit.UNITS)), picky).notional == D(60)
    answer = refused(buy(size=sized("0.001", SizeUnit.UNITS)), View(instrument=replace(BTC, min_notional=D("60.1"))))
    assert answer.refusal.code is Code.BELOW_MINIMUM
    assert "60.1 USDT" in answer.refusal.sentence


def test_nothing_is_never_an_order_even_where_the_venue_names_no_minimum() -> None:
    free = View(instrument=replace(BTC, min_qty=D(0), min_notional=D(0)))
    answer = refused(buy(size=sized("0.0009", SizeUnit.UNITS)), free)
    assert answer.refusal.code is Code.BELOW_MINIMUM
    assert "the minimum is 0.001 BTC" in answer.refusal.sentence


def test_too_much_is_refused_and_not_cut() -> None:
    assert made(buy(size=sized("100", SizeUnit.UNITS))).quantity == D(100)
    answer = refused(buy(size=sized("100.001", SizeUnit.UNITS)))
    assert answer.refusal.code is Code.ABOVE_MAXIMUM
    assert "100.001 BTC" in answer.refusal.sentence
    assert "maximum is 100 BTC" in answer.refusal.sentence
    unbounded = View(instrument=replace(BTC, max_qty=None))
    assert made(buy(size=sized("101", SizeUnit.UNITS)), unbounded).quantity == D(101)


def test_a_risk_needs_a_stop_away_from_the_price_and_an_equity() -> None:
    risk = sized("1", SizeUnit.RISK_PERCENT)
    assert refused(buy(size=risk)).refusal.code is Code.NO_STOP
    assert refused(buy(size=risk, exits=stopped("60000"))).refusal.code is Code.WRONG_SIDE_STOP
    assert refused(buy(size=risk, exits=stopped("58000")), View(equity=D(0))).refusal.code is Code.NO_SIZE
    assert refused(buy(), View(equity=D("-1"))).refusal.code is Code.NO_SIZE


def test_a_plan_is_made_at_the_price_it_would_get() -> None:
    assert made(buy()).reference_price == D(60000)
    assert made(buy(side=Side.SELL)).reference_price == D(59990)
    limit = made(buy(limit="58000.17"))
    assert (limit.limit_price, limit.stop_price, limit.reference_price) == (D("58000.1"), None, D("58000.1"))
    assert made(buy(side=Side.SELL, limit="58000.17")).limit_price == D("58000.2")
    trigger = made(buy(stop="61000.17"))
    assert (trigger.limit_price, trigger.stop_price, trigger.reference_price) == (None, D("61000.2"), D("61000.2"))
    assert made(buy(side=Side.SELL, stop="58000.17")).stop_price == D("58000.1")
    both = made(buy(limit="61100", stop="61000"))
    assert (both.limit_price, both.stop_price, both.reference_price) == (D(61100), D(61000), D(61100))


def test_a_pending_order_needs_its_prices() -> None:
    bare = replace(buy(limit="1"), limit_price=None)
    assert refused(bare).refusal.code is Code.UNSUPPORTED_ORDER
    assert "limit price" in refused(bare).refusal.sentence
    assert "stop price" in refused(replace(buy(stop="1"), stop_price=None)).refusal.sentence
    assert refused(buy(limit="0.01")).refusal.code is Code.PRICE_TOO_FAR


def test_no_quote_no_plan() -> None:
    assert refused(buy(limit="58000"), View(quote=None)).refusal.code is Code.NO_QUOTE


def test_leverage_comes_from_the_signal_then_the_profile_then_the_venue() -> None:
    size = sized("0.1", SizeUnit.UNITS)
    assert (made(buy(size=size)).margin, made(buy(size=size)).leverage) == (D(600), None)
    fifth = made(buy(size=size), profile={"leverage": 5})
    assert (fifth.margin, fifth.leverage) == (D(1200), D(5))
    third = made(buy(size=size, leverage=D(3)), profile={"leverage": 5})
    assert (third.margin, third.leverage) == (D(2000), D(3))


def test_what_the_signal_says_about_the_order_is_kept() -> None:
    bought = made(buy(limit="58000", tif=TimeInForce.GTD, expire_s=60, post_only=True, tag="a"))
    assert (bought.tif, bought.expire_s, bought.post_only, bought.tag) == (TimeInForce.GTD, 60, True, "a")
    assert (bought.signal_id, bought.account, bought.symbol, bought.underlying) == ("s1", "main", "BTCUSDT", "BTC")
    assert made(buy()).tif is TimeInForce.GTC
    assert made(buy()).risk is None


@pytest.mark.parametrize(
    ("level", "long", "short"),
    [
        (D("58000.04"), "58000.1", "58000.0"),
        (TWO, "58800", "61189.8"),
        (Distance(D(30), Unit.PIPS), "59970", "60020"),
        (Distance(D("1.5"), Unit.ATR), "58500", "61490"),
    ],
)
def test_stops_become_prices_rounded_towards_the_entry(level: Any, long: str, short: str) -> None:
    assert made(buy(exits=ExitSpec(stop=level))).stop == D(long)
    assert made(buy(side=Side.SELL, exits=ExitSpec(stop=level))).stop == D(short)


def test_targets_become_prices_rounded_towards_the_entry() -> None:
    levels = (D("61000.17"), TWO, Distance(D(3), Unit.R))
    exits = ExitSpec(stop=Distance(D(1000), Unit.PIPS), targets=tuple(Target(level) for level in levels))
    assert made(buy(exits=exits)).targets == (D("61000.1"), D(61200), D(63000))
    assert made(buy(side=Side.SELL, exits=exits)).targets == (D("61000.2"), D("58790.2"), D(56990))


def test_a_trailing_stop_that_starts_at_once_is_the_stop_and_the_tighter_one_holds() -> None:
    trail = Trailing(TWO)
    assert made(buy(exits=ExitSpec(trailing=trail))).stop == D(58800)
    assert made(buy(exits=ExitSpec(stop=D(58000), trailing=trail))).stop == D(58800)
    assert made(buy(exits=ExitSpec(stop=D(59000), trailing=trail))).stop == D(59000)
    assert made(buy(side=Side.SELL, exits=ExitSpec(stop=D(61000), trailing=trail))).stop == D(61000)
    assert made(buy(side=Side.SELL, exits=ExitSpec(stop=D(62000), trailing=trail))).stop == D("61189.8")
    assert made(buy(exits=ExitSpec(trailing=Trailing(TWO, activation=D(61000))))).stop is None


def test_levels_that_cannot_be_reckoned_are_refused() -> None:
    atr = Distance(D(2), Unit.ATR)
    assert refused(buy(exits=ExitSpec(stop=atr)), View(atr=None)).refusal.code is Code.NO_ATR
    r = Distance(D(2), Unit.R)
    assert refused(buy(exits=ExitSpec(targets=(Target(r),)))).refusal.code is Code.NO_STOP
    assert refused(buy(exits=ExitSpec(stop=r))).refusal.code is Code.NO_STOP
    below = Distance(D(100), Unit.PERCENT)
    assert refused(buy(exits=ExitSpec(stop=below))).refusal.code is Code.PRICE_TOO_FAR
    beneath = refused(buy(side=Side.SELL, exits=ExitSpec(targets=(Target(TWO), Target(below)))))
    assert beneath.refusal.code is Code.PRICE_TOO_FAR
    assert "target would lie at 0," in beneath.refusal.sentence
    assert made(buy(exits=ExitSpec(stop=D("0.1")))).stop == D("0.1")


@pytest.mark.parametrize(
    "exits",
    [
        ExitSpec(targets=(Target(D(61000), D("0.6")), Target(D(62000), D("0.5")))),
        ExitSpec(targets=(Target(D(61000)),), breakeven=Breakeven(after_target=2)),
        ExitSpec(breakeven=Breakeven()),
        ExitSpec(trailing=Trailing(Distance(D("0.01"), Unit.PIPS))),
    ],
)
def test_exits_that_contradict_themselves_are_refused_before_anything_is_opened(exits: ExitSpec) -> None:
    answer = refused(buy(exits=exits))
    assert answer.refusal.code is Code.BAD_EXITS
    assert answer.refusal.sentence[0].isupper()
    assert answer.refusal.sentence.endswith(".")


DEFAULTS = {
    "stop": "5%",
    "targets": ["3%@50%", "6%"],
    "trailing": "1%",
    "trailing_from": "2%",
    "breakeven": "1%",
    "time_limit": "2h",
    "session_end": True,
}


def test_default_exits_fill_only_what_a_signal_leaves_out() -> None:
    own = ExitSpec(
        stop=D(58000),
        targets=(Target(D(61000)),),
        trailing=Trailing(TWO, activation=D(60500)),
        breakeven=Breakeven(after_target=1),
        time_limit_s=60,
    )
    assert made(buy(exits=own), profile={"exits": DEFAULTS}).exits == replace(own, session_end=True)
    filled = made(buy(), profile={"exits": DEFAULTS}).exits
    assert filled == RiskProfile.model_validate({"exits": DEFAULTS}).exits.spec
    assert filled.targets == (Target(Distance(D(3), Unit.PERCENT), D("0.5")), Target(Distance(D(6), Unit.PERCENT)))
    assert (filled.time_limit_s, filled.breakeven) == (7200, Breakeven(Distance(D(1), Unit.PERCENT)))
    assert made(buy(exits=own)).exits is own


def test_a_signal_with_a_trailing_stop_of_its_own_gets_no_other_stop() -> None:
    assert made(buy(exits=ExitSpec(trailing=Trailing(TWO))), profile={"exits": {"stop": "1%"}}).exits.stop is None
    later = ExitSpec(trailing=Trailing(TWO, activation=D(61000)))
    assert made(buy(exits=later), profile={"exits": {"stop": "1%"}}).exits.stop == Distance(D(1), Unit.PERCENT)


def test_always_means_always() -> None:
    own = ExitSpec(stop=D(58000), time_limit_s=60)
    ruled = made(buy(exits=own), profile={"exits": {"use": "always", "stop": "5%", "breakeven": "1%"}}).exits
    even = Breakeven(Distance(D(1), Unit.PERCENT))
    assert ruled == ExitSpec(stop=Distance(D(5), Unit.PERCENT), breakeven=even, time_limit_s=60)


def test_a_default_breakeven_after_a_target_that_a_signal_lacks_is_left_out() -> None:
    second = {"exits": {"breakeven_after_target": 2}}
    both = {"exits": {"breakeven_after_target": 2, "breakeven": "1%"}}
    one = ExitSpec(targets=(Target(D(61000)),))
    two = ExitSpec(targets=(Target(D(61000)), Target(D(62000))))
    assert made(buy(exits=two), profile=second).exits.breakeven == Breakeven(after_target=2)
    assert made(buy(exits=one), profile=second).exits.breakeven is None
    assert made(buy(exits=one), profile=both).exits.breakeven == Breakeven(Distance(D(1), Unit.PERCENT))
    own = replace(one, breakeven=Breakeven(after_target=2))
    assert refused(buy(exits=own), profile=second).refusal.code is Code.BAD_EXITS


def test_a_route_replaces_the_exits_and_sizing_of_the_profile() -> None:
    bought = made(buy(), profile={"exits": DEFAULTS}, exits={"stop": "1%"}, sizing={"size": "0.5u"})
    assert (bought.exits, bought.quantity) == (ExitSpec(stop=Distance(D(1), Unit.PERCENT)), D("0.5"))


@pytest.fixture
def exit_module(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """An owner's module with exit functions."""

    def tight(request: plugin.ExitRequest) -> ExitSpec:
        return ExitSpec(stop=request.entry - (request.atr or D(0)) / 2)

    def broken(request: plugin.ExitRequest) -> ExitSpec:
        raise KeyError("levels")

    module = ModuleType("my_exits")
    vars(module).update(tight=tight, broken=broken, wrong=lambda request: D(1), number=5)
    monkeypatch.setitem(sys.modules, "my_exits", module)
    plugin.load.cache_clear()
    return module


@pytest.mark.usefixtures("exit_module")
def test_an_owners_function_gives_the_default_exits() -> None:
    bought = made(buy(), profile={"exits": {"plugin": "my_exits:tight", "stop": "9%", "time_limit": "1h"}})
    assert bought.exits == ExitSpec(stop=D(59500), time_limit_s=3600)
    assert made(buy(exits=stopped("58000")), profile={"exits": {"plugin": "my_exits:tight"}}).stop == D(58000)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("my_exits:broken", "failed: 'levels'"),
        ("my_exits:wrong", "gave Decimal"),
        ("my_exits:missing", "cannot be loaded"),
        ("my_exits:number", "not a function"),
        ("no_such_module_here:f", "cannot be loaded"),
    ],
)
@pytest.mark.usefixtures("exit_module")
def test_a_broken_function_refuses_the_entry_rather_than_opening_it_bare(name: str, words: str) -> None:
    answer = refused(buy(), profile={"exits": {"plugin": name}})
    assert answer.refusal.code is Code.PLUGIN_FAILED
    assert words in answer.refusal.sentence


def test_decide_approves_the_plan() -> None:
    answer = decide(buy(), "s1", ACCOUNT, View(), RiskProfile())
    assert answer == Approved(made(buy()))


def test_decide_gives_the_reason_that_holds_before_any_plan() -> None:
    small = buy(size=sized("0.0001", SizeUnit.UNITS))

    def code(view: View) -> Code:
        answer = decide(small, "s1", ACCOUNT, view, RiskProfile())
        assert isinstance(answer, Refused)
        return answer.refusal.code

    assert code(View()) is Code.BELOW_MINIMUM
    assert code(View(halted=True)) is Code.HALTED
    assert code(View(signal_time=NOW - 3600 * SECOND)) is Code.STALE_SIGNAL
    assert code(View(quote=None)) is Code.NO_QUOTE


def test_decide_refuses_what_the_gate_refuses_and_uses_the_route() -> None:
    answer = decide(buy(), "s1", ACCOUNT, View(open_trades=1), RiskProfile(max_open_trades=1))
    assert isinstance(answer, Refused)
    assert answer.refusal.code is Code.MAX_OPEN_TRADES
    assert answer.plan == made(buy())
    doubled = decide(buy(), "s1", ACCOUNT, View(), RiskProfile(), Overrides.model_validate({"multiplier": 2}))
    assert isinstance(doubled, Approved)
    assert doubled.plan.quantity == D("0.006")


def test_a_plan_says_what_share_each_target_closes_nearest_first_and_rows_without_it_are_still_read() -> None:
    targets = (Target(D(63000)), Target(D(61000), D("0.5")), Target(D(62000)))
    bought = made(buy(exits=ExitSpec(targets=targets)))
    assert bought.targets == (D(61000), D(62000), D(63000))
    assert bought.shares == (D("0.5"), D("0.25"), D("0.25"))
    row = msgspec.to_builtins(bought)
    del row["shares"]
    assert msgspec.convert(row, Plan) == replace(bought, shares=())
