"""The allocator, the closing gate, the opposite policy and the order of the gate."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec import Struct
from msgspec.structs import replace

from tradewire.domain.plan import Reduction, Refused
from tradewire.domain.policy import Opposite
from tradewire.domain.refusal import Code, Refusal
from tradewire.domain.signal import Side, Size, SizeUnit
from tradewire.risk import gate
from tradewire.risk.allocator import allocate
from tradewire.risk.closing import asked_quantity, reduce
from tradewire.risk.opposite import CloseOnly, CloseThenOpen, Ignore, Proceed, opposite
from tradewire.risk.profile import RiskProfile
from tradewire.risk.words import figure, span
from unit.risk.risk_fakes import BTC, NOW, SECOND, D, View, buy, planned


@pytest.mark.parametrize(
    ("liquidity", "available", "cap", "margin"),
    [
        (3000, 2480, 400, 400),
        (2800, 800, 400, 240),
        (3000, 2480, None, 480),
        (3000, 600, 400, 0),
        (3000, 599, 400, 0),
        (0, 0, 400, 0),
        (-100, 50, 400, 0),
    ],
)
def test_the_margin_allocator(liquidity: int, available: int, cap: int | None, margin: int) -> None:
    limit = None if cap is None else D(cap)
    assert allocate(D(liquidity), D(available), reserved=D("0.2"), slots=5, cap=limit) == margin


def closed(quantity: str, *, whole: bool, side: Side = Side.SELL) -> Reduction:
    return Reduction(symbol="BTCUSDT", side=side, quantity=D(quantity), whole=whole)


def test_a_close_takes_all_that_is_open_and_not_yet_being_closed() -> None:
    assert reduce("BTCUSDT", BTC, Side.BUY, D("0.5")) == closed("0.5", whole=True)
    assert reduce("BTCUSDT", BTC, Side.SELL, D("0.5")) == closed("0.5", whole=True, side=Side.BUY)
    assert reduce("BTCUSDT", BTC, Side.BUY, D("0.5"), D("0.2")) == closed("0.3", whole=True)
    assert reduce("BTCUSDT", BTC, Side.BUY, D("0.5"), D("0.2"), D("0.3")) == closed("0.3", whole=True)
    assert reduce("BTCUSDT", BTC, Side.BUY, D("0.5"), D("0.2"), D("9")) == closed("0.3", whole=True)
    assert reduce("BTCUSDT", BTC, Side.BUY, D("0.5"), D("0"), D("0.1239")) == closed("0.123", whole=False)


def test_what_is_off_the_step_is_still_closed_whole() -> None:
    assert reduce("BTCUSDT", BTC, Side.BUY, D("0.50005")) == closed("0.50005", whole=True)


def test_nothing_open_is_told_apart_from_everything_closing() -> None:
    nothing = reduce("BTCUSDT", BTC, Side.BUY, D(0))
    assert isinstance(nothing, Refusal)
    assert nothing == Refusal(Code.NOTHING_TO_CLOSE, "Nothing is open in BTCUSDT.")
    closing = reduce("BTCUSDT", BTC, Side.BUY, D("0.5"), D("0.5"))
    assert isinstance(closing, Refusal)
    assert closing.code is Code.NOTHING_TO_CLOSE
    assert "All 0.5 of the BTCUSDT trade" in closing.sentence


def test_a_part_must_reach_the_minimum_and_leave_it() -> None:
    coarse = replace(BTC, min_qty=D("0.1"))
    assert reduce("BTCUSDT", coarse, Side.BUY, D(1), asked=D("0.1")) == closed("0.1", whole=False)
    little = reduce("BTCUSDT", coarse, Side.BUY, D(1), asked=D("0.0999"))
    assert isinstance(little, Refusal)
    assert (little.code, "minimum is 0.1" in little.sentence) == (Code.BELOW_MINIMUM, True)
    assert reduce("BTCUSDT", coarse, Side.BUY, D(1), asked=D("0.9")) == closed("0.9", whole=False)
    assert reduce("BTCUSDT", coarse, Side.BUY, D(1), asked=D("0.901")) == closed("1", whole=True)
    free = reduce("BTCUSDT", replace(BTC, min_qty=D(0)), Side.BUY, D(1), asked=D("0.0009"))
    assert isinstance(free, Refusal)
    assert "minimum is 0.001" in free.sentence


@pytest.mark.parametrize(
    ("percent", "size", "asked"),
    [
        (None, None, None),
        (D(100), None, None),
        (D("99.9"), None, D("0.4995")),
        (D(50), Size(D(9), SizeUnit.UNITS), D("0.25")),
        (None, Size(D("0.1"), SizeUnit.UNITS), D("0.1")),
        (None, Size(D("0.1"), SizeUnit.LOTS), D("0.2")),
        (None, Size(D(12000), SizeUnit.QUOTE), D("0.05")),
    ],
)
def test_how_much_a_close_asks_for(percent: Any, size: Size | None, asked: Any) -> None:
    contract = replace(BTC, lot_size=D(2), multiplier=D(2))
    assert asked_quantity(percent, size, D("0.5"), "BTCUSDT", contract, D(60000), D(2)) == asked


@pytest.mark.parametrize(
    ("unit", "price", "rate", "code"),
    [
        (SizeUnit.QUOTE, None, D(1), Code.NO_QUOTE),
        (SizeUnit.QUOTE, D(1), None, Code.NO_CONVERSION),
        (SizeUnit.EQUITY_PERCENT, D(1), D(1), Code.NO_SIZE),
        (SizeUnit.RISK_PERCENT, D(1), D(1), Code.NO_SIZE),
    ],
)
def test_a_close_that_cannot_be_reckoned(unit: SizeUnit, price: Any, rate: Any, code: Code) -> None:
    answer = asked_quantity(None, Size(D(1), unit), D(1), "BTCUSDT", BTC, price, rate)
    assert isinstance(answer, Refusal)
    assert answer.code is code


class Trade(Struct, frozen=True):
    id: str
    symbol: str = "BTCUSDT"
    side: Side = Side.SELL


def test_only_trades_against_the_signal_in_its_symbol_count() -> None:
    beside = [Trade("a", side=Side.BUY), Trade("b", symbol="ETHUSDT")]
    for policy in Opposite:
        assert opposite(buy(), beside, policy) == Proceed()
        assert opposite(buy(), [], policy) == Proceed()


def test_what_each_policy_does() -> None:
    trades = [Trade("a"), Trade("b", side=Side.BUY), Trade("c")]
    assert opposite(buy(), trades, Opposite.ALLOW) == Proceed()
    assert opposite(buy(), trades, Opposite.CLOSE) == CloseOnly(("a", "c"))
    assert opposite(buy(), trades, Opposite.REVERSE) == CloseThenOpen(("a", "c"))
    ignored = opposite(buy(), trades, Opposite.IGNORE)
    assert isinstance(ignored, Ignore)
    assert ignored.refusal.code is Code.OPPOSITE_IGNORED
    assert ignored.refusal.sentence.startswith("2 sell trades of BTCUSDT")
    assert opposite(buy(side=Side.SELL), trades, Opposite.CLOSE) == CloseOnly(("b",))


EVERYTHING: dict[str, Any] = {
    "symbols": ["ETH*"],
    "hours": ["sun"],
    "news": [{"at": "2026-01-05T08:00:00Z"}],
    "max_signal_age": 1,
    "require_stop": True,
    "daily_loss": 1,
    "drawdown": 1,
    "cool_down_losses": 1,
    "max_open_trades": 0,
    "one_direction": True,
    "orders_per_minute": 0,
    "max_order_value": 1,
    "max_exposure": 1,
    "max_leverage": "0.1",
}


def test_the_first_refusal_wins_and_the_order_is_fixed() -> None:
    """Everything is wrong at once; taking the reasons away one by one shows the order of the gate."""
    view = View(
        halted=True,
        signal_time=NOW - 60 * SECOND,
        realised_today=D("-500"),
        equity=D(5000),
        consecutive_losses=1,
        last_loss_at=NOW,
        by_side={("BTC", Side.SELL): 1},
        free_margin=D(0),
    )
    limits = dict(EVERYTHING)
    cures: list[tuple[Code, Any]] = [
        (Code.HALTED, lambda: setattr(view, "halted", False)),
        (Code.STALE_SIGNAL, lambda: limits.pop("max_signal_age")),
        (Code.SYMBOL_NOT_ALLOWED, lambda: limits.pop("symbols")),
        (Code.OUTSIDE_HOURS, lambda: limits.pop("hours")),
        (Code.NEWS_BLACKOUT, lambda: limits.pop("news")),
        (Code.NO_STOP, lambda: limits.pop("require_stop")),
        (Code.DAILY_LOSS, lambda: limits.pop("daily_loss")),
        (Code.DRAWDOWN, lambda: limits.pop("drawdown")),
        (Code.COOL_DOWN, lambda: limits.pop("cool_down_losses")),
        (Code.MAX_OPEN_TRADES, lambda: limits.pop("max_open_trades")),
        (Code.ONE_DIRECTION, lambda: limits.pop("one_direction")),
        (Code.ORDER_RATE, lambda: limits.pop("orders_per_minute")),
        (Code.MAX_ORDER_VALUE, lambda: limits.pop("max_order_value")),
        (Code.MAX_EXPOSURE, lambda: limits.pop("max_exposure")),
        (Code.MAX_LEVERAGE, lambda: limits.pop("max_leverage")),
    ]
    for code, cure in cures:
        answer = gate.check(planned(), view, RiskProfile.model_validate(limits))
        assert isinstance(answer, Refused)
        assert answer.refusal.code is code
        cure()
    last = gate.check(planned(), view, RiskProfile.model_validate(limits))
    assert isinstance(last, Refused)
    assert last.refusal.code is Code.INSUFFICIENT_MARGIN


def test_only_the_rules_in_use_are_run() -> None:
    bare = RiskProfile.model_validate(
        {"name": "bare", "decimal_slip": False}
        | dict.fromkeys(("max_signal_age", "max_clock_skew", "max_spread", "max_leverage", "max_entry_distance"))
        | dict.fromkeys(("max_stop_distance", "max_target_distance"))
    )
    assert len(gate.rules_of(bare)) == 4  # halted, quote, wrong side, margin
    assert len(gate.rules_of(RiskProfile())) == 10
    assert gate.rules_of(RiskProfile.model_validate(EVERYTHING)) is gate.rules_of(
        RiskProfile.model_validate(EVERYTHING)
    )


def test_equal_names_do_not_mix_up_profiles() -> None:
    strict, free = RiskProfile(max_open_trades=0), RiskProfile()
    assert hash(strict) == hash(free)
    assert gate.rules_of(strict) != gate.rules_of(free)


@pytest.mark.parametrize(
    ("seconds", "text"), [(59, "59 s"), (60, "1 min"), (90, "1.5 min"), (3600, "1 h"), (90000, "1.04 d")]
)
def test_spans_are_written_in_the_largest_unit(seconds: int, text: str) -> None:
    assert span(seconds) == text


def test_figures_are_readable() -> None:
    assert figure(D("33.333333333333333333")) == "33.333333"
    assert figure(D("1E+3")) == "1000"
