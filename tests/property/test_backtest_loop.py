"""The jitted loop and a plain reference, which holds one trade in an object, come to the same trades and equity."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import ROUND_FLOOR
from decimal import Decimal as D
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tradewire.backtest.costs import Costs
from tradewire.backtest.fast import run
from tradewire.backtest.market import Funding, Market
from tradewire.backtest.outcome import Outcome
from tradewire.backtest.policy import FillPolicy
from tradewire.domain.bars import Bars, Integers
from tradewire.domain.signal import Breakeven, Distance, ExitSpec, Size, SizeUnit, Target, Trailing, Unit
from tradewire.exits.kernel import (
    NEVER,
    NONE,
    NOWHERE,
    RAISE_AFTER,
    RAISE_BEFORE,
    RAISE_CLOSE,
    RAISE_WORST,
    STOP,
    STOP_ALWAYS,
    STOP_INSIDE,
    STOP_LAST,
    TIME_LIMIT,
    WIDTH,
    Rules,
)
from tradewire.exits.step import raised, step
from tradewire.strategies.base import Signals

MINUTE = 60_000_000_000
LEVERAGE = 5.0


class Case(NamedTuple):
    bars: Bars
    signals: Signals
    exits: ExitSpec
    policy: FillPolicy
    costs: Costs
    size: Size
    atr: Any
    market: Market


@dataclass
class Open:
    """A trade of the reference: signed prices, and what is left of it."""

    row: int
    sign: int
    entry: float
    units: float
    left: float
    rules: Rules
    ladder: list[tuple[float, float]]
    state: tuple[float, float, int]
    over: int
    funding: float = 0.0


def down(value: float, step: float) -> float:
    """Round down to a step, exactly; what is nearer than a billionth to it counts as it."""
    if not step or abs(value) >= NOWHERE or value != value:
        return value
    return float(D(str(round(value / step, 6))).to_integral_value(ROUND_FLOOR) * D(str(step)))


def up(value: float, step: float) -> float:
    return -down(-value, step)


@dataclass
class Reference:
    case: Case
    balance: float
    trade: Open | None = None
    rows: list[tuple[Any, ...]] = field(default_factory=list)
    equity: list[float] = field(default_factory=list)
    unmeasured: int = 0
    unaffordable: int = 0
    untradable: int = 0

    def length(self, distance: Distance, entry: float, atr: float, r: float) -> float:
        if distance.unit is Unit.PERCENT:
            return abs(entry) * float(distance.value / 100)
        return float(distance.value) * {Unit.ATR: atr, Unit.R: r, Unit.PIPS: 0.1}[distance.unit]

    def level(self, distance: Any, entry: float, way: int, atr: float, r: float) -> float:
        """Percent multiply, to the last bit as the loop does: equal levels tell a stop's name."""
        if distance.unit is Unit.PERCENT:
            return entry * (1 + (way if entry > 0 else -way) * float(distance.value / 100))
        return entry + way * self.length(distance, entry, atr, r)

    def enter(self, row: int, word: int, sign: int, price: float) -> None:
        exits, costs, signals = self.case.exits, self.case.costs, self.case.signals
        entry = sign * price + price * costs.slippage_percent / 100 + costs.half_spread
        atr = self.case.atr[word] if self.case.atr is not None else float("nan")
        tick, market = self.case.market.tick, self.case.market
        own = float("nan") if signals.stop_distance is None else signals.stop_distance[word]
        stop, r = -NOWHERE, float("nan")
        if own > 0:
            stop = entry - own
        elif exits.stop is not None:
            stop = self.level(exits.stop, entry, -1, atr, r)
        if stop > -NOWHERE or stop != stop:
            stop = up(stop, tick)
            r = entry - stop
        stop_given = stop
        given, keep, gap, begins, least = stop, 1.0, 0.0, NOWHERE, 0.0
        needed = [stop]
        if trail := exits.trailing:
            begins = -NOWHERE
            if trail.distance.unit is Unit.PERCENT:
                keep = 1 - sign * float(trail.distance.value / 100)
            else:
                gap = down(self.length(trail.distance, entry, atr, r), tick)
            if trail.activation is None:
                stop = max(stop, up(entry * keep - gap, tick))
            if r != r and stop > -NOWHERE:
                r = entry - stop
            if trail.activation is not None:
                begins = down(self.level(trail.activation, entry, 1, atr, r), tick)
            if trail.step is not None:
                least = self.length(trail.step, entry, atr, r)
        even_at, even_stop, even_rung = NOWHERE, -NOWHERE, NEVER
        if even := exits.breakeven:
            even_rung = even.after_target or NEVER
            even_stop = up(self.level(even.offset, entry, 1, atr, r) if even.offset else entry, tick)
            even_at = down(self.level(even.at, entry, 1, atr, r), tick) if even.at else NOWHERE
        shares = [1 / len(exits.targets) if t.fraction is None else float(t.fraction) for t in exits.targets]
        ladder = sorted(
            (
                (down(self.level(t.level, entry, 1, atr, r), tick), share)
                for t, share in zip(exits.targets, shares, strict=True)
            ),
            key=lambda rung: rung[0],
        )
        needed += [gap, begins, least, even_at, even_stop, *(price for price, _ in ladder)]
        deadline = NEVER
        if exits.time_limit_s is not None:
            began = self.case.bars.ts[row + self.case.policy.at_close]
            deadline = int(np.sum(self.case.bars.ts < began + exits.time_limit_s * 1_000_000_000))
        last = len(ladder) if ladder and abs(sum(shares) - 1) < 1e-9 else NEVER
        rules = Rules(given, keep, gap, begins, least, even_at, even_stop, even_rung, deadline, TIME_LIMIT, last)
        near = stop_given >= entry or (bool(ladder) and ladder[0][0] <= entry)
        if trail := exits.trailing:
            near = near or self.length(trail.distance, entry, atr, r) < tick
        if exits.breakeven:
            moment = ladder[even_rung - 1][0] if even_rung != NEVER else even_at
            near = near or even_at <= even_stop or moment <= even_stop
        if any(value != value for value in needed) or (tick and near):
            self.unmeasured += 1
            return
        size = float(self.case.size.value)
        units = size
        if self.case.size.unit is SizeUnit.QUOTE:
            units = size / abs(entry)
        elif self.case.size.unit is SizeUnit.EQUITY_PERCENT:
            units = self.balance * size / 100 / (abs(entry) * (1 + costs.fee_percent / 100))
        elif self.case.size.unit is SizeUnit.RISK_PERCENT:
            units = self.balance * size / 100 / (entry - stop) if stop > -NOWHERE else float("nan")
        if signals.size is not None and signals.size[word] > 0:
            units = signals.size[word]
        if units != units:
            self.unmeasured += 1
            return
        units = down(units, market.qty_step)
        if not units > 0 or not market.min_qty <= units <= market.max_qty or units * abs(entry) < market.min_notional:
            self.untradable += 1
            return
        cost = units * abs(entry) * (1 + costs.fee_percent / 100)
        if cost > self.balance * LEVERAGE * (1 + 1e-12):
            self.unaffordable += 1
            return
        self.balance -= costs.fee_percent / 100 * units * abs(entry)
        first = ladder[0][0] if ladder else NOWHERE
        policy, bars = self.case.policy, self.case.bars
        if policy.entry_high and not policy.entry_bar and not policy.at_close:
            stop = raised(float(bars.high[row]) if sign > 0 else -float(bars.low[row]), 0, stop, rules)
        self.trade = Open(row, sign, entry, units, units, rules, ladder, (stop, first, 0), self.over(row))

    def over(self, row: int) -> int:
        """The last bar that begins before the session ends in which the trade was entered."""
        bars, width = self.case.bars, self.case.bars.timeframe_s * 10**9
        moment = bars.ts[row + self.case.policy.at_close]
        ends = self.case.market.session_ends
        later = [] if ends is None or not self.case.exits.session_end else [end for end in ends if end > moment]
        if not later or later[0] > bars.ts[-1] + width:
            return NEVER
        return int(np.sum(bars.ts < later[0])) - 1

    def pay(self, row: int) -> None:
        """What comes into a bar pays what is due from the end of the bar before it up to its open."""
        trade, bars, funding = self.trade, self.case.bars, self.case.market.funding
        if not trade or not funding:
            return
        for moment, rate in zip(funding.ts, funding.rates, strict=True):
            if bars.ts[row - 1] < moment <= bars.ts[row]:
                cost = trade.left * trade.sign * float(bars.open[row]) * rate
                trade.funding += cost
                self.balance -= cost

    def end_session(self, row: int) -> None:
        if self.trade and row == self.trade.over:
            self.close(row, self.trade.sign * float(self.case.bars.close[row]), self.trade.left, "session_end")

    def part(self, rung: int) -> float:
        trade, market = self.trade, self.case.market
        assert trade
        if rung + 1 == trade.rules.last:
            return trade.left
        if not market.qty_step and not market.min_qty:
            return min(trade.units * trade.ladder[rung][1], trade.left)
        due = trade.units * sum(share for _, share in trade.ladder[: rung + 1]) - (trade.units - trade.left)
        part = down(due, market.qty_step)
        if due >= trade.left or trade.left - part < market.min_qty - 1e-9:
            return trade.left
        return part if part >= market.min_qty else 0.0

    def close(self, row: int, price: float, quantity: float, why: str, market: bool = True, paid: bool = True) -> None:
        trade, costs = self.trade, self.case.costs
        assert trade
        filled = price
        if paid:
            filled -= (abs(price) * costs.slippage_percent / 100 if market else 0) + costs.half_spread
        fee = costs.fee_percent / 100 * quantity
        out = fee * abs(filled) if paid else 0
        gain = quantity * (filled - trade.entry)
        fees = fee * abs(trade.entry) + out
        side = "long" if trade.sign > 0 else "short"
        held = trade.funding * quantity / trade.left
        trade.funding -= held
        prices = (abs(trade.entry), abs(filled), quantity)
        self.rows.append((trade.row, row, side, why, *prices, fees, gain - fees - held, held))
        self.balance += gain - out
        trade.left -= quantity
        if trade.left == 0:
            self.trade = None

    def manage(self, row: int) -> None:
        trade, policy, bars = self.trade, self.case.policy, self.case.bars
        assert trade
        o, h, low, c = (float(column[row]) for column in (bars.open, bars.high, bars.low, bars.close))
        bar = (o, h, low, c) if trade.sign > 0 else (-o, -low, -h, -c)
        prices = [price for price, _ in trade.ladder] + [NOWHERE] * (WIDTH - len(trade.ladder))
        before = trade.state[2]
        *state, reason, price = step(*bar, row, *trade.state, trade.rules, prices, 0, policy.stop_first, policy.raises)
        trade.state = (state[0], state[1], int(state[2]))
        for rung in range(before, trade.state[2]):
            if self.trade and (part := self.part(rung)):
                self.close(row, max(bar[0], prices[rung]), part, "target", market=False)
        if reason != NONE and self.trade:
            why = "time_limit"
            if reason == STOP:
                stop = trade.state[0]
                why = "breakeven" if stop == trade.rules.even_stop else "trailing"
                why = "stop" if stop <= trade.rules.given else why
            self.close(row, price, trade.left, why)

    def listen(self, row: int, word: int, price: float) -> None:
        signals = self.case.signals
        long = signals.long_entry[word] and not signals.long_exit[word]
        short = signals.short_entry[word] and not signals.short_exit[word]
        enters = int(long) - int(short)
        leaves = [signals.long_exit[word] and not signals.long_entry[word]]
        leaves.append(signals.short_exit[word] and not signals.short_entry[word])
        if self.trade and (leaves[self.trade.sign < 0] or enters == -self.trade.sign):
            self.close(row, self.trade.sign * price, self.trade.left, "signal")
        if not self.trade and enters:
            self.enter(row, word, enters, price)

    def play(self) -> None:
        bars, policy = self.case.bars, self.case.policy
        last = len(bars) - 1
        for row in range(len(bars)):
            self.pay(row)
            held = self.trade
            if policy.at_close:
                if held:
                    self.manage(row)
                self.end_session(row)
                if row < last:
                    self.listen(row, row, float(bars.close[row]))
            elif policy.open_first:
                if row:
                    self.listen(row, row - 1, float(bars.open[row]))
                if self.trade and (self.trade is held or policy.entry_bar):
                    self.manage(row)
            else:
                if held:
                    self.manage(row)
                self.end_session(row) if held else None
                if row and (self.trade or not held):
                    self.listen(row, row - 1, float(bars.open[row]))
                if self.trade and self.trade is not held and policy.entry_bar:
                    self.manage(row)
            self.end_session(row)
            trade = self.trade
            self.equity.append(
                self.balance + (trade.left * (trade.sign * float(bars.close[row]) - trade.entry) if trade else 0)
            )
        if self.trade:
            why = "end" if policy.close_at_end else "open"
            price = self.trade.sign * float(bars.close[-1])
            self.close(last, price, self.trade.left, why, paid=policy.close_at_end)
            self.equity[-1] = self.balance


distances = st.builds(
    Distance,
    st.integers(1, 24).map(lambda n: D(n) / 4),
    st.sampled_from([Unit.PERCENT, Unit.PERCENT, Unit.PIPS, Unit.ATR]),
)
lengths = st.one_of(distances, st.builds(Distance, st.integers(1, 4).map(D), st.just(Unit.R)))


@st.composite
def all_exits(draw: st.DrawFn) -> ExitSpec:
    targets = tuple(Target(level) for level in draw(st.lists(lengths, max_size=4)))
    if targets and draw(st.booleans()):
        targets = tuple(Target(target.level, D(number) / 10) for number, target in enumerate(targets, 1))
    breakeven = None
    if draw(st.booleans()):
        after = draw(st.integers(1, len(targets))) if targets and draw(st.booleans()) else None
        breakeven = Breakeven(
            at=draw(lengths) if after is None else None, after_target=after, offset=draw(st.none() | lengths)
        )
    return ExitSpec(
        stop=draw(st.none() | distances),
        targets=targets,
        trailing=draw(
            st.none() | st.builds(Trailing, lengths, activation=st.none() | lengths, step=st.none() | lengths)
        ),
        breakeven=breakeven,
        time_limit_s=draw(st.none() | st.integers(1, 600)),
        session_end=draw(st.booleans()),
    )


@st.composite
def markets(draw: st.DrawFn, ts: Integers) -> Market:
    """Ends of sessions and payments on, before and between bars; steps that cut, minimums that refuse."""
    moments = st.lists(st.integers(int(ts[0]) // MINUTE - 2, int(ts[-1]) // MINUTE + 3), max_size=12, unique=True)
    off = draw(st.sampled_from([0, MINUTE // 3]))
    ends, due = (np.sort(np.array(draw(moments), np.int64)) * MINUTE + off for _ in range(2))
    rates = np.array(draw(st.lists(st.integers(-50, 50), min_size=len(due), max_size=len(due))), float) / 1_000
    return Market(
        session_ends=ends,
        funding=draw(st.sampled_from([None, Funding(due, rates)])),
        qty_step=draw(st.sampled_from([0.0, 0.0, 0.1, 0.25, 1.0, 2.0])),
        min_qty=draw(st.sampled_from([0.0, 0.0, 0.5, 2.0])),
        max_qty=draw(st.sampled_from([float("inf"), 8.0])),
        min_notional=draw(st.sampled_from([0.0, 0.0, 150.0])),
        tick=draw(st.sampled_from([0.0, 0.0, 0.1, 0.5, 5.0])),
    )


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Bars on a coarse grid, so that prices often meet levels; flags dense enough to contradict each other."""
    count = draw(st.integers(1, 40))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    moves = draw(st.sampled_from([0.25, 1.0, 4.0]))
    prices = np.round(100 + np.cumsum(rng.normal(0, moves, (count, 4)).ravel()) * 0.5, 1).reshape(count, 4)
    prices = np.maximum(prices, 20.0)
    opened, close = prices[:, 0], prices[:, 3]
    ts = np.cumsum(rng.integers(1, 4, count)) * MINUTE
    bars = Bars.checked("X", 60, ts, opened, prices.max(1), prices.min(1), close)
    often = draw(st.sampled_from([0.05, 0.2, 0.5]))
    flags = (rng.random((4, count)) < often) & np.array(draw(st.sampled_from([(1, 1, 0, 0), (1, 1, 1, 1)])), bool)[
        :, None
    ]
    own = np.where(rng.random(count) < 0.5, rng.integers(1, 5, count).astype(float), np.nan)
    atr = np.where(rng.random(count) < 0.9, rng.random(count) + 0.5, np.nan)
    signals = Signals(
        *flags,
        size=own if draw(st.booleans()) else None,
        stop_distance=own if draw(st.booleans()) else None,
    )
    policy = FillPolicy(
        *draw(st.tuples(*[st.booleans()] * 3)),
        stop_first=draw(st.sampled_from([STOP_LAST, STOP_INSIDE, STOP_ALWAYS])),
        raises=draw(st.sampled_from([RAISE_AFTER, RAISE_CLOSE, RAISE_BEFORE, RAISE_WORST])),
        close_at_end=draw(st.booleans()),
        entry_high=draw(st.booleans()),
    )
    costs = draw(st.sampled_from([Costs(), Costs(0.1), Costs(0.1, 0.05, 0.2)]))
    unit = draw(st.sampled_from([SizeUnit.UNITS, SizeUnit.QUOTE, SizeUnit.EQUITY_PERCENT, SizeUnit.RISK_PERCENT]))
    size = Size(D(draw(st.integers(1, 5))), unit)
    atr_known = atr if draw(st.booleans()) else None
    return Case(bars, signals, draw(all_exits()), policy, costs, size, atr_known, draw(markets(bars.ts)))


def outcome_of(case: Case, cash: float = 10_000.0) -> Outcome:
    return run(
        case.bars,
        case.signals,
        exits=case.exits,
        policy=case.policy,
        costs=case.costs,
        size=case.size,
        cash=cash,
        leverage=LEVERAGE,
        pip=0.1,
        atr=case.atr,
        market=case.market,
    )


@settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(cases())
def test_the_jitted_loop_equals_a_plain_reference(case: Case) -> None:
    outcome = outcome_of(case)
    reference = Reference(case, 10_000.0)
    reference.play()
    rows = list(outcome.trades)
    assert [tuple(row[:4]) for row in rows] == [row[:4] for row in reference.rows]
    for row, known in zip(rows, reference.rows, strict=True):
        assert tuple(row[4:]) == pytest.approx(known[4:], rel=1e-9, abs=1e-7)
    assert outcome.equity == pytest.approx(reference.equity, rel=1e-9)
    left_out = (outcome.unmeasured, outcome.unaffordable, outcome.untradable)
    assert left_out == (reference.unmeasured, reference.unaffordable, reference.untradable)


@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(cases())
def test_what_the_trades_earned_is_what_the_equity_gained(case: Case) -> None:
    outcome = outcome_of(case)
    assert outcome.equity_final == pytest.approx(10_000.0 + float(outcome.trades.pnl.sum()), rel=1e-9)
    assert (outcome.trades.exit_row >= outcome.trades.entry_row).all()
    assert (np.diff(outcome.trades.exit_row) >= 0).all()
