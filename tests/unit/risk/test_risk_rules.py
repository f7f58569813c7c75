"""Each limit: what meets it exactly passes, what is just over is refused with its code and its figures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tradewire.domain.plan import Approved, Plan, Refused
from tradewire.domain.refusal import Code
from tradewire.domain.signal import Distance, ExitSpec, OrderType, Side, Target, Unit
from tradewire.risk.gate import check
from tradewire.risk.profile import RiskProfile
from tradewire.risk.rules.duplicate import fingerprint
from unit.risk.risk_fakes import NOW, SECOND, D, View, planned, quote


def verdict(plan: Plan, view: View, limits: dict[str, Any]) -> Code | None:
    """Return the code of the refusal, or None where the gate approves this very plan."""
    answer = check(plan, view, RiskProfile.model_validate(limits))
    if isinstance(answer, Refused):
        assert answer.plan is plan
        return answer.refusal.code
    assert answer == Approved(plan)
    return None


def sentence(plan: Plan, view: View, limits: dict[str, Any]) -> str:
    answer = check(plan, view, RiskProfile.model_validate(limits))
    assert isinstance(answer, Refused)
    return answer.refusal.sentence


LIMITS: list[tuple[str, dict[str, Any], dict[str, Any], dict[str, Any], Code]] = [
    # name, limits, the view at the limit, the view just over it, code
    (
        "skew",
        {"max_clock_skew": 30},
        {"signal_time": NOW + 30 * SECOND},
        {"signal_time": NOW + 30 * SECOND + 1},
        Code.CLOCK_SKEW,
    ),
    (
        "age",
        {"max_signal_age": 60},
        {"signal_time": NOW - 60 * SECOND},
        {"signal_time": NOW - 60 * SECOND - 1},
        Code.STALE_SIGNAL,
    ),
    (
        "quote age",
        {"max_quote_age": 10},
        {"quote": quote("59990", "60000", ts=NOW - 10 * SECOND)},
        {"quote": quote("59990", "60000", ts=NOW - 10 * SECOND - 1)},
        Code.STALE_QUOTE,
    ),
    (
        "spread %",
        {"max_spread": "1%"},
        {"quote": quote("59700", "60300")},
        {"quote": quote("59699.9", "60300.1")},
        Code.SPREAD_TOO_WIDE,
    ),
    (
        "spread pips",
        {"max_spread": "10p"},
        {"quote": quote("59990", "60000")},
        {"quote": quote("59989.9", "60000")},
        Code.SPREAD_TOO_WIDE,
    ),
    (
        "spread atr",
        {"max_spread": "0.01atr"},
        {"quote": quote("59990", "60000")},
        {"quote": quote("59989.9", "60000")},
        Code.SPREAD_TOO_WIDE,
    ),
    ("order value", {"max_order_value": 6000}, {}, {"plan": {"value": D("6000.01")}}, Code.MAX_ORDER_VALUE),
    ("order value %", {"max_order_value": "60%"}, {}, {"equity": D("9999.9")}, Code.MAX_ORDER_VALUE),
    ("risk", {"max_risk": 100}, {"plan": {"risk": D("100")}}, {"plan": {"risk": D("100.01")}}, Code.MAX_RISK),
    ("risk %", {"max_risk": "1%"}, {"plan": {"risk": D("100")}}, {"plan": {"risk": D("100.01")}}, Code.MAX_RISK),
    ("open trades", {"max_open_trades": 2}, {"open_trades": 1}, {"open_trades": 2}, Code.MAX_OPEN_TRADES),
    (
        "per symbol",
        {"max_per_symbol": 2},
        {"by_symbol": {"BTCUSDT": 1, "ETHUSDT": 9}},
        {"by_symbol": {"BTCUSDT": 2}},
        Code.MAX_PER_SYMBOL,
    ),
    (
        "per underlying",
        {"max_per_underlying": 2},
        {"anywhere": {"BTC": 1, "ETH": 9}},
        {"anywhere": {"BTC": 2}},
        Code.MAX_PER_UNDERLYING,
    ),
    ("exposure", {"max_exposure": 9000}, {"exposure": D("3000")}, {"exposure": D("3000.01")}, Code.MAX_EXPOSURE),
    ("exposure %", {"max_exposure": "90%"}, {"exposure": D("3000")}, {"exposure": D("3000.01")}, Code.MAX_EXPOSURE),
    (
        "underlying exposure",
        {"max_underlying_exposure": 9000},
        {"value_anywhere": {"BTC": D("3000")}},
        {"value_anywhere": {"BTC": D("3000.01")}},
        Code.MAX_EXPOSURE,
    ),
    ("leverage", {"max_leverage": 2}, {"exposure": D("14000")}, {"exposure": D("14000.01")}, Code.MAX_LEVERAGE),
    (
        "asked leverage",
        {"max_leverage": 5},
        {"plan": {"leverage": D("5")}},
        {"plan": {"leverage": D("5.1")}},
        Code.MAX_LEVERAGE,
    ),
    ("margin", {}, {"free_margin": D("600")}, {"free_margin": D("599.99")}, Code.INSUFFICIENT_MARGIN),
    (
        "a minute",
        {"orders_per_minute": 2},
        {"entries": (NOW - 60 * SECOND, NOW - 60 * SECOND + 1)},
        {"entries": (NOW - 60 * SECOND + 1, NOW)},
        Code.ORDER_RATE,
    ),
    ("a day", {"trades_per_day": 3}, {"trades_today": 2}, {"trades_today": 3}, Code.TRADES_PER_DAY),
    (
        "daily loss",
        {"daily_loss": 500},
        {"realised_today": D("-499.99")},
        {"realised_today": D("-500")},
        Code.DAILY_LOSS,
    ),
    (
        "daily loss %",
        {"daily_loss": "5%"},
        {"realised_today": D("-499.99"), "balance": D("9500.01"), "equity": D("9500.01")},
        {"realised_today": D("-500"), "balance": D("9500"), "equity": D("9500")},
        Code.DAILY_LOSS,
    ),
    (
        "daily loss with open losses",
        {"daily_loss": 500},
        {"realised_today": D("-300"), "equity": D("9800.01")},
        {"realised_today": D("-300"), "equity": D("9800")},
        Code.DAILY_LOSS,
    ),
    ("drawdown", {"drawdown": 10}, {"equity": D("9000.01")}, {"equity": D("9000")}, Code.DRAWDOWN),
    (
        "cool-down losses",
        {"cool_down_losses": 3},
        {"consecutive_losses": 2, "last_loss_at": NOW},
        {"consecutive_losses": 3, "last_loss_at": NOW},
        Code.COOL_DOWN,
    ),
    (
        "cool-down time",
        {"cool_down_losses": 3, "cool_down": "10m"},
        {"consecutive_losses": 3, "last_loss_at": NOW - 600 * SECOND},
        {"consecutive_losses": 3, "last_loss_at": NOW - 600 * SECOND + 1},
        Code.COOL_DOWN,
    ),
    (
        "duplicate",
        {"duplicate_window": 5},
        {"fingerprints": {fingerprint(planned()): NOW - 5 * SECOND - 1}},
        {"fingerprints": {fingerprint(planned()): NOW - 5 * SECOND}},
        Code.DUPLICATE,
    ),
    (
        "one direction",
        {"one_direction": True},
        {"by_side": {("BTC", Side.BUY): 1}},
        {"by_side": {("BTC", Side.SELL): 1}},
        Code.ONE_DIRECTION,
    ),
    ("halted", {}, {"halted": False}, {"halted": True}, Code.HALTED),
    ("not ready", {}, {"not_ready": None}, {"not_ready": "reconciling"}, Code.NOT_READY),
    ("no quote", {}, {}, {"quote": None}, Code.NO_QUOTE),
    ("symbols", {"symbols": ["ETH*", "btc*"]}, {}, {"plan": {"symbol": "XBTCUSDT"}}, Code.SYMBOL_NOT_ALLOWED),
    ("symbols denied", {"symbols_denied": ["ETH*"]}, {}, {"plan": {"symbol": "ETHUSDT"}}, Code.SYMBOL_NOT_ALLOWED),
    ("direction", {"direction": "long"}, {}, {"plan": {"side": Side.SELL}}, Code.ONE_DIRECTION),
    ("hours", {"hours": ["tue", "mon 08:00-09:00"]}, {}, {"now": NOW - 1, "signal_time": NOW}, Code.OUTSIDE_HOURS),
    ("stop required", {"require_stop": True}, {"plan": {"stop": D("59000")}}, {}, Code.NO_STOP),
]


@pytest.mark.parametrize(("limits", "at", "over", "code"), [row[1:] for row in LIMITS], ids=[row[0] for row in LIMITS])
def test_the_limit_itself_passes_and_just_over_refuses(
    limits: dict[str, Any], at: dict[str, Any], over: dict[str, Any], code: Code
) -> None:
    for changes, expected in ((at, None), (over, code)):
        view = View(**{name: value for name, value in changes.items() if name != "plan"})
        assert verdict(planned(**changes.get("plan", {})), view, limits) is expected


@pytest.mark.parametrize(
    ("limits", "over"), [(row[1], row[3]) for row in LIMITS if row[1]], ids=[r[0] for r in LIMITS if r[1]]
)
def test_a_limit_that_is_switched_off_does_not_refuse(limits: dict[str, Any], over: dict[str, Any]) -> None:
    off: dict[str, Any] = {name: None for name, field in RiskProfile.model_fields.items() if field.default is None}
    off |= dict.fromkeys(("max_signal_age", "max_clock_skew", "max_quote_age", "max_spread", "max_leverage"), None)
    view = View(**{name: value for name, value in over.items() if name != "plan"})
    assert verdict(planned(**over.get("plan", {})), view, off) is None


def test_the_sentence_carries_the_figures_that_decided() -> None:
    told = {
        "open_trades": ({"max_open_trades": 2}, View(open_trades=2), ("2 trades", "limit is 2")),
        "margin": ({}, View(free_margin=D("500")), ("600 USDT", "500 is free")),
        "exposure": ({"max_exposure": 9000}, View(exposure=D("4000")), ("10000 USDT", "9000")),
        "stale": ({}, View(signal_time=NOW - 400 * SECOND), ("6.67 min old", "5 min")),
        "drawdown": ({"drawdown": 10}, View(equity=D("8000")), ("8000 USDT", "20 %", "10000", "10 %")),
        "loss": ({"daily_loss": 500}, View(realised_today=D("-600")), ("600 USDT", "500")),
        "spread": ({"max_spread": "1%"}, View(quote=quote("59000", "61000")), ("2000", "600")),
        "direction": ({"one_direction": True}, View(by_side={("BTC", Side.SELL): 2}), ("2 sell trades of BTC",)),
    }
    for limits, view, words in told.values():
        text = sentence(planned(), view, limits)
        for word in words:
            assert word in text
        assert text.endswith(".")


def test_open_profits_do_not_make_up_for_the_losses_of_the_day() -> None:
    rich = View(realised_today=D("-500"), equity=D("12000"), peak_equity=D("12000"))
    assert verdict(planned(), rich, {"daily_loss": 500}) is Code.DAILY_LOSS


def test_profit_of_the_day_offsets_open_losses() -> None:
    view = View(realised_today=D("400"), equity=D("9200.01"), peak_equity=D("9200.01"))
    assert verdict(planned(), view, {"daily_loss": 400}) is None
    assert verdict(planned(), View(realised_today=D("400"), equity=D("9200")), {"daily_loss": 400}) is Code.DAILY_LOSS


def test_a_day_without_loss_never_stops_an_empty_account() -> None:
    broke = View(balance=D(0), equity=D(0), free_margin=D("600"), exposure=D(0))
    assert verdict(planned(), broke, {"daily_loss": "5%", "max_leverage": None}) is None


def test_the_risk_limit_cannot_be_judged_without_a_stop() -> None:
    assert verdict(planned(), View(), {"max_risk": 100}) is Code.NO_STOP


def test_a_spread_in_atr_needs_an_atr() -> None:
    assert verdict(planned(), View(atr=None), {"max_spread": "1atr"}) is Code.NO_ATR


def test_short_only_accounts_take_shorts_only() -> None:
    assert verdict(planned(side=Side.SELL), View(), {"direction": "short"}) is None
    assert verdict(planned(), View(), {"direction": "short"}) is Code.ONE_DIRECTION


def test_no_cool_down_without_a_loss_that_is_dated() -> None:
    assert verdict(planned(), View(consecutive_losses=9), {"cool_down_losses": 3}) is None


def test_the_cool_down_says_how_long_it_still_lasts() -> None:
    view = View(consecutive_losses=3, last_loss_at=NOW - 1800 * SECOND)
    assert "30 min" in sentence(planned(), view, {"cool_down_losses": 3})


@pytest.mark.parametrize(
    ("offset", "currencies", "code"),
    [
        (-900, (), Code.NEWS_BLACKOUT),
        (-901, (), None),
        (600, (), Code.NEWS_BLACKOUT),
        (601, (), None),
        (0, ("EUR", "BTC"), Code.NEWS_BLACKOUT),
        (0, ("USDT",), Code.NEWS_BLACKOUT),
        (0, ("EUR",), None),
    ],
)
def test_news_stop_entries_in_what_they_concern(offset: int, currencies: tuple[str, ...], code: Code | None) -> None:
    event = {"at": "2026-01-05T08:00:00Z", "title": "payrolls", "currencies": currencies, "after": "10m"}
    later = {"at": "2026-02-05T08:00:00Z"}
    moment = NOW + offset * SECOND
    view = View(now=moment, signal_time=moment, quote=quote("59990", "60000", ts=moment))
    assert verdict(planned(), view, {"news": [later, event]}) is code
    if code:
        assert "payrolls" in sentence(planned(), view, {"news": [event]})


@pytest.mark.parametrize("price", ["6000", "600", "60", "6", "600000", "6000000", "5000", "7300"])
def test_a_slipped_decimal_point_is_seen_in_every_price_that_was_written(price: str) -> None:
    level = D(price)
    pending = planned(order_type=OrderType.LIMIT, limit_price=level, reference_price=level)
    triggered = planned(order_type=OrderType.STOP, stop_price=level, reference_price=level)
    stop = planned(exits=ExitSpec(stop=level), stop=level)
    target = planned(exits=ExitSpec(targets=(Target(D("61000")), Target(level))), targets=(D("61000"), level))
    for plan in (pending, triggered, stop, target):
        assert verdict(plan, View(), {}) is Code.DECIMAL_SLIP
        assert f"{price} looks like" in sentence(plan, View(), {})


@pytest.mark.parametrize("price", ["40000", "8000", "15000", "45000"])
def test_prices_between_two_powers_of_ten_are_no_slip(price: str) -> None:
    plan = planned(exits=ExitSpec(stop=D(price)), stop=D(price))
    assert verdict(plan, View(), {"max_stop_distance": None}) is None


def test_the_edges_of_a_slip() -> None:
    market = View(quote=quote("1000", "1000"))
    free = {"max_stop_distance": None, "max_target_distance": None}

    def targeted(price: str) -> Plan:
        return planned(reference_price=D(1000), exits=ExitSpec(targets=(Target(D(price)),)), targets=(D(price),))

    for price, code in (("7999", None), ("8000", Code.DECIMAL_SLIP), ("12500", Code.DECIMAL_SLIP), ("12501", None)):
        assert verdict(targeted(price), market, free) is code
        assert verdict(targeted(price), market, free | {"decimal_slip": False}) is None


def test_a_distance_cannot_slip() -> None:
    plan = planned(exits=ExitSpec(targets=(Target(Distance(D(900), Unit.PERCENT)),)), targets=(D(600000),))
    assert verdict(plan, View(), {"max_target_distance": None}) is None


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"stop": D("59989.9")}, None),
        ({"stop": D("59990")}, Code.WRONG_SIDE_STOP),
        ({"side": Side.SELL, "reference_price": D("59990"), "stop": D("60000.1")}, None),
        ({"side": Side.SELL, "reference_price": D("59990"), "stop": D("60000")}, Code.WRONG_SIDE_STOP),
        ({"targets": (D("60000.1"),)}, None),
        ({"targets": (D("60000.1"), D("60000"))}, Code.WRONG_SIDE_TARGET),
        ({"side": Side.SELL, "reference_price": D("59990"), "targets": (D("59989.9"),)}, None),
        ({"side": Side.SELL, "reference_price": D("59990"), "targets": (D("59990"),)}, Code.WRONG_SIDE_TARGET),
        ({"order_type": OrderType.STOP, "stop_price": D("60000.1")}, None),
        ({"order_type": OrderType.STOP, "stop_price": D("60000")}, Code.WRONG_SIDE_ENTRY),
        ({"side": Side.SELL, "order_type": OrderType.STOP, "stop_price": D("59989.9")}, None),
        ({"side": Side.SELL, "order_type": OrderType.STOP, "stop_price": D("59990")}, Code.WRONG_SIDE_ENTRY),
    ],
)
def test_stops_targets_and_triggers_must_lie_on_their_side(changes: dict[str, Any], code: Code | None) -> None:
    assert verdict(planned(**changes), View(), {}) is code


def test_a_pending_entry_is_judged_by_its_own_price() -> None:
    limit = {"order_type": OrderType.LIMIT, "limit_price": D("58000"), "reference_price": D("58000")}
    assert verdict(planned(**limit, stop=D("57999")), View(), {}) is None
    assert verdict(planned(**limit, stop=D("58000")), View(), {}) is Code.WRONG_SIDE_STOP


@pytest.mark.parametrize(
    ("changes", "limits", "code"),
    [
        ({"stop": D("54000")}, {"max_stop_distance": "10%"}, None),
        ({"stop": D("53999.9")}, {"max_stop_distance": "10%"}, Code.PRICE_TOO_FAR),
        ({"targets": (D("61000"), D("66000"))}, {"max_target_distance": "10%"}, None),
        ({"targets": (D("61000"), D("66000.1"))}, {"max_target_distance": "10%"}, Code.PRICE_TOO_FAR),
        ({"limit_price": D("54000")}, {"max_entry_distance": "10%"}, None),
        ({"limit_price": D("53999.9")}, {"max_entry_distance": "10%"}, Code.PRICE_TOO_FAR),
        ({"limit_price": D("53999.9")}, {"max_entry_distance": None}, None),
        ({"stop_price": D("66000")}, {"max_entry_distance": "10%"}, None),
        ({"stop_price": D("66000.1")}, {"max_entry_distance": "10%"}, Code.PRICE_TOO_FAR),
    ],
)
def test_prices_too_far_away_are_not_meant(changes: dict[str, Any], limits: dict[str, Any], code: Code | None) -> None:
    market = View(quote=quote("60000", "60000"))
    kind = OrderType.STOP_LIMIT if {"limit_price", "stop_price"} & set(changes) else OrderType.MARKET
    assert verdict(planned(order_type=kind, **changes), market, limits) is code


def test_the_distance_is_told_in_percent() -> None:
    text = sentence(planned(stop=D("48000")), View(), {"max_stop_distance": "10%"})
    assert "48000" in text
    assert "20 % away" in text
    assert "at most 10 %" in text


def test_two_entries_that_differ_in_a_price_are_not_the_same() -> None:
    plain = planned()
    others = [
        planned(symbol="ETHUSDT"),
        planned(side=Side.SELL),
        planned(order_type=OrderType.LIMIT),
        planned(limit_price=D(1)),
        planned(stop_price=D(1)),
    ]
    assert len({fingerprint(plan) for plan in (plain, *others)}) == 6
    assert fingerprint(plain) == fingerprint(planned(quantity=D("9"), signal_id="s2"))


@pytest.mark.parametrize(
    ("limits", "many", "words"),
    [
        ({"max_open_trades": 1}, lambda n: View(open_trades=n), ("1 trade is open", "2 trades are open")),
        (
            {"max_per_symbol": 1},
            lambda n: View(by_symbol={"BTCUSDT": n}),
            ("1 trade is open", "2 trades are open"),
        ),
        ({"max_per_underlying": 1}, lambda n: View(anywhere={"BTC": n}), ("1 trade is open", "2 trades are open")),
        (
            {"one_direction": True},
            lambda n: View(by_side={("BTC", Side.SELL): n}),
            ("1 sell trade of BTC is open", "2 sell trades of BTC are open"),
        ),
        ({"orders_per_minute": 1}, lambda n: View(entries=(NOW,) * n), ("1 entry was made", "2 entries were made")),
        (
            {"trades_per_day": 1},
            lambda n: View(trades_today=n),
            ("1 trade was opened today or is", "2 trades were opened today or are"),
        ),
        (
            {"cool_down_losses": 1},
            lambda n: View(consecutive_losses=n, last_loss_at=NOW),
            ("After 1 loss the account", "After 2 losses in a row the account"),
        ),
    ],
)
def test_one_of_a_thing_is_told_in_the_singular(
    limits: dict[str, Any], many: Callable[[int], View], words: tuple[str, str]
) -> None:
    for number, expected in enumerate(words, start=1):
        assert expected in sentence(planned(), many(number), limits)
