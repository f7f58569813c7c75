"""Closings of one trade, whatever asks for them: never more than is open, and nothing tradable is ever forgotten."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tradewire.domain.order import Leg
from tradewire.domain.signal import Close, ExitSpec, Open, Side, Size, SizeUnit, Target
from tradewire.engine import facts as f
from tradewire.engine.trade import TradeStatus
from tradewire.risk.closing import rungs
from unit.engine.desk_harness import BTC, Desk

D = Decimal
STEP = D("0.1")
WAYS = st.one_of(
    st.tuples(st.just("close"), st.integers(1, 100)),
    st.tuples(st.just("units"), st.integers(1, 60)),
    st.tuples(st.just("target"), st.integers(1, 2)),
    st.tuples(st.just("fill"), st.integers(1, 40)),
    st.tuples(st.just("cut"), st.just(0)),
)


@st.composite
def ladders(draw: st.DrawFn, *, whole: bool) -> tuple[Decimal, ...]:
    """Draw fractions of a ladder that add up to one, or to less."""
    cuts = sorted(draw(st.sets(st.integers(1, 99), max_size=7)))
    edges = [0, *cuts, 100]
    fractions = [D(b - a) / 100 for a, b in pairwise(edges)]
    return tuple(fractions if whole else fractions[:-1])


least = st.sampled_from([D("0.1"), D("0.3"), D(1)])


@given(units=st.integers(1, 200), fractions=ladders(whole=True) | ladders(whole=False), least=least)
def test_a_ladder_closes_its_fractions_as_near_as_the_venue_lets_it(
    units: int, fractions: tuple[Decimal, ...], least: Decimal
) -> None:
    quantity = max(units * STEP, least)
    coarse = replace(BTC, min_qty=least)
    parts = rungs("BTCUSDT", coarse, Side.BUY, quantity, fractions)
    assert len(parts) == len(fractions)
    left = quantity
    for reached, part in enumerate(parts, 1):
        assert part == 0 or least <= part <= left
        assert part % STEP == 0
        left -= part
        assert left == 0 or left >= least
        if left:
            late = sum(fractions[:reached]) * quantity - (quantity - left)
            assert 0 <= late < max(least, STEP), "more is held back than the venue asks for"
    assert sum(fractions) < 1 or left == 0


@given(
    units=st.integers(1, 100),
    fractions=ladders(whole=True),
    least=least,
    native=st.booleans(),
    ways=st.lists(WAYS, max_size=12),
)
def test_closings_never_take_more_than_is_open_and_leave_nothing_after_the_last_target(
    units: int, fractions: tuple[Decimal, ...], least: Decimal, native: bool, ways: list[tuple[str, int]]
) -> None:
    desk = Desk(native=native)
    desk.around.instruments["BTCUSDT"] = replace(BTC, min_qty=least)
    targets = tuple(Target(D(101 + place), fraction) for place, fraction in enumerate(fractions))
    quantity = max(units * STEP, least)
    desk.signal(
        Open(
            symbol="BTCUSDT",
            side=Side.BUY,
            size=Size(quantity, SizeUnit.UNITS),
            exits=ExitSpec(stop=D(90), targets=targets),
        )
    )
    desk.fill(desk.sent(Leg.ENTRY).client_order_id)
    price = 100
    for way, number in ways:
        if way == "close":
            desk.signal(Close(symbol="BTCUSDT", percent=D(number)))
        elif way == "units":
            desk.signal(Close(symbol="BTCUSDT", quantity=Size(number * STEP / 2, SizeUnit.UNITS)))
        elif way == "target":
            price = min(price + number, 100 + len(targets))
            desk.price("BTCUSDT", str(price))
        else:
            working_closings(desk, way, number * STEP)
        bounded(desk)
    desk.price("BTCUSDT", str(100 + len(targets)))
    bounded(desk)
    while desk.state.trades:
        assert desk.trade().status is TradeStatus.CLOSING
        desk.wait(60)
        working_closings(desk, "fill", D(1000))
    desk.check()
    closed = sum(order.filled for order in desk.state.ended.values() if order.request.leg is not Leg.ENTRY)
    assert closed == quantity


def working_closings(desk: Desk, way: str, quantity: Decimal) -> None:
    """Let the venue fill, or cut off, the oldest closing order under way; what was cut off is asked for again."""
    for cid, order in list(desk.state.orders.items()):
        if order.request.leg is Leg.EXIT:
            if way == "cut":
                desk.cancelled(cid, "no liquidity")
                desk.wait(60)
                desk.ring()
            else:
                desk.fill(cid, str(min(quantity, order.remaining)))
            return


def bounded(desk: Desk) -> None:
    """What closing orders under way may still take is at most what is open, and the rest can be closed later."""
    for trade in desk.state.trades.values():
        under_way = [o for o in desk.state.orders.values() if o.request.leg is Leg.EXIT]
        assert sum(order.remaining for order in under_way) == trade.closing_quantity <= trade.open_quantity
        least = desk.around.instruments["BTCUSDT"].min_qty
        assert trade.closeable == 0 or trade.closeable >= least or trade.owed
    assert not [
        r for r in desk.rows if any(isinstance(x, f.Alerted) and "more" in x.title for x in f.decode(r.data).facts)
    ]
