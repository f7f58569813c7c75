"""What holds for the exits of any trade on any path of prices."""

from __future__ import annotations

from decimal import Decimal as D
from typing import Any, NamedTuple

import msgspec
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tradewire.domain.instrument import AssetClass, Instrument
from tradewire.domain.signal import Distance, ExitSpec, Side, Target, Trailing, Unit
from tradewire.exits.book import BookDump, ExitBook
from tradewire.exits.jit import compiled
from tradewire.exits.kernel import (
    NEVER,
    NO_RULES,
    NONE,
    NOWHERE,
    RAISE_AFTER,
    RAISE_BEFORE,
    RAISE_CLOSE,
    RAISE_WORST,
    TARGET,
    TIME_LIMIT,
    WIDTH,
    Params,
    Rules,
    State,
)
from tradewire.exits.moves import Moves
from tradewire.exits.quiet import ceiling
from tradewire.exits.resolve import resolve
from tradewire.exits.step import step

RAISES = (RAISE_AFTER, RAISE_CLOSE, RAISE_BEFORE, RAISE_WORST)
ENTRY = 100.0
offsets = st.integers(1, 40).map(lambda n: n / 4)
"""Distances on a coarse grid, so that prices often meet levels exactly."""
orders = st.tuples(st.booleans(), st.sampled_from(RAISES))


class Trade(NamedTuple):
    side: Side
    params: Params
    state: State


@st.composite
def trades(draw: st.DrawFn, only: Side | None = None) -> Trade:
    side = only or draw(st.sampled_from(Side))
    entry = side.sign * ENTRY
    rules: dict[str, Any] = {}
    stop = entry - draw(offsets) if draw(st.booleans()) else -NOWHERE
    if draw(st.booleans()):
        percent = draw(st.booleans())
        rules["trail_keep"] = 1 - side.sign * draw(st.integers(1, 90)) / 1000 if percent else 1.0
        rules["trail_gap"] = 0.0 if percent else draw(offsets)
        rules["trail_from"] = entry + draw(offsets) if draw(st.booleans()) else -NOWHERE
        rules["trail_step"] = draw(st.sampled_from([0.0, 0.25, 1.0]))
    steps = draw(st.lists(offsets, max_size=8))
    targets = tuple(entry + each for each in sorted(steps))
    fractions = tuple(1.0 / max(len(targets), 1) for _ in targets)
    if targets and draw(st.booleans()):
        rules["last"] = len(targets)
    if draw(st.booleans()):
        at = draw(offsets)
        rules["even_at"], rules["even_stop"] = entry + at, entry + draw(st.sampled_from([0.0, at / 2]))
    elif targets and draw(st.booleans()):
        rules["even_rung"], rules["even_stop"] = draw(st.integers(1, len(targets))), entry
    if draw(st.booleans()):
        rules["deadline"], rules["late"] = draw(st.integers(0, 60)), TIME_LIMIT
    ladder = targets + (NOWHERE,) * (WIDTH - len(targets))
    params = Params(NO_RULES._replace(given=stop, **rules), ladder, fractions + (0.0,) * (8 - len(fractions)))
    return Trade(side, params, State(stop, ladder[0], 0))


prices = st.one_of(
    st.integers(340, 460).map(lambda n: n / 4),
    st.floats(85.0, 115.0, allow_nan=False),
)
paths = st.lists(prices, min_size=1, max_size=40)


@st.composite
def bars(draw: st.DrawFn) -> list[tuple[float, float, float, float]]:
    made = []
    for _ in range(draw(st.integers(1, 25))):
        opened, first, second, close = (draw(prices) for _ in range(4))
        made.append((opened, max(opened, first, second, close), min(opened, first, second, close), close))
    return made


def mirrored(bar: tuple[float, float, float, float], side: Side) -> tuple[float, float, float, float]:
    opened, high, low, close = bar
    return bar if side is Side.BUY else (-opened, -low, -high, -close)


@given(trades(), bars(), orders)
def test_a_bar_between_the_stop_and_the_ceiling_changes_nothing(
    trade: Trade, path: list[tuple[float, float, float, float]], order: tuple[bool, int]
) -> None:
    (rules, ladder, _), (stop, target, rung) = trade.params, trade.state
    for now, bar in enumerate(path):
        opened, high, low, close = mirrored(bar, trade.side)
        quiet = low > stop and high < ceiling(stop, target, rules) and now < rules.deadline
        before = stop, target, rung, NONE
        stop, target, rung, reason, _ = step(
            opened, high, low, close, now, stop, target, rung, rules, ladder, 0, *order
        )
        assert not quiet or before == (stop, target, rung, reason)
        if reason != NONE:
            break


@given(trades(), bars(), orders)
def test_a_stop_never_loosens_and_no_more_than_the_whole_is_closed(
    trade: Trade, path: list[tuple[float, float, float, float]], order: tuple[bool, int]
) -> None:
    (rules, ladder, fractions), (stop, target, rung) = trade.params, trade.state
    for now, bar in enumerate(path):
        opened, high, low, close = mirrored(bar, trade.side)
        before, climbed = stop, rung
        stop, target, rung, reason, price = step(
            opened, high, low, close, now, stop, target, rung, rules, ladder, 0, *order
        )
        assert stop >= before
        assert climbed <= rung <= 8
        assert target == ladder[rung] > high or reason != NONE
        assert sum(fractions[:rung]) <= 1 + 1e-12
        assert reason == NONE or low <= price <= high
        if reason != NONE:
            break


@given(trades(), prices, st.integers(0, 70), orders, orders)
def test_on_a_tick_the_intrabar_order_makes_no_difference(
    trade: Trade, price: float, now: int, one: tuple[bool, int], other: tuple[bool, int]
) -> None:
    p = price * trade.side.sign
    rules, ladder, _ = trade.params
    assert step(p, p, p, p, now, *trade.state, rules, ladder, 0, *one) == step(
        p, p, p, p, now, *trade.state, rules, ladder, 0, *other
    )


@given(trades(), bars())
def test_the_pessimistic_bar_is_a_path_of_prices(trade: Trade, path: list[tuple[float, float, float, float]]) -> None:
    """Open, low, high, low, with every level between met at its own price. A trailing stop in steps sees fewer highs
    in a bar than on the path, so it has none here."""
    rules, ladder, _ = trade.params
    rules = rules._replace(trail_step=0.0)
    whole = met = trade.state
    for now, bar in enumerate(path):
        opened, high, low, close = mirrored(bar, trade.side)
        *state, reason, price = step(opened, high, low, close, now, *whole, rules, ladder, 0, True, RAISE_WORST)
        whole = State(*state)
        code, at = NONE, 0.0
        waypoints = [opened, low, high, low, close]
        while waypoints and code == NONE:
            ahead = waypoints[0]
            between = max(met.stop, ahead) if ahead < met.stop else min(met.target, ahead)
            tick = ahead if waypoints == [opened, low, high, low, close] else between
            *state, code, at = step(tick, tick, tick, tick, now, *met, rules, ladder, 0, True, RAISE_AFTER)
            met = State(*state)
            if tick == ahead:
                waypoints.pop(0)
        assert (whole.rung, reason) == (met.rung, code)
        if reason != NONE:
            assert reason == TARGET or price == at
            break
        assert whole == met


@given(trades(Side.BUY), paths)
def test_a_stop_follows_the_peak_although_no_peak_is_kept(trade: Trade, path: list[float]) -> None:
    rules = trade.params.rules._replace(even_at=NOWHERE, even_rung=NEVER, deadline=NEVER, last=NEVER)
    stop, target, rung = trade.state
    expected, peak = stop, -NOWHERE
    for price in path:
        peak = max(peak, price)
        if price <= expected:
            break
        wanted = peak * rules.trail_keep - rules.trail_gap
        if peak >= rules.trail_from and wanted > expected and wanted >= expected + rules.trail_step:
            expected = wanted
        stop, target, rung, _, _ = step(
            price, price, price, price, 0, stop, target, rung, rules, trade.params.targets, 0, True, RAISE_AFTER
        )
        assert stop == expected


def books(held: list[Trade], few: int) -> ExitBook:
    book = ExitBook(few)
    for number, trade in enumerate(held):
        book.add(f"t{number}", trade.side, trade.params, trade.state)
    return book


def settle(book: ExitBook, moves: Moves) -> None:
    """Do as the engine does: apply, then hold what is being closed and forget what is closed."""
    book.apply(moves)
    for trigger in moves.triggers:
        if trigger.rest:
            book.remove(trigger.trade_id)


held_trades = st.lists(trades(), min_size=1, max_size=20)
quotes = st.lists(st.tuples(prices, st.sampled_from([0.0, 0.25, 1.3])), min_size=1, max_size=25)


@settings(deadline=None)
@given(held_trades, quotes, st.sets(st.integers(0, 19)))
def test_lists_and_jitted_arrays_decide_alike_to_the_last_bit(
    held: list[Trade], path: list[tuple[float, float]], suspended: set[int]
) -> None:
    ExitBook.warm()
    plain, jitted = books(held, few=1000), books(held, few=0)
    for number in suspended & set(range(len(held))):
        plain.suspend(f"t{number}")
        jitted.suspend(f"t{number}")
    for ts, (bid, spread) in enumerate(path):
        moves = plain.on_quote(bid, bid + spread, ts)
        assert jitted.on_quote(bid, bid + spread, ts) == moves
        assert jitted.watch == plain.watch
        if moves is not None:
            settle(plain, moves)
            settle(jitted, moves)
        assert jitted.dump() == plain.dump()
        assert jitted.stops() == plain.stops()


@settings(deadline=None)
@given(held_trades, quotes, st.data())
def test_a_restart_at_any_point_is_as_if_there_had_been_none(
    held: list[Trade], path: list[tuple[float, float]], data: st.DataObject
) -> None:
    live, folded = books(held, few=1000), books(held, few=1000)
    for ts, (bid, spread) in enumerate(path):
        moves = live.on_quote(bid, bid + spread, ts)
        restarted = ExitBook.load(msgspec.json.decode(msgspec.json.encode(folded.dump()), type=BookDump))
        again = restarted.on_quote(bid, bid + spread, ts)
        assert (again is None) == (moves is None)
        if moves is not None and again is not None:
            assert again.encode() == moves.encode()
            assert again.triggers == moves.triggers
            settle(live, moves)
            journaled = msgspec.json.decode(msgspec.json.encode(moves.encode()), type=Moves)
            folded.apply(journaled)
            for trigger in moves.triggers:
                if trigger.rest:
                    folded.remove(trigger.trade_id)
            if data.draw(st.booleans()):
                folded = ExitBook.load(folded.dump())
        assert folded.dump() == live.dump()


@given(held_trades, quotes)
def test_inside_the_watch_a_full_look_finds_nothing(held: list[Trade], path: list[tuple[float, float]]) -> None:
    book = books(held, few=1000)
    for ts, (bid, spread) in enumerate(path):
        ask, watch = bid + spread, book.watch
        inside = (
            watch.bid_above < bid < watch.bid_below and watch.ask_above < ask < watch.ask_below and ts < watch.before
        )
        full = ExitBook.load(book.dump()).on_quote(bid, ask, ts)
        assert not inside or full is None
        moves = book.on_quote(bid, ask, ts)
        assert (moves is None) == (full is None)
        if moves is not None:
            settle(book, moves)


@given(held_trades, quotes, st.data())
def test_a_decision_that_is_remembered_is_what_a_fresh_look_finds(
    held: list[Trade], path: list[tuple[float, float]], data: st.DataObject
) -> None:
    book = books(held, few=1000)
    for ts, (bid, spread) in enumerate(path):
        for _ in range(2):
            moves = book.on_quote(bid, bid + spread, ts)
            assert moves == ExitBook.load(book.dump()).on_quote(bid, bid + spread, ts)
            trade_id = f"t{data.draw(st.integers(0, len(held) - 1))}"
            if trade_id in book:
                data.draw(st.sampled_from([book.suspend, book.resume, book.is_suspended]))(trade_id)
        moves = book.on_quote(bid, bid + spread, ts)
        if moves is not None:
            settle(book, moves)


@given(st.lists(trades(Side.BUY), min_size=1, max_size=6), paths)
def test_short_is_the_mirror_image_of_long(held: list[Trade], path: list[float]) -> None:
    long = books(held, few=1000)
    short = books([trade._replace(side=Side.SELL) for trade in held], few=1000)
    for ts, price in enumerate(path):
        one, other = long.on_quote(price, price, ts), short.on_quote(-price, -price, ts)
        assert (one is None) == (other is None)
        if one is not None and other is not None:
            assert one.encode() == other.encode()
            assert [(t.trade_id, t.reason, t.price) for t in one.triggers] == [
                (t.trade_id, t.reason, -t.price) for t in other.triggers
            ]
            settle(long, one)
            settle(short, other)


GRID = Instrument(
    symbol="EURUSD",
    asset_class=AssetClass.FX,
    base="EUR",
    quote="USD",
    tick_size=D("0.01"),
    qty_step=D(1),
    min_qty=D(1),
    pip_size=D("0.1"),
)
distances = st.builds(
    Distance,
    st.decimals("0.5", "20", places=3),
    st.sampled_from([Unit.PERCENT, Unit.PIPS, Unit.ATR]),
)


@given(distances, st.lists(st.one_of(distances, distances.map(lambda d: Distance(d.value, Unit.R))), max_size=8))
def test_a_plan_is_mirrored_on_the_tick_protects_no_less_than_asked_and_closes_the_whole(
    stop: Distance, targets: list[Distance]
) -> None:
    spec = ExitSpec(stop=stop, targets=tuple(Target(each) for each in targets))
    entry = D(100)
    long, short = (
        resolve(spec, side, entry, GRID, atr=D("1.234"), opened_at=0, entered=True) for side in (Side.BUY, Side.SELL)
    )
    assert long.stop is not None
    assert short.stop is not None
    assert long.stop - entry == entry - short.stop
    assert long.stop % GRID.tick_size == 0
    measure = {Unit.PERCENT: D(1), Unit.PIPS: D("0.1"), Unit.ATR: D("1.234"), Unit.R: entry - long.stop}
    assert entry - long.stop <= stop.value * measure[stop.unit] < entry - long.stop + GRID.tick_size
    asked = sorted(each.value * measure[each.unit] for each in targets)
    for planned, other, distance in zip(long.targets, short.targets, asked, strict=True):
        assert planned.price - entry == entry - other.price
        assert planned.price - entry <= distance < planned.price - entry + GRID.tick_size
    assert sum(target.fraction for target in long.targets) == (1 if targets else 0)


@given(st.decimals("0.1", "50", places=2), st.sampled_from(Side), prices)
def test_a_percent_trailing_stop_keeps_its_percentage(percent: D, side: Side, price: float) -> None:
    spec = ExitSpec(trailing=Trailing(Distance(percent, Unit.PERCENT)))
    params, state = resolve(spec, side, D(100), GRID, atr=None, opened_at=0).kernel()
    signed = price * side.sign
    if signed <= state.stop:
        return
    stop = step(signed, signed, signed, signed, 0, *state, params.rules, params.targets, 0, True, RAISE_WORST)[0]
    distance = float(percent) / 100 * price
    assert signed - stop <= distance + 1e-9
    assert stop >= state.stop


def walk(path: Any, stop: float, target: float, rung: int, rules: Rules, ladder: Any, order: Any, out: Any) -> int:
    """Run bars until the trade is closed; usable plain and jitted."""
    for now in range(len(path)):
        stop, target, rung, reason, price = step(
            path[now, 0],
            path[now, 1],
            path[now, 2],
            path[now, 3],
            now,
            stop,
            target,
            rung,
            rules,
            ladder,
            0,
            order[0],
            order[1],
        )
        out[now, 0], out[now, 1], out[now, 2], out[now, 3], out[now, 4] = stop, target, rung, reason, price
        if reason != 0:
            return now
    return -1


jitted_walk = compiled(walk)


@settings(deadline=None)
@given(trades(), bars(), orders)
def test_bars_give_the_same_trade_plain_and_jitted(
    trade: Trade, path: list[tuple[float, float, float, float]], order: tuple[bool, int]
) -> None:
    signed = np.array([mirrored(bar, trade.side) for bar in path])
    plain, jitted = np.zeros((len(path), 5)), np.zeros((len(path), 5))
    rules, ladder, _ = trade.params
    assert walk(signed, *trade.state, rules, ladder, order, plain) == jitted_walk(
        signed, *trade.state, rules, ladder, order, jitted
    )
    assert plain.tobytes() == jitted.tobytes()
