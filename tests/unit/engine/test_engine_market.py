"""Prices, ranges, conversions and sessions."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tradewire.domain.instrument import Bar, Quote
from tradewire.engine.market import Average, Market
from unit.engine.desk_harness import BTC, NOW, SECOND

D = Decimal
MINUTE = 60 * SECOND


def quote(symbol: str, price: str, ts: int = NOW) -> Quote:
    return Quote(symbol, D(price), D(price), ts)


def bar(low: int, high: int, close: int) -> Bar:
    return Bar("BTCUSDT", 0, D(low), D(high), D(low), D(close))


def test_the_true_range_reaches_over_gaps_and_is_averaged_as_wilder_did() -> None:
    average = Average(2)
    average.add(bar(10, 14, 12))
    assert (average.value, average.ready) == (4, False)
    average.add(bar(20, 22, 21))  # from the close at 12 up to 22
    assert (average.value, average.ready) == (7, True)
    average.add(bar(15, 16, 15))  # from the close at 21 down to 15
    assert average.value == D("6.5")


def test_quotes_become_minutes_and_minutes_an_average_range() -> None:
    market = Market([BTC], atr_period=1)
    for n, price in enumerate(("100", "104", "98", "101")):
        market.update(quote("BTCUSDT", price, NOW + n * SECOND))
    assert market.atr("BTCUSDT") is None, "the minute is not over"
    market.update(quote("BTCUSDT", "101", NOW + MINUTE))
    assert market.atr("BTCUSDT") == 6
    assert market.atr("ETHUSDT") is None


def test_bars_from_before_the_first_quote_count() -> None:
    market = Market([BTC], atr_period=2)
    market.seed("BTCUSDT", [bar(10, 14, 12), bar(12, 16, 13)])
    assert market.atr("BTCUSDT") == 4


@pytest.mark.parametrize(
    ("source", "target", "rate"),
    [
        ("USDT", "USD", "1"),
        ("EUR", "EUR", "1"),
        ("EUR", "USD", "1.25"),
        ("USDT", "EUR", "0.8"),
        ("BTC", "USDC", "60000"),
        ("EUR", "JPY", "187.5"),
        ("JPY", "JPY", "1"),
    ],
)
def test_a_rate_comes_from_a_pair_its_mirror_or_through_the_dollar(source: str, target: str, rate: str) -> None:
    market = Market([])
    for symbol, price in (("EURUSD", "1.25"), ("USDJPY", "150"), ("BTCUSDT", "60000")):
        market.update(quote(symbol, price))
    assert market.rate(source, target) == D(rate)


def test_a_rate_that_no_price_leads_to_is_unknown() -> None:
    assert Market([]).rate("EUR", "JPY") is None
