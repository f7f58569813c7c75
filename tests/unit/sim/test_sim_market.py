"""The simulated market: the same for everybody who knows its seed, plausible, and moving."""

from __future__ import annotations

from itertools import pairwise
from statistics import median

import pytest

from contract.paper_desk import SECOND, START
from tradewire.domain.instrument import AssetClass
from tradewire.sim.instruments import INSTRUMENTS, LISTINGS
from tradewire.sim.market import Regime, SimulatedMarket

MINUTE = 60 * SECOND


def test_the_same_seed_has_the_same_prices_whoever_asks_first() -> None:
    one, other = SimulatedMarket(7), SimulatedMarket(7)
    other.quotes(START - MINUTE)
    assert one.quotes(START) == other.quotes(START)
    assert one.quotes(START, ["ETHUSDT"])[0] == next(q for q in one.quotes(START) if q.symbol == "ETHUSDT")


def test_another_seed_is_another_market() -> None:
    one, other = SimulatedMarket(1).quotes(START), SimulatedMarket(2).quotes(START)
    assert all(a.bid != b.bid for a, b in zip(one, other, strict=True))


def test_the_recipe_of_the_market_does_not_change_unseen() -> None:
    (quote,) = SimulatedMarket(1).quotes(START, ["BTCUSDT"])
    assert (str(quote.bid), str(quote.ask)) == ("64280.7", "64280.9")


@pytest.mark.parametrize("moment", [START, START + 12_345 * SECOND, START + 400_000 * SECOND])
def test_every_price_is_on_its_tick_and_plausible(moment: int) -> None:
    for quote, listing in zip(SimulatedMarket(3).quotes(moment), LISTINGS, strict=True):
        tick = listing.instrument.tick_size
        assert quote.bid % tick == 0
        assert quote.ask % tick == 0
        assert 0 < quote.bid < quote.ask
        assert abs(float(quote.mid) / listing.price - 1) < 0.35


def test_bars_are_made_of_exactly_the_ticks_that_the_stream_shows() -> None:
    market = SimulatedMarket(5)
    (bar,) = market.bars("XAUUSD", MINUTE, START, START + MINUTE)
    tick = market.instruments[market.symbols.index("XAUUSD")].tick_size
    ticks = [market.quotes(START + step * SECOND // 4, ["XAUUSD"])[0] for step in range(240)]
    mids = [(quote.bid + quote.ask) // (2 * tick) * tick for quote in ticks]
    assert (bar.open, bar.high, bar.low, bar.close) == (mids[0], max(mids), min(mids), mids[-1])


def test_a_forming_bar_shows_nothing_of_the_future() -> None:
    market = SimulatedMarket(5)
    whole = market.bars("BTCUSDT", MINUTE, START, START + 2 * MINUTE)
    forming = market.bars("BTCUSDT", MINUTE, START, START + 2 * MINUTE, known_until=START + MINUTE + 20 * SECOND)
    assert forming[0] == whole[0]
    assert forming[1].open == whole[1].open
    assert forming[1].high <= whole[1].high
    assert forming[1] != whole[1]
    assert market.bars("BTCUSDT", MINUTE, START + 5 * MINUTE, START + 9 * MINUTE, known_until=START) == []


def test_a_chart_of_500_minutes_joins_up() -> None:
    bars = SimulatedMarket(1).bars("EURUSD", MINUTE, START - 500 * MINUTE, START)
    assert len(bars) == 500
    for before, after in pairwise(bars):
        assert after.ts - before.ts == MINUTE
        assert after.low <= after.open <= after.high
    assert median(float(abs(b.open / a.close - 1)) for a, b in pairwise(bars)) < 0.0003


def test_the_market_moves_enough_to_watch_and_not_absurdly() -> None:
    for symbol, least, most in (("BTCUSDT", 0.05, 2), ("EURUSD", 0.01, 0.6), ("XAUUSD", 0.02, 1)):
        bars = SimulatedMarket(1).bars(symbol, MINUTE, START - 300 * MINUTE, START)
        ranges = [float((bar.high - bar.low) / bar.close * 100) for bar in bars]
        assert least < median(ranges) < most
        assert max(ranges) < 4 * most


def test_all_regimes_occur_spreads_widen_and_news_leaves_gaps() -> None:
    market = SimulatedMarket(1)
    times = range(START, START + 86_400 * SECOND, 300 * SECOND)
    assert {market.regime("BTCUSDT", ts) for ts in times} == set(Regime)
    widths = [quote.ask - quote.bid for ts in times for quote in market.quotes(ts, ["EURUSD"])]
    assert max(widths) >= 2 * min(widths)
    bars = market.bars("EURUSD", MINUTE, START, START + 86_400 * SECOND)
    jumps = [float(abs(b.open / a.close - 1)) for a, b in pairwise(bars)]
    assert max(jumps) > 8 * median(jumps)


def test_a_faster_market_is_the_same_market_sooner() -> None:
    normal, fast = SimulatedMarket(1), SimulatedMarket(1, speed=4)
    assert fast.quotes(START // 4, ["BTCUSDT"])[0].mid == normal.quotes(START, ["BTCUSDT"])[0].mid
    assert SimulatedMarket(1, speed=1000).quotes(START)[0].bid > 0


def test_every_class_of_instrument_is_offered_once_with_its_terms() -> None:
    assert {instrument.asset_class for instrument in INSTRUMENTS} == set(AssetClass)
    assert len({instrument.symbol for instrument in INSTRUMENTS}) == len(INSTRUMENTS)
    for instrument in INSTRUMENTS:
        assert instrument.min_qty % instrument.qty_step == 0
        assert instrument.pip_size % instrument.tick_size == 0
        assert instrument.asset_class is not AssetClass.CRYPTO or instrument.min_notional == 5
