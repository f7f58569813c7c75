"""A signal is told in one sentence, and in the vocabulary of labelled corpora."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tradewire.domain.signal import Distance, Open, Side, Size, SizeUnit, Unit
from tradewire.parsing.command import parse_command
from tradewire.parsing.corpus import predict, to_corpus
from tradewire.parsing.explain import describe


def sentence(text: str) -> str:
    reading = parse_command(text)
    assert isinstance(reading, tuple), reading
    return "; ".join(map(describe, reading))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("buy btc 80 -tsl 2.8 -e bybit", "buy 80 USDT of BTCUSDT at market, trailing stop 2.8 %, on bybit"),
        ("sell aapl 80", "sell 80 (account currency) of AAPL at market"),
        ("buy eurusd 1lot -sl 30p", "buy 1 lot of EURUSD at market, stop loss 30 pips"),
        ("buy eurusd 0.5lot @ 1.08", "buy 0.5 lots of EURUSD at limit 1.08"),
        ("buy btc 1u", "buy 1 unit of BTCUSDT at market"),
        ("buy btc 0.5u -stop 5 -lim 6", "buy 0.5 units of BTCUSDT at stop 5, limit 6"),
        ("buy btc 2% -lev 5 -tif 2h", "buy 2 % of equity in BTCUSDT at market, leverage 5, good for 2h"),
        ("buy btc risk 1% -sl 2atr -tif ioc", "buy 1 % risk in BTCUSDT at market, stop loss 2 ATR, IOC"),
        ("buy btc -tp 5 -post -id x", "buy BTCUSDT at market, target 5, post only, tagged x"),
        ("buy btc -tp 5@50%,2r", "buy BTCUSDT at market, targets 5 (50 %) and 2 R"),
        ("buy btc -tsl 2@1r/0.5", "buy BTCUSDT at market, trailing stop 2 % from 1 R on in steps of 0.5 %"),
        ("buy btc -be tp1+5p", "buy BTCUSDT at market, stop to the entry plus 5 pips after target 1"),
        ("buy btc -be 1r -for 4h", "buy BTCUSDT at market, stop to the entry at 1 R, closed after 4h"),
        ("buy btc -eod", "buy BTCUSDT at market, closed at the session's end"),
        ("close btc", "close BTCUSDT"),
        ("close long btc 50%", "close 50 % of long BTCUSDT"),
        ("close short btc 0.5lot", "close 0.5 lots of short BTCUSDT"),
        ("close all -e a,b", "close everything that is open, on a and b"),
        ("cancel btc", "cancel the pending orders of BTCUSDT"),
        ("cancel -id x", "cancel x"),
        ("cancel all", "cancel every pending order"),
        ("sl btc 5", "BTCUSDT: stop loss to 5"),
        ("tp btc none", "BTCUSDT: no targets"),
        ("tp btc 5,6", "BTCUSDT: targets 5 and 6"),
        ("trail btc 2", "BTCUSDT: trailing stop 2 %"),
        ("be btc", "BTCUSDT: stop to the entry"),
        ("be btc +5p", "BTCUSDT: stop to the entry plus 5 pips"),
        ("be t" + "abcde" * 4, "trade t" + "abcde" * 4 + ": stop to the entry"),
        ("adopt btc", "adopt the position in BTCUSDT"),
        (
            "adopt btc -sl 2% -eod -e a",
            "adopt the position in BTCUSDT, stop loss 2 %, closed at the session's end, on a",
        ),
        ("halt", "take no new entries"),
        ("resume -e demo", "take new entries again, on demo"),
        ("flatten", "close every position and cancel every resting order"),
    ],
)
def test_what_a_signal_says(text: str, said: str) -> None:
    assert sentence(text) == said


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "buy btc 80 -tsl 2.8 -e bybit",
            {
                "action": "open",
                "symbol": "BTCUSDT",
                "side": "buy",
                "order_type": "market",
                "size": {"quote": 80},
                "trailing": {"percent": 2.8},
                "exchange": "bybit",
            },
        ),
        (
            "sell eurusd 0.5lot @ 1.08 -sl 30p -tp 1.07@60%,1.06@40% -lev 5",
            {
                "action": "open",
                "symbol": "EURUSD",
                "side": "sell",
                "order_type": "limit",
                "entry": 1.08,
                "size": {"lots": 0.5},
                "stop_loss": {"pips": 30},
                "take_profits": [1.07, 1.06],
                "tp_alloc": [60, 40],
                "leverage": 5,
            },
        ),
        (
            "buy btc risk 1% -stop 5 -lim 6 -tsl 2@1r",
            {
                "action": "open",
                "symbol": "BTCUSDT",
                "side": "buy",
                "order_type": "stop_limit",
                "entry": 5,
                "limit_price": 6,
                "risk": {"percent": 1},
                "trailing": {"trigger": {"r": 1}, "distance": {"percent": 2}},
            },
        ),
        ("close btc", {"action": "close", "symbol": "BTCUSDT"}),
        ("close btc 100%", {"action": "close", "symbol": "BTCUSDT"}),
        ("close all", {"action": "close", "scope": "all"}),
        (
            "close long btc 50%",
            {"action": "partial_close", "symbol": "BTCUSDT", "side": "buy", "close_percent": 50},
        ),
        ("close btc 0.01", {"action": "partial_close", "symbol": "BTCUSDT", "size": {"qty": 0.01}}),
        ("cancel btc -e a,B", {"action": "cancel", "symbol": "BTCUSDT", "exchange": ["a", "b"]}),
        ("cancel all", {"action": "cancel", "scope": "all"}),
        ("sl btc 60000", {"action": "modify", "symbol": "BTCUSDT", "stop_loss": 60000}),
        ("tp btc none", {"action": "modify", "symbol": "BTCUSDT"}),
        ("be btc", {"action": "breakeven", "symbol": "BTCUSDT"}),
        ("flatten", {"action": "close", "scope": "all"}),
        ("adopt btc -sl 2%", {"action": "none", "reason": "adopt makes a position ours and trades nothing"}),
        ("halt", {"action": "none", "reason": "halt is a word to the hub, not to a trade"}),
        (
            "close btc; be eth",
            {
                "action": "multi",
                "intents": [{"action": "close", "symbol": "BTCUSDT"}, {"action": "breakeven", "symbol": "ETHUSDT"}],
            },
        ),
        (
            '{"action": "modify", "symbol": "btc", "sl": 5, "breakeven": true}',
            {"action": "unclear", "reason": "the value of 'breakeven' must be a number or a string"},
        ),
        ("hello", {"action": "none", "reason": "no command"}),
        (
            "byu btc",
            {"action": "unclear", "reason": "'byu' is not a command", "position": 0, "suggestion": "buy"},
        ),
    ],
)
def test_the_vocabulary_of_the_corpus(text: str, expected: dict[str, Any]) -> None:
    assert predict(text, None) == expected


def test_a_distance_beyond_the_commands_is_told_too() -> None:
    stop = Distance(Decimal(2), Unit.ATR)
    signal = Open(symbol="X", side=Side.SELL, size=Size(Decimal(2), SizeUnit.EQUITY_PERCENT))
    assert to_corpus((signal,))["size"] == {"percent": 2}
    assert stop.unit == "atr"
