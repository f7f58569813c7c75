"""Programs against a small world of chance: prices move, orders fill in parts, people and venues interfere."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tradewire.domain.numbers import quantity_down
from tradewire.domain.signal import CancelPending, Close, Open, Side
from tradewire.parsing.command import parse_command
from tradewire.programs.base import Program, Result, State
from tradewire.programs.events import Closed, Ended, Event, Filled, Holdings, Moment, Price, Refused
from tradewire.programs.grid import Grid, GridParams, levels_of
from tradewire.programs.iceberg import Iceberg, IcebergParams
from tradewire.programs.rebalance import Rebalance, RebalanceParams, mending, weights_of
from tradewire.programs.scheduled import Scheduled, ScheduledParams
from tradewire.programs.shipped import SHIPPED, kind
from tradewire.programs.slots import SECOND, following
from tradewire.programs.twap import Twap, TwapParams

D = Decimal
BLANK = State(name="a", account="main")
START = 1_767_600_000 * SECOND


class World:
    """One program, one symbol, and a venue that deals at the price of now. Fills may come in halves."""

    def __init__(self, program: Program[Any, Any], params: Any, *, halves: bool = False) -> None:
        self.program, self.params, self.halves = program, params, halves
        self.price, self.now = D(100), START
        self.resting: dict[int, Open] = {}
        self.half: set[int] = set()
        self.open: dict[int, tuple[Open, Decimal]] = {}
        self.lines: list[str] = []
        self.ended: str | None = None
        self.paused: str | None = None
        self.most = 0
        self.refuse: set[int] = set()
        self.inbox: list[Event] = []
        self._take(program.start(params, BLANK, self.now))
        self.settle()

    def tell(self, event: Event) -> None:
        if self.ended is None:
            self._take(self.program.step(self.params, self.state, event))

    def _take(self, result: Result[Any]) -> None:
        before = getattr(self, "state", None)
        first = (before.said if before is not None else 0) + 1
        self.state = result.state
        self.ended, self.paused = result.done or self.ended, result.pause or self.paused
        for n, line in enumerate(result.say, first):
            self.lines.append(line)
            self._do(n, line)
        self.most = max(self.most, len(self.resting))

    def _do(self, n: int, line: str) -> None:
        reading = parse_command(line)
        assert isinstance(reading, tuple), (line, reading)
        (signal,) = reading
        match signal:
            case Open():
                if n in self.refuse:
                    self.inbox.append(Refused(n=n, code="margin", reason="No.", ts=self.now))
                else:
                    self.resting[n] = signal
            case CancelPending(ref=ref):
                for number in [k for k in self.resting if self.state.order(k) == ref]:
                    del self.resting[number]
                    self.inbox.append(Ended(n=number, filled=D(0), reason="cancelled", ts=self.now))
            case Close(trade=trade):
                for number in [k for k in self.open if self.state.trade(k) == trade]:
                    self._close(number)

    def _close(self, n: int) -> None:
        order, entry = self.open.pop(n)
        pnl = (self.price - entry) * order.side.sign
        self.inbox.append(Closed(n=n, reason="target", pnl=pnl, fees=D(0), ts=self.now))

    def settle(self) -> None:
        """Let everything happen that follows at this price."""
        for _ in range(2500):
            for n, order in list(self.resting.items()):
                limit = order.limit_price
                if limit is None or (self.price - limit) * order.side.sign <= 0:
                    size = order.size.value if order.size is not None else D(1)
                    whole = not (self.halves and n not in self.half)
                    self.half.add(n)
                    part = size / 2 if self.halves else size
                    if whole:
                        del self.resting[n]
                    self.open.setdefault(n, (order, self.price))
                    left = D(0) if whole else size - part
                    self.inbox.append(Filled(n=n, quantity=part, price=self.price, left=left, ts=self.now))
            for n, (order, _) in list(self.open.items()):
                targets = [t.level for t in order.exits.targets if isinstance(t.level, Decimal)]
                if n not in self.resting and any((self.price - t) * order.side.sign >= 0 for t in targets):
                    self._close(n)
            if not self.inbox:
                interest = self.program.interest(self.params, self.state)
                bands = interest.prices.values()
                if not any(band.is_left(self.price, self.price) for band in bands) or self.paused or self.ended:
                    return
                before = self.state
                self.tell(Price(self.params.symbol, self.price, self.price, self.now))
                if before == self.state and not self.inbox:
                    return
            while self.inbox:
                self.tell(self.inbox.pop(0))
        raise AssertionError("it never comes to rest")

    def move(self, price: Decimal) -> None:
        self.price = price
        self.settle()

    def pass_time(self, seconds: int) -> None:
        self.now += seconds * SECOND
        self.tell(Moment(self.now))
        self.settle()


PRICES = st.lists(st.integers(60, 140).map(D), min_size=1, max_size=40)
GRIDS = st.fixed_dictionaries(
    {
        "symbol": st.just("btc"),
        "low": st.just(80),
        "high": st.just(120),
        "size": st.just("1u"),
        "levels": st.integers(2, 21),
        "spacing": st.sampled_from(["arithmetic", "geometric"]),
        "mode": st.sampled_from(["symmetric", "ascending", "descending"]),
        "max_orders": st.integers(1, 12),
        "max_open": st.integers(1, 12),
    }
)


@given(GRIDS, PRICES, st.booleans())
def test_a_grid_keeps_its_caps_and_replaces_each_order_once(
    given: dict[str, Any], prices: list[Decimal], halves: bool
) -> None:
    params = GridParams.model_validate(given)
    levels = levels_of(params)
    assert len(levels) == params.levels
    assert all(lower < upper for lower, upper in pairwise(levels))
    world = World(Grid(), params, halves=halves)
    for price in prices:
        world.move(price)
        cells = world.state.cells
        busy = [cell.n for cell in cells if cell.status != "idle"]
        assert set(busy) == set(world.resting) | set(world.open), "it knows what rests and what is open, and no more"
        assert len(busy) == len(set(busy))
        assert sum(cell.status in ("asked", "leaving") for cell in cells) <= params.max_orders
        seen = world.state.bid
        assert seen is not None
        again = world.program.step(params, world.state, Price("BTCUSDT", seen, seen, world.now))
        assert again.say == (), "the same price twice changes nothing"
    assert world.most <= params.max_orders
    assert world.paused is None
    entries = Counter(line.partition(" -lim ")[2] for line in world.lines if "-lim" in line)
    cancelled = sum(line.startswith("cancel") for line in world.lines)
    allowed = len(world.state.cells) + world.state.closed + cancelled
    assert entries.total() <= allowed, "one order a cell, and one more for each that is closed or withdrawn"
    assert all((order.side is Side.BUY) == (params.mode == "ascending") for order in world.resting.values()) or (
        params.mode == "symmetric"
    )


@given(GRIDS, PRICES)
def test_a_grid_never_has_more_trades_open_than_its_cap(given: dict[str, Any], prices: list[Decimal]) -> None:
    params = GridParams.model_validate(given)
    world = World(Grid(), params)
    for price in prices:
        world.move(price)
        assert len(world.open) <= params.max_open


@given(
    st.integers(1, 10_000).map(lambda n: D(n) / 100),
    st.integers(2, 40),
    st.lists(st.integers(1, 600), max_size=60),
    st.sets(st.integers(1, 30)),
)
def test_pieces_of_a_twap_add_up_to_the_whole_and_none_comes_early(
    quantity: Decimal, slices: int, waits: list[int], refused: set[int]
) -> None:
    step = D("0.0001")
    params = TwapParams.model_validate(
        {"symbol": "btc", "quantity": quantity, "slices": slices, "duration": 60 * slices, "step": step}
    )
    world = World(Twap(), params)
    world.refuse = refused
    world.pass_time(0)
    times = [world.now]
    for wait in [*waits, *[60] * (slices + 40)]:
        said = world.state.said
        world.pass_time(wait)
        if world.state.said > said:
            assert world.state.said == said + 1, "never two pieces at once"
            times.append(world.now)
    assert world.ended is not None
    assert world.state.filled <= quantity
    assert all(later - earlier >= 0 for earlier, later in pairwise(times))
    if not refused:
        assert world.state.filled == quantity
        pieces = [D(line.split()[2][:-1]) for line in world.lines]
        assert sum(pieces) == quantity
        assert len(pieces) <= slices
        assert all(quantity_down(piece, step) == piece for piece in pieces[:-1])
        assert max(pieces) - min(pieces) <= step * slices


@given(st.integers(2, 500), st.integers(1, 499), st.booleans())
def test_an_iceberg_shows_one_piece_at_a_time_and_fills_the_whole(quantity: int, show: int, halves: bool) -> None:
    if show >= quantity:
        return
    params = IcebergParams.model_validate({"symbol": "btc", "quantity": quantity, "show": show, "limit": 90})
    world = World(Iceberg(), params, halves=halves)
    assert (len(world.resting), world.state.filled) == (1, 0)
    world.price = D(89)
    world.settle()
    assert world.most == 1
    assert world.state.filled == quantity
    assert world.ended == f"{quantity} are filled"
    assert all(D(line.split()[2][:-1]) <= show for line in world.lines)


@given(
    st.dictionaries(st.sampled_from(["BTCUSDT", "ETHUSDT", "SOLUSDT"]), st.integers(0, 33).map(D), min_size=1),
    st.lists(st.integers(0, 100).map(D), min_size=3, max_size=3),
    st.lists(st.integers(1, 50_000).map(D), min_size=3, max_size=3),
    st.integers(1, 20).map(D),
)
def test_rebalancing_ends_inside_the_band(
    targets: dict[str, Decimal], shares: list[Decimal], prices: list[Decimal], band: Decimal
) -> None:
    params = RebalanceParams.model_validate({"targets": targets, "band": band, "min_value": 0})
    worth = dict(zip(("BTCUSDT", "ETHUSDT", "SOLUSDT"), prices, strict=True))
    equity = D(100_000)
    held = {symbol: share * 1000 / worth[symbol] for symbol, share in zip(worth, shares, strict=True)}
    holdings = Holdings(equity=equity, quantities=held, worth=worth)
    out = {s for s, weight in weights_of(params, holdings).items() if abs(weight - params.targets[s]) > band}
    after = dict(held)
    for line in mending(params, holdings):
        verb, symbol, *rest = line.upper().split()
        if verb == "CLOSE":
            after[symbol] -= D(rest[1][:-1]) if len(rest) > 1 else after[symbol]
        else:
            after[symbol] += D(rest[0][:-1])
        out.discard(symbol)
    assert out == set(), "each that is out is mended"
    weights = weights_of(params, replace(holdings, quantities=after))
    assert all(abs(weights[symbol] - params.targets[symbol]) <= band for symbol in params.targets)
    assert mending(params, replace(holdings, quantities=after)) == [], "and then there is nothing to do"


@given(st.lists(st.integers(0, 4000), max_size=30), st.sampled_from(["interval", "daily"]))
def test_a_slot_is_acted_on_once_whatever_the_order_and_repetition_of_moments(waits: list[int], every: str) -> None:
    schedule = {"every": every, "interval": "17m", "late": "10m"}
    params = ScheduledParams.model_validate({"command": "close btc", "schedule": schedule})
    program = Scheduled()
    state = program.start(params, BLANK, START).state
    moments = [START + wait * 60 * SECOND for wait in sorted(waits)]
    told = [moment for moment in moments for _ in range(3)] + moments[::-1]
    acted: list[int] = []
    for moment in told:
        slot = state.slot
        result = program.step(params, state, Moment(moment))
        if result.say:
            assert slot is not None
            assert slot <= moment <= slot + 600 * SECOND
            acted.append(slot)
        state = result.state
    assert acted == sorted(set(acted)), "no slot twice"
    for slot in acted:
        assert following(params.schedule, slot - 1, START) == slot, "and only slots"


STAKES = {
    "martingale": [10 * 2**step for step in range(7)],
    "anti-martingale": [10 * 2**step for step in range(7)],
    "fibonacci": [10, 10, 20, 30, 50, 80, 130],
}


@given(
    st.sampled_from(sorted(STAKES)),
    st.lists(st.booleans(), min_size=1, max_size=60),
    st.integers(1, 6),
    st.sampled_from(["reset", "pause"]),
)
def test_a_sequence_raises_its_stake_step_by_step_up_to_its_cap_and_begins_anew(
    name: str, wins: list[bool], cap: int, at_cap: str
) -> None:
    program = kind(name)
    params = program.Params.model_validate(
        {"symbol": "btc", "size": "10", "exits": "-sl 1% -tp 1%", "max_steps": cap, "at_cap": at_cap}
    )
    raises = name == "anti-martingale"
    state = program.start(params, BLANK, START).state
    stakes = []
    for won in wins:
        said = program.step(params, state, Moment(START))
        (line,) = said.say
        stakes.append(D(line.split()[2]))
        assert program.step(params, said.state, Moment(START)).say == (), "one trade at a time"
        pnl = D(1) if won else D(-1)
        closed = program.step(params, said.state, Closed(n=said.state.n, reason="stop", pnl=pnl, fees=D(0), ts=START))
        capped = won is raises and said.state.step == cap
        assert (closed.pause is not None) == (capped and at_cap == "pause")
        state = closed.state
        if won is not raises or capped:
            assert state.step == 0
        else:
            assert state.step == said.state.step + 1
        assert stakes[-1] == STAKES[name][said.state.step]
    assert max(stakes) <= STAKES[name][cap]


def test_every_kind_is_imported_by_its_name() -> None:
    assert all(path.startswith("tradewire.programs.") for path in SHIPPED.values())
    assert isinstance(Rebalance(), Program)
