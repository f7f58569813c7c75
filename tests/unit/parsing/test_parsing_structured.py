"""JSON bodies mean what the same words mean in a command; what is not certain is refused by key."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from tradewire.domain.signal import CancelPending, Open, Reading, Size, SizeUnit, Unclear
from tradewire.parsing.command import parse_command
from tradewire.parsing.render import to_command
from tradewire.parsing.structured import parse_json


def read(body: Any) -> Reading:
    return parse_json(body if isinstance(body, str) else json.dumps(body))


def unclear(body: Any) -> Unclear:
    reading = read(body)
    assert isinstance(reading, Unclear), reading
    return reading


@pytest.mark.parametrize(
    ("body", "command"),
    [
        ({"text": "buy btc 80 -tsl 2.8 -e bybit", "id": "7"}, "buy btc 80 -tsl 2.8 -e bybit"),
        (
            {"action": "buy", "symbol": "BTCUSDT", "size": 80, "tsl": 2.8, "exchange": "bybit"},
            "buy btc 80 -tsl 2.8 -e bybit",
        ),
        ({"action": "buy", "symbol": "btc", "size": "0.5lot"}, "buy btc 0.5lot"),
        ({"action": "buy", "symbol": "btc", "size": "risk 1%", "sl": "2%"}, "buy btc risk 1% -sl 2%"),
        ({"action": "LONG", "ticker": "BINANCE:BTCUSDT.P", "qty": "0.01"}, "buy btc 0.01u"),
        ({"action": "open", "side": "short", "pair": "EUR/USD", "lots": 0.5}, "sell eurusd 0.5lot"),
        ({"side": "sell", "symbol": "gold", "risk": 1, "stop_loss": "30p"}, "sell gold risk 1% -sl 30p"),
        ({"action": "buy", "symbol": "btc", "risk": "0.5%", "sl": 60000}, "buy btc risk 0.5% -sl 60000"),
        ({"action": "buy", "symbol": "btc", "percent": 2}, "buy btc 2%"),
        ({"action": "buy", "symbol": "btc", "quote": 80}, "buy btc 80"),
        ({"action": "buy", "symbol": "btc", "type": "limit", "price": 60000}, "buy btc @ 60000"),
        ({"action": "buy", "symbol": "btc", "limit": 60000}, "buy btc @ 60000"),
        ({"action": "buy", "symbol": "btc", "type": "market", "price": 60000}, "buy btc"),
        ({"action": "buy", "symbol": "btc", "type": "stop", "price": 60000}, "buy btc -stop 60000"),
        ({"action": "buy", "symbol": "btc", "type": "stop", "stop": 60000}, "buy btc -stop 60000"),
        ({"action": "buy", "symbol": "btc", "stop_price": 60000}, "buy btc -stop 60000"),
        (
            {"action": "buy", "symbol": "btc", "order_type": "Stop-Limit", "price": 60100, "stop": 60000},
            "buy btc -stop 60000 -lim 60100",
        ),
        ({"action": "buy", "symbol": "btc", "tp": [65000, "70000@50%"]}, "buy btc -tp 65000,70000@50%"),
        ({"action": "buy", "symbol": "btc", "take_profit": "3%", "be": "1r"}, "buy btc -tp 3% -be 1r"),
        (
            {
                "action": "buy",
                "symbol": "btc",
                "leverage": "5x",
                "tif": "2h",
                "tag": "a-1",
                "post_only": True,
                "session_end": "true",
                "time_limit": "4h",
                "accounts": ["demo", "bybit"],
            },
            "buy btc -lev 5 -tif 2h -id a-1 -post -eod -for 4h -e demo,bybit",
        ),
        ({"action": "buy", "symbol": "btc", "sl": None, "tp": "", "comment": "x", "post_only": False}, "buy btc"),
        ({"action": "close", "symbol": "btc", "percent": 50}, "close btc 50%"),
        ({"action": "close", "symbol": "btc", "close_percent": "50%"}, "close btc 50%"),
        ({"action": "close", "symbol": "btc", "size": "50%"}, "close btc 50%"),
        ({"action": "close", "symbol": "btc", "size": 0.01}, "close btc 0.01"),
        ({"action": "close", "symbol": "gold", "lots": 1}, "close gold 1lot"),
        ({"action": "close", "symbol": "btc", "side": "long", "type": "market", "price": 1}, "close long btc"),
        ({"action": "close_short", "symbol": "btc"}, "close short btc"),
        ({"side": "close", "symbol": "btc"}, "close btc"),
        ({"action": "close", "symbol": "all", "account": "demo"}, "close all -e demo"),
        ({"action": "modify", "symbol": "btc", "sl": 60000}, "sl btc 60000"),
        ({"action": "modify", "symbol": "btc", "tsl": "2%"}, "trail btc 2%"),
        ({"action": "modify", "symbol": "btc", "breakeven": "1r"}, "be btc 1r"),
        ({"action": "modify", "symbol": "btc", "breakeven": "now"}, "be btc"),
        ({"action": "breakeven", "symbol": "btc"}, "be btc"),
        ({"action": "cancel", "symbol": "btc"}, "cancel btc"),
        ({"action": "cancel", "symbol": "all"}, "cancel all"),
        ({"action": "cancel", "tag": "swing-7"}, "cancel -id swing-7"),
        ({"action": "adopt", "symbol": "btc"}, "adopt btc"),
        (
            {"action": "adopt", "ticker": "gold", "sl": "2%", "tp": [2500], "time_limit": "4h", "account": "demo"},
            "adopt gold -sl 2% -tp 2500 -for 4h -e demo",
        ),
        ({"type": "adopt", "symbol": "BTCUSDT", "exits": {"stop": 60000}}, "adopt btc -sl 60000"),
        ({"action": "flatten", "account": "demo"}, "flatten -e demo"),
        ({"action": "halt"}, "halt"),
        ({"type": "control", "action": "halt"}, "halt"),
        ({"type": "open", "symbol": "BTCUSDT", "side": "buy", "size": {"value": 80, "unit": "quote"}}, "buy btc 80"),
        ({"type": "open", "symbol": "BTCUSDT", "side": "buy", "id": "alert-7"}, "buy btc"),
        ({"type": "open", "symbol": "NOW", "side": "buy", "tif": "gtd", "expire_s": 7200}, "buy $now -tif 2h"),
        ([{"action": "close", "symbol": "eth"}, {"action": "buy", "symbol": "btc"}], "close eth; buy btc"),
    ],
)
def test_a_body_means_what_the_command_means(body: Any, command: str) -> None:
    reading = parse_command(command)
    assert isinstance(reading, tuple)
    assert read(body) == reading


def test_numbers_keep_every_digit() -> None:
    (signal,) = read('{"action": "buy", "symbol": "btc", "type": "limit", "price": 0.1234567890123456789012}')
    assert isinstance(signal, Open)
    assert signal.limit_price == Decimal("0.1234567890123456789012")


def test_an_order_is_cancelled_by_its_id() -> None:
    assert read({"action": "cancel", "order_id": "abc-1"}) == (CancelPending(ref="abc-1"),)


def test_money_to_close_is_money() -> None:
    (signal,) = read({"action": "close", "symbol": "btc", "quote": 80})
    assert signal.quantity == Size(Decimal(80), SizeUnit.QUOTE)


@pytest.mark.parametrize(
    ("body", "said", "suggestion"),
    [
        ({"action": "buy", "symbl": "btc"}, "'symbl'", "symbol"),
        ({"action": "bbuy", "symbol": "btc"}, "'bbuy'", "buy"),
        ({"action": "open", "side": "buuy", "symbol": "btc"}, "'buuy'", "buy"),
        ({"action": "open", "symbol": "btc"}, "side is missing", "side"),
        ({"action": "buy", "side": "sell", "symbol": "btc"}, "the side says sell", None),
        ({"action": "close_long", "side": "sell", "symbol": "btc"}, "the side says sell", None),
        ({"symbol": "btc"}, "action is missing", "action"),
        ({"action": "buy"}, "symbol is missing", "symbol"),
        ({"action": "buy", "symbol": "80"}, "not a symbol", None),
        ({"action": "buy", "symbol": "btc", "price": 60000}, "needs a type", "type"),
        ({"action": "buy", "symbol": "btc", "stop": 60000}, "stop loss to some", "sl"),
        ({"action": "buy", "symbol": "btc", "type": "limt", "price": 1}, "'limt'", "limit"),
        ({"action": "buy", "symbol": "btc", "type": "limit"}, "does not go with", None),
        ({"action": "buy", "symbol": "btc", "type": "market", "limit": 1}, "does not go with", None),
        ({"action": "buy", "symbol": "btc", "size": 1, "qty": 2}, "'size' and 'qty'", None),
        ({"action": "buy", "symbol": "btc", "sl": 1, "stop_loss": 2}, "the same thing", None),
        ({"action": "buy", "symbol": "btc", "lots": "2%"}, "a number of lots", None),
        ({"action": "buy", "symbol": "btc", "qty": "2lot"}, "a number of units", None),
        ({"action": "buy", "symbol": "btc", "sl": "60,000"}, "sl: ", "60000"),
        ({"action": "buy", "symbol": "btc", "sl": "100%"}, "less than 100%", None),
        ({"action": "buy", "symbol": "btc", "risk": 101}, "risk: ", "100%"),
        ({"action": "buy", "symbol": "btc", "size": -5}, "size: ", None),
        ({"action": "buy", "symbol": "btc", "size": "80 -e live"}, "size: ", None),
        ({"action": "buy", "symbol": "btc", "size": "80; flatten"}, "size: ", None),
        ({"action": "buy", "symbol": "btc", "size": True}, "a number or a string", None),
        ({"action": "buy", "symbol": "btc", "size": {"value": 1}}, "a number or a string", None),
        ({"action": "buy", "symbol": "btc", "post_only": "yes"}, "true or false", None),
        ({"action": "buy", "symbol": "btc", "tag": "x" * 600}, "too long", None),
        ({"action": "close", "symbol": "btc", "sl": 1}, "means nothing", None),
        ({"action": "adopt"}, "symbol is missing", "symbol"),
        ({"action": "adopt", "symbol": "btc", "size": 1}, "means nothing", None),
        ({"action": "adopt", "symbol": "btc", "post_only": True}, "means nothing", None),
        ({"type": "adopt", "symbol": "X", "exits": {"stop": {"value": 100, "unit": "%"}}}, "less than 100%", None),
        ({"action": "close", "symbol": "btc", "type": "limit"}, "to the market", None),
        ({"action": "close", "symbol": "all", "qty": 1}, "needs a symbol", None),
        ({"action": "partial_close", "symbol": "btc"}, "how much", "close_percent"),
        ({"action": "modify", "symbol": "btc"}, "nothing to change", "sl"),
        ({"action": "close", "symbol": "btc", "trade": "t1"}, "cannot be given together", None),
        ({"text": 5}, "must be a string", None),
        ({"text": "buy btc", "size": 80}, "cannot stand beside", None),
        ([], "1 to 100", None),
        ([5], "JSON object", None),
        ({"type": "open", "symbol": "btc"}, "not a signal", None),
        ({"type": "open", "symbol": "btc", "side": "buy", "sizee": "80"}, "'sizee'", "size"),
        ({"type": "open", "symbol": "btc", "side": "buy", "exits": {"stpo": 1}}, "'stpo'", "stop"),
        ({"type": "open", "symbol": "btc", "side": "buy", "exits": {"targets": [{"level": 1, "x": 1}]}}, "'x'", None),
        ({"type": "open", "symbol": "80", "side": "buy"}, "not a symbol", None),
        ({"type": "open", "symbol": "btc", "side": "buy"}, "not a symbol", "BTCUSDT"),
        ({"type": "open", "symbol": "X", "side": "buy", "leverage": -5}, "'-5'", None),
        ({"type": "open", "symbol": "X", "side": "buy", "order_type": "limit"}, "do not fit", None),
        ({"type": "adjust", "symbol": "X"}, "nothing to change", None),
        ({"type": "close", "symbol": "X", "percent": 101}, "more than 100%", "100%"),
        ("[" * 100_000, "nested", None),
        ('{"action": "buy"', "not JSON", None),
        ('{"action": "buy", "symbol": "btc", "size": NaN}', "NaN", None),
        ('{"action": "buy", "symbol": "btc", "size": 1e400}', "out of all proportion", None),
        ('{"action": "buy", "action": "sell", "symbol": "btc"}', "given twice", None),
    ],
)
def test_what_is_not_certain_is_refused_by_key(body: Any, said: str, suggestion: str | None) -> None:
    told = unclear(body)
    assert said in told.reason
    assert told.suggestion == suggestion


def test_several_exits_can_be_changed_at_once() -> None:
    body = {"type": "adjust", "symbol": "BTCUSDT", "stop": "5", "targets": [{"level": "9"}], "breakeven_now": True}
    reading = read(body)
    assert isinstance(reading, tuple)
    assert to_command(reading[0]) == "sl BTCUSDT 5; tp BTCUSDT 9; be BTCUSDT"
    assert read({"action": "modify", "symbol": "btc", "sl": 5, "tp": 9, "be": "now"}) == reading
