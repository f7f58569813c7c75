"""Every usual spelling of a symbol is one symbol; nothing is guessed."""

from __future__ import annotations

import pytest

from tradewire.domain.symbols import ALIASES, canonical, exactly, nearest


@pytest.mark.parametrize(
    ("written", "symbol"),
    [
        ("btc", "BTCUSDT"),
        ("Bitcoin", "BTCUSDT"),
        ("BTC/USDT", "BTCUSDT"),
        ("BTC-USDT", "BTCUSDT"),
        ("btc_usdt", "BTCUSDT"),
        ("BTCUSDT.P", "BTCUSDT"),
        ("BINANCE:BTCUSDT.P", "BTCUSDT"),
        ("BTC/USDT:USDT", "BTCUSDT"),
        ("BTC-USDT-SWAP", "BTCUSDT"),
        ("BTC_USDT_PERP", "BTCUSDT"),
        ("BTCUSD", "BTCUSD"),
        ("$BTC", "BTCUSDT"),
        ("gold", "XAUUSD"),
        ("XAU", "XAUUSD"),
        ("XAU/USD", "XAUUSD"),
        ("XAUUSD+", "XAUUSD"),
        ("XAUUSDm", "XAUUSD"),
        ("silver", "XAGUSD"),
        ("brent", "UKOIL"),
        ("nas100", "NAS100"),
        ("US100", "NAS100"),
        ("nasdaq", "NAS100"),
        ("US30.Cash", "US30"),
        ("ger30", "GER40"),
        ("EURUSD.a", "EURUSD"),
        ("EURUSD.pro", "EURUSD"),
        ("EURUSDm", "EURUSD"),
        ("EURUSD-ECN", "EURUSD"),
        ("OANDA:EURUSD", "EURUSD"),
        ("$AAPL", "AAPL"),
        ("#AAPL", "AAPL"),
        ("NASDAQ:AAPL", "AAPL"),
        ("NYSE:GOLD", "GOLD"),
        ("BRK.B", "BRK.B"),
        ("1000PEPEUSDT", "1000PEPEUSDT"),
        ("ES1!", "ES1!"),
        ("$NOW", "NOW"),
        ("nyse:now", "NOW"),
        ("foobar", "FOOBAR"),
    ],
)
def test_spellings(written: str, symbol: str) -> None:
    assert canonical(written) == symbol


@pytest.mark.parametrize("word", ["now", "it", "the", "80", "0.5", "", "$", "a b?", "x" * 40, "NYSE:", "btc,", "ß€"])
def test_what_is_no_symbol(word: str) -> None:
    assert canonical(word) is None


def test_aliases_lead_to_names_that_stay() -> None:
    assert {symbol: canonical(symbol) for symbol in ALIASES.values()} == {symbol: symbol for symbol in ALIASES.values()}


@pytest.mark.parametrize("symbol", ["BTCUSDT", "GOLD", "NOW", "LINK", "AAPL"])
def test_exactly_is_read_as_itself(symbol: str) -> None:
    assert canonical(exactly(symbol)) == symbol


def test_the_nearest_name() -> None:
    known = ["BTCUSDT", "ETHUSDT", "EURUSD"]
    assert nearest("btcusd", known) == "BTCUSDT"
    assert nearest("EURUSDD", known) == "EURUSD"
    assert nearest("zzz", known) is None
    assert nearest("zzz", []) is None


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("hello", "sell"),
        ("bye", "buy"),
        ("me", "be"),
        ("x", "e"),
        ("sold", "sell"),
        ("trading", "trail"),
        ("BTC", "BTCUSDT"),
    ],
)
def test_what_is_far_from_all_is_not_offered(word: str, name: str) -> None:
    assert nearest(word, [name]) is None


def test_between_equals_the_answer_is_always_the_same() -> None:
    assert nearest("abc", ["abd", "aba"]) == nearest("abc", ["aba", "abd"]) == "aba"
    assert nearest("abdc", ["abxc", "abcd", "abdd"]) == "abcd", "swapped neighbours are one slip"
    assert nearest("shrots", ["shirt", "short"]) == "short"
