"""What is typed is what is done; what is not certain is explained, and nothing is done."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tradewire.domain.signal import (
    Adjust,
    Adopt,
    Breakeven,
    CancelPending,
    Close,
    Control,
    Distance,
    ExitSpec,
    Open,
    OrderType,
    Side,
    Signal,
    Size,
    SizeUnit,
    Target,
    TimeInForce,
    Trailing,
    Unclear,
    Unit,
)
from tradewire.parsing.command import LONGEST, parse_command

D = Decimal
TRADE = "t" + "abcde" * 4
ORDER = "tw" + "abcde" * 4


def only(text: str) -> Signal:
    reading = parse_command(text)
    assert isinstance(reading, tuple), reading
    (signal,) = reading
    return signal


def opened(text: str) -> Open:
    signal = only(text)
    assert isinstance(signal, Open)
    return signal


def unclear(text: str) -> Unclear:
    reading = parse_command(text)
    assert isinstance(reading, Unclear), reading
    return reading


def percent(value: str) -> Distance:
    return Distance(D(value), Unit.PERCENT)


def test_the_founding_example() -> None:
    assert only("buy btc 80 -tsl 2.8 -e bybit") == Open(
        symbol="BTCUSDT",
        side=Side.BUY,
        size=Size(D(80), SizeUnit.QUOTE),
        exits=ExitSpec(trailing=Trailing(percent("2.8"))),
        destinations=("bybit",),
    )


@pytest.mark.parametrize(("verb", "side"), [("buy", "buy"), ("LONG", "buy"), ("Sell", "sell"), ("short", "sell")])
def test_verbs_of_an_entry(verb: str, side: str) -> None:
    assert opened(f"{verb} eth").side == side


@pytest.mark.parametrize(
    ("written", "size"),
    [
        ("80", Size(D(80), SizeUnit.QUOTE)),
        ("1.5k", Size(D(1500), SizeUnit.QUOTE)),
        ("12_500.5", Size(D("12500.5"), SizeUnit.QUOTE)),
        (".5", Size(D("0.5"), SizeUnit.QUOTE)),
        ("0.5lot", Size(D("0.5"), SizeUnit.LOTS)),
        ("2 lots", Size(D(2), SizeUnit.LOTS)),
        ("0.01u", Size(D("0.01"), SizeUnit.UNITS)),
        ("3 units", Size(D(3), SizeUnit.UNITS)),
        ("2%", Size(D(2), SizeUnit.EQUITY_PERCENT)),
        ("risk 1%", Size(D(1), SizeUnit.RISK_PERCENT)),
        ("RISK 0.25 %", Size(D("0.25"), SizeUnit.RISK_PERCENT)),
    ],
)
def test_a_size_carries_its_unit(written: str, size: Size) -> None:
    assert opened(f"buy btc {written} -sl 2%").size == size


@pytest.mark.parametrize(
    ("flags", "kind", "limit", "trigger"),
    [
        ("", OrderType.MARKET, None, None),
        ("now", OrderType.MARKET, None, None),
        ("market", OrderType.MARKET, None, None),
        ("@ 60k", OrderType.LIMIT, 60000, None),
        ("@60000", OrderType.LIMIT, 60000, None),
        ("at 60000", OrderType.LIMIT, 60000, None),
        ("-lim 60000", OrderType.LIMIT, 60000, None),
        ("--limit=60000", OrderType.LIMIT, 60000, None),
        ("-stop 61000", OrderType.STOP, None, 61000),
        ("-stop 61000 -lim 61100", OrderType.STOP_LIMIT, 61100, 61000),
    ],
)
def test_the_prices_decide_the_order_type(flags: str, kind: OrderType, limit: int | None, trigger: int | None) -> None:
    signal = opened(f"buy btc 80 {flags}")
    assert (signal.order_type, signal.limit_price, signal.stop_price) == (kind, limit, trigger)


@pytest.mark.parametrize(
    ("flags", "exits"),
    [
        ("-sl 60000", ExitSpec(stop=D(60000))),
        ("-sl 2%", ExitSpec(stop=percent("2"))),
        ("-sl 30p", ExitSpec(stop=Distance(D(30), Unit.PIPS))),
        ("-sl 30 pips", ExitSpec(stop=Distance(D(30), Unit.PIPS))),
        ("--stop-loss 1.5atr", ExitSpec(stop=Distance(D("1.5"), Unit.ATR))),
        ("-tp 65000", ExitSpec(targets=(Target(D(65000)),))),
        (
            "-tp 65000@50%, 3%@25%,2r",
            ExitSpec(
                targets=(
                    Target(D(65000), D("0.5")),
                    Target(percent("3"), D("0.25")),
                    Target(Distance(D(2), Unit.R)),
                )
            ),
        ),
        ("-tsl 2.8", ExitSpec(trailing=Trailing(percent("2.8")))),
        ("-tsl 30p", ExitSpec(trailing=Trailing(Distance(D(30), Unit.PIPS)))),
        ("-tsl 2atr", ExitSpec(trailing=Trailing(Distance(D(2), Unit.ATR)))),
        (
            "-tsl 2@1r/0.5",
            ExitSpec(trailing=Trailing(percent("2"), activation=Distance(D(1), Unit.R), step=percent("0.5"))),
        ),
        ("-tsl 2%@65000", ExitSpec(trailing=Trailing(percent("2"), activation=D(65000)))),
        ("-be 61000", ExitSpec(breakeven=Breakeven(at=D(61000)))),
        ("-be 1r+5p", ExitSpec(breakeven=Breakeven(at=Distance(D(1), Unit.R), offset=Distance(D(5), Unit.PIPS)))),
        ("-be tp2", ExitSpec(breakeven=Breakeven(after_target=2))),
        ("-be tp1+0.5atr", ExitSpec(breakeven=Breakeven(after_target=1, offset=Distance(D("0.5"), Unit.ATR)))),
        ("-be tp1+0.1%", ExitSpec(breakeven=Breakeven(after_target=1, offset=percent("0.1")))),
        ("-for 90s", ExitSpec(time_limit_s=90)),
        ("-for 2d -eod", ExitSpec(time_limit_s=172800, session_end=True)),
    ],
)
def test_exits(flags: str, exits: ExitSpec) -> None:
    assert opened(f"buy btc 80 {flags}").exits == exits


def test_the_other_flags() -> None:
    signal = opened("buy btc 80 -lev 5x -tif 2h -id swing-7 -post -e Bybit,demo-2, demo-2")
    assert signal.leverage == 5
    assert (signal.tif, signal.expire_s) == (TimeInForce.GTD, 7200)
    assert signal.tag == "swing-7"
    assert signal.post_only
    assert signal.destinations == ("Bybit", "demo-2")


@pytest.mark.parametrize("word", ["gtc", "DAY", "ioc", "fok"])
def test_time_in_force_words(word: str) -> None:
    signal = opened(f"buy btc -tif {word}")
    assert (signal.tif, signal.expire_s) == (word.lower(), None)


@pytest.mark.parametrize(
    ("text", "signal"),
    [
        ("close btc", Close(symbol="BTCUSDT")),
        ("exit btc", Close(symbol="BTCUSDT")),
        ("close btc 50%", Close(symbol="BTCUSDT", percent=D(50))),
        ("close btc half", Close(symbol="BTCUSDT", percent=D(50))),
        ("close btc 0.01", Close(symbol="BTCUSDT", quantity=Size(D("0.01"), SizeUnit.UNITS))),
        ("close gold 0.5lot", Close(symbol="XAUUSD", quantity=Size(D("0.5"), SizeUnit.LOTS))),
        ("close long btc", Close(symbol="BTCUSDT", side=Side.BUY)),
        ("close btc short 20%", Close(symbol="BTCUSDT", side=Side.SELL, percent=D(20))),
        (f"close {TRADE.upper()}", Close(trade=TRADE)),
        ("close all -e demo", Close(destinations=("demo",))),
        ("cancel btc", CancelPending(symbol="BTCUSDT")),
        ("cancel all", CancelPending()),
        (f"cancel {ORDER}", CancelPending(ref=ORDER)),
        (f"cancel {TRADE}", CancelPending(ref=TRADE)),
        ("cancel 123456", CancelPending(ref="123456")),
        ("cancel -id swing-7 -e demo", CancelPending(ref="swing-7", destinations=("demo",))),
        ("sl btc 60000", Adjust(symbol="BTCUSDT", stop=D(60000))),
        ("sl btc to 2%", Adjust(symbol="BTCUSDT", stop=percent("2"))),
        ("sl btc 59000 -force", Adjust(symbol="BTCUSDT", stop=D(59000), force=True)),
        ("sl all 2% --force -e demo", Adjust(stop=percent("2"), force=True, destinations=("demo",))),
        ("sl btc 2% -e demo -force", Adjust(symbol="BTCUSDT", stop=percent("2"), force=True, destinations=("demo",))),
        (f"tp {TRADE} 3%", Adjust(trade=TRADE, targets=(Target(percent("3")),))),
        ("tp btc 65000@50%,70000", Adjust(symbol="BTCUSDT", targets=(Target(D(65000), D("0.5")), Target(D(70000))))),
        ("tp btc none", Adjust(symbol="BTCUSDT", targets=())),
        ("be btc", Adjust(symbol="BTCUSDT", breakeven_now=True)),
        ("breakeven all -e demo", Adjust(breakeven_now=True, destinations=("demo",))),
        (
            "be btc +10p",
            Adjust(symbol="BTCUSDT", breakeven_now=True, breakeven=Breakeven(offset=Distance(D(10), Unit.PIPS))),
        ),
        ("be btc 10p", Adjust(symbol="BTCUSDT", breakeven=Breakeven(at=Distance(D(10), Unit.PIPS)))),
        ("be btc tp1", Adjust(symbol="BTCUSDT", breakeven=Breakeven(after_target=1))),
        ("trail btc 2", Adjust(symbol="BTCUSDT", trailing=Trailing(percent("2")))),
        ("tsl btc 30p", Adjust(symbol="BTCUSDT", trailing=Trailing(Distance(D(30), Unit.PIPS)))),
        ("adopt btc", Adopt(symbol="BTCUSDT")),
        (
            "/ADOPT gold -sl 2% -tp 1r -be tp1 -eod -e demo,bybit",
            Adopt(
                symbol="XAUUSD",
                exits=ExitSpec(
                    stop=percent("2"),
                    targets=(Target(Distance(D(1), Unit.R)),),
                    breakeven=Breakeven(after_target=1),
                    session_end=True,
                ),
                destinations=("demo", "bybit"),
            ),
        ),
        ("flatten", Control(action="flatten")),
        ("flatten -e demo,bybit", Control(action="flatten", destinations=("demo", "bybit"))),
        ("HALT", Control(action="halt")),
        ("/resume@my_bot", Control(action="resume")),
    ],
)
def test_commands_for_what_is_open(text: str, signal: Signal) -> None:
    assert only(text) == signal


@pytest.mark.parametrize(
    "text", ["buy btc 80;sell eth 20", " buy btc 80\r\n\n ; sell eth 20;\n", "buy btc 80\nsell eth 20"]
)
def test_several_commands_are_several_signals(text: str) -> None:
    assert parse_command(text) == (opened("buy btc 80"), opened("sell eth 20"))


def test_one_bad_command_makes_all_unclear() -> None:
    assert unclear("buy btc 80; clsoe eth").position == 12


def test_a_line_of_flags_goes_on_with_the_command_above() -> None:
    assert only("buy btc 80\n  -sl 2%\n\n-tp 4%") == only("buy btc 80 -sl 2% -tp 4%")


@pytest.mark.parametrize("dash", ["\u2014", "\u2013", "\u2212", "--"])
def test_a_phones_dashes_are_dashes(dash: str) -> None:
    assert only(f"buy btc 80 {dash}sl 2%") == only("buy btc 80 -sl 2%")


@pytest.mark.parametrize(
    ("text", "position", "suggestion"),
    [
        ("buy btc 80 tsl 2.8", 11, "-tsl"),
        ("buy btc 80 -tls 2.8", 11, "-tsl"),
        ("buy btc 80 --trailing-stp 2.8", 11, "--trailing-stop"),
        ("  byu btc 80", 2, "buy"),
        ("/clsoe btc", 0, "close"),
        ("buy btc 80 sl 60000", 11, "-sl"),
        ("buy btc -tif dya", 13, "day"),
        ("buy btc rsik 1%", 8, "risk"),
        ("buy btc risk 1", 13, "1%"),
        ("buy btc -tp 65000@50", 17, "@50%"),
        ("buy btc, 80", 4, "btc"),
        ("buy it", 4, "$IT"),
        ("buy btc 60,000", 8, "60000"),
        ("buy btc 1,234,567.5", 8, "1234567.5"),
        ("buy btc 0,5", 8, "0.5"),
        ("buy btc -tp 65,000", 12, "65000"),
        ("close btc 101%", 0, "100%"),
        ("buy btc risk 101%", 8, "100%"),
        ("buy btc -tp 5%@101%", 14, "@100%"),
        ("cancel btc --acount demo", 11, "--account"),
    ],
)
def test_a_mistake_is_placed_and_corrected(text: str, position: int, suggestion: str) -> None:
    told = unclear(text)
    assert (told.position, told.suggestion) == (position, suggestion)


@pytest.mark.parametrize(
    ("text", "position", "said"),
    [
        ("", 0, "expected a command"),
        ("buy", 3, "expected a symbol"),
        ("buy 80 btc", 4, "expected a symbol"),
        ("buy btc 80 -sl", 14, "expected a number"),
        ("buy btc 80 -sl -5", 15, "expected a number"),
        ("buy btc 80 -sl 1r", 15, "expected a number"),
        ("buy btc 80 -sl 0", 15, "more than zero"),
        ("buy btc 80 -sl 007", 15, "expected a number"),
        ("buy btc 80 -sl 100%", 11, "less than 100%"),
        ("buy btc 80 -tsl 100", 11, "less than 100%"),
        ("buy btc 80 -tsl 1/2", 11, "at most its distance"),
        ("buy btc 80 -sl 5% --stop-loss 4%", 18, "given twice"),
        ("buy btc 80 @ 60000 -lim 60000", 19, "given twice"),
        ("buy btc 80 now -lim 60000", 0, "not both"),
        ("buy btc 80 -tp 5%@60%,6%@60%", 11, "more than 100%"),
        ("buy btc 80 -tp 5%@100%,6%", 11, "leave nothing"),
        ("buy btc 80 -tp 5% -be tp2", 18, "there is only one target"),
        ("buy btc 80 -be tp3 -tp 5%,6%", 11, "there are only 2 targets"),
        ("buy btc 80 -tp 65000 @ 60000", 21, "share"),
        ("buy btc 80 -for 99999999d", 16, "year"),
        ("adopt", 5, "expected a symbol"),
        ("adopt btc 80", 10, "expected a flag"),
        ("adopt btc -sl 2% -sl 3%", 17, "given twice"),
        ("halt; adopt btc -tp 5% -be tp2", 23, "only one target"),
        ("buy btc 80 -tif 2", 16, "'day'"),
        ("buy btc usd", 8, "expected a number"),
        ("buy $now80$", 4, "expected a symbol"),
        ("close all 5", 0, "needs a symbol"),
        ("trail btc", 9, "expected a number"),
        ("flatten bybit", 8, "expected -e"),
        ("halt now", 5, "expected -e"),
        ("buy btc 80 -e ,", 14, "an account"),
    ],
)
def test_a_mistake_says_what_is_wrong(text: str, position: int, said: str) -> None:
    told = unclear(text)
    assert told.position == position
    assert said in told.reason


@pytest.mark.parametrize("text", ["adopt btc -lev 5", "adopt btc --LIMIT=5", "close btc -sl 2%"])
def test_a_flag_of_another_command_is_not_taken_for_a_misspelt_one(text: str) -> None:
    told = unclear(text)
    assert told.position == text.index(" -") + 1
    assert told.suggestion is None


def test_a_text_that_nobody_typed_is_not_read() -> None:
    told = unclear("buy btc " + "8" * LONGEST)
    assert told.reason == "a command text has 4,096 characters at most, this one 4,104"
    assert told.position == LONGEST


def test_a_long_word_is_shown_in_part() -> None:
    assert len(unclear("buy btc " + "x" * 4000).reason) < 400
