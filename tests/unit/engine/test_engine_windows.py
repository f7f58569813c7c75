"""The latest bars, kept as columns, and bars made of quotes."""

from __future__ import annotations

from decimal import Decimal

import pytest
from msgspec.structs import replace

from tradewire.domain.instrument import Bar, Quote
from tradewire.engine.timed.making import Maker
from tradewire.engine.timed.windows import Window

MINUTE = 60 * 10**9
D = Decimal


def bar(n: int, close: int = 100) -> Bar:
    return Bar("BTCUSDT", n * MINUTE, D(100), D(101), D(99), D(close), D(n))


def test_a_window_keeps_the_newest_and_each_once() -> None:
    window = Window("BTCUSDT", 60, 4)
    for n in range(1, 30):
        window.add([bar(n - 1), bar(n), bar(n)], (n + 1) * MINUTE)
        bars = window.bars()
        assert bars.ts.tolist() == [k * MINUTE for k in range(max(1, n - 3), n + 1)]
        assert bars.volume[-1] == n
    assert window.last == 29 * MINUTE


def test_a_bar_that_is_not_over_is_not_taken() -> None:
    window = Window("BTCUSDT", 60, 4)
    window.add([bar(1), bar(2)], 2 * MINUTE + 30 * 10**9)
    assert window.bars().ts.tolist() == [MINUTE]
    assert window.last == MINUTE


@pytest.mark.parametrize("price", [None, 0, D("NaN"), D("Infinity"), "x"])
def test_a_bar_without_prices_is_left_out(price: object) -> None:
    window = Window("BTCUSDT", 60, 4)
    window.add([bar(1), replace(bar(2), low=price), bar(3)], 9 * MINUTE)
    assert window.bars().ts.tolist() == [MINUTE, 3 * MINUTE]


def test_what_a_window_has_given_stays_as_it_is() -> None:
    window = Window("BTCUSDT", 60, 2)
    window.add([bar(1, 100), bar(2, 101)], 3 * MINUTE)
    given = window.bars()
    window.add([bar(n) for n in range(3, 12)], 12 * MINUTE)
    assert given.close.tolist() == [100, 101]
    with pytest.raises(ValueError, match="read-only"):
        given.close[0] = 1


def quote(at: float, price: int) -> Quote:
    return Quote("BTCUSDT", D(price - 1), D(price + 1), int(at * MINUTE))


def test_a_maker_leaves_out_the_bar_that_had_begun_before_it() -> None:
    maker = Maker("BTCUSDT", 60)
    for at, price in ((1.5, 90), (2.0, 100), (2.2, 105), (2.4, 95), (2.9, 102), (3.1, 103)):
        maker.take(quote(at, price))
    assert maker.finished(3 * MINUTE) == (Bar("BTCUSDT", 2 * MINUTE, D(100), D(105), D(95), D(102)),)


def test_a_bar_is_over_when_its_time_is_though_no_quote_follows() -> None:
    maker = Maker("BTCUSDT", 60)
    maker.take(quote(1.5, 90))
    maker.take(quote(2.5, 100))
    assert maker.finished(3 * MINUTE - 1) == ()
    assert [made.ts for made in maker.finished(3 * MINUTE)] == [2 * MINUTE]
    maker.take(quote(2.9, 500))
    maker.take(quote(5.0, 101))
    assert [made.close for made in maker.finished(6 * MINUTE)] == [100, 101]
