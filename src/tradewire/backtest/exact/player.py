"""Plays bars to a hub of the past: prices one after the other where something happens, nothing where nothing does.

A bar happens when it begins. Its prices go from the open to the low, the high, the low and the close while long trades
(or entries) are there, mirrored while short ones are; with both, bid and ask go their ways apart, so that each side
gets the worst of it first. Every level on the way is met at its own price.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from tradewire.backtest.exact.dealing import Dealing, exact
from tradewire.backtest.exact.hub import PastHub
from tradewire.backtest.exact.search import next_touch
from tradewire.backtest.exact.words import Holds, Spoken
from tradewire.domain.bars import Bars, Floats
from tradewire.domain.numbers import ZERO
from tradewire.domain.order import Leg
from tradewire.domain.signal import Side
from tradewire.engine.contract import Incoming
from tradewire.engine.watch import NOBODY
from tradewire.exits.kernel import NEVER, NOWHERE
from tradewire.exits.moves import Watch

SECOND = 1_000_000_000
LATE = 0.25
"""The part of a bar after which whoever comes late pays its worst price."""
SLACK = 1e-12
"""Levels count as reached so much earlier (a part of the price): looking at a bar in vain costs only time."""
BEYOND = 1e-9
"""How far behind a line (a part of the price) it is crossed: a program may wait for what is beyond it."""
LOOKS = 100
"""How often a price is looked at until it changes nothing more."""


@dataclass(slots=True)
class Track:
    """A symbol's bars with what is said of them; `row` is the bar that was played last."""

    bars: Bars
    symbol: str
    words: Spoken | None
    at_close: bool
    ranges: Floats | None = None
    """The average true range at each close, for whoever speaks besides `words`."""
    first: int = 0
    """Which bar of a longer history row 0 is."""
    stop: int = -1
    """The row before which playing ends; -1: all bars."""
    row: int = -1
    high: float = 0.0
    low: float = 0.0
    bid: float = 0.0
    ask: float = 0.0
    ts: int = 0
    steps: list[tuple[int, float, float]] = field(default_factory=list)
    """(row, quantity held, its cost) from that row's close on."""

    def __post_init__(self) -> None:
        if self.stop < 0:
            self.stop = len(self.bars)


class Player:
    """Plays one symbol."""

    def __init__(self, hub: PastHub, track: Track, dealing: Dealing, channel: str) -> None:
        self._hub, self._track, self._dealing, self._channel = hub, track, dealing, channel
        self._posts = list(hub.engine.posts.values())
        self.balances: list[tuple[int, float]] = []
        self.misses_nothing = any(post.around.profile.drawdown is not None for post in self._posts)
        """While something is open every bar is played: a drawdown is measured from the highest equity."""
        self._searched: tuple[int, float, float] | None = None
        self._found = -1

    def starts(self, row: int) -> int | None:
        """Return when a bar begins (epoch ns); None beyond the last one."""
        return int(self._track.bars.ts[row]) if row < self._track.stop else None

    def row_at(self, moment: int) -> int | None:
        """Return the bar that begins at a moment, if one does and was not played."""
        row = int(np.searchsorted(self._track.bars.ts, moment))
        return row if self.starts(row) == moment and row > self._track.row else None

    def next(self) -> int:
        """Return the next row at which something may happen; `stop` if none does."""
        track, bars, hub = self._track, self._track.bars, self._hub
        row = track.row + 1
        if self.misses_nothing and self.holds:
            return row
        limit = track.stop
        if track.words is not None:
            word = track.words.next(row, self._held())
            limit = limit if word is None else min(word, limit)
        bounds = self._bounds()
        for moment, side in ((bounds.before, "left"), (hub.exchange.due, "right"), (hub.moment, "right")):
            if moment is not None and moment < NEVER:
                at = int(np.searchsorted(bars.ts, moment, side)) - (side == "right")  # type: ignore[call-overload]
                limit = min(limit, max(row, at))
        near = self._dealing.apart
        far = near + self._dealing.venue_apart
        falls, rises, asks_fall, asks_rise = map(float, hub.exchange.levels(track.symbol))
        low, high = self._bands()
        below = max(bounds.bid_above + near, bounds.ask_above - near, falls + far, asks_fall - far, low + near)
        above = min(bounds.bid_below + near, bounds.ask_below - near, rises + far, asks_rise - far, high - near)
        searched = (limit, below * (1 + SLACK), above * (1 - SLACK))
        if searched != self._searched or row > self._found:
            self._searched = searched
            self._found = int(next_touch()(bars.high, bars.low, row, *searched))
        return self._found

    def open(self, row: int) -> None:
        """Begin a bar: what was said at the close before, then the open."""
        track, hub, bars = self._track, self._hub, self._track.bars
        opened = float(bars.open[row])
        track.row, hub.recorder.rows[track.symbol] = row, track.first + row
        track.high, track.low = float(bars.high[row]), float(bars.low[row])
        hub.clock.time = track.ts = int(bars.ts[row])
        self._know_range(row - 1)
        if not track.at_close:
            self._speak(row, opened)
        near = self._dealing.apart
        self._show(opened - near, opened + near, slips=self._stops_at(opened))

    def rest(self, row: int) -> None:
        """Let the prices of a bar go their way, and say what is heard at its close."""
        track, bars, near = self._track, self._track.bars, self._dealing.apart
        close = float(bars.close[row])
        for bid, ask in self._way(float(bars.open[row]), close):
            self._go(bid - near, ask + near)
        if track.at_close and row < len(bars) - 1:
            self._speak(row, close)
        self.note()

    def look_back(self, moment: int) -> None:
        """Know the last close before a moment, where bars have passed at which nothing happened."""
        track, bars, near = self._track, self._track.bars, self._dealing.apart
        row = int(np.searchsorted(bars.ts, moment)) - 1
        if row <= track.row:
            return
        over = int(bars.ts[row]) + bars.timeframe_s * SECOND
        price = float(bars.close[row] if over <= moment else bars.open[row])
        track.row, self._hub.recorder.rows[track.symbol] = row, track.first + row
        track.high = track.low = price
        track.ts = min(over, moment) if over <= moment else int(bars.ts[row])
        self._know_range(row - (over > moment))
        self._show(price - near, price + near, slips=True)

    def end(self) -> None:
        """Deal at the last close."""
        track, hub, near = self._track, self._hub, self._dealing.apart
        row = len(track.bars) - 1
        track.row, hub.recorder.rows[track.symbol] = row, track.first + row
        track.ts = int(track.bars.ts[row]) + track.bars.timeframe_s * SECOND
        hub.clock.time = track.ts = max(hub.clock.time, track.ts)
        price = float(track.bars.close[row])
        quote = self._dealing.dealt(track.symbol, price - near, price + near, track.ts, slips=True)
        hub.exchange.on_quotes((quote,))
        hub.market.update(quote)
        hub.loop.settle()

    @property
    def holds(self) -> bool:
        """Tell whether anything is open."""
        return any(self._held()[:2])

    def _know_range(self, row: int) -> None:
        """Know the average true range at the close of a bar."""
        track = self._track
        if track.ranges is not None and row >= 0:
            value = float(track.ranges[row])
            self._hub.market.ranges[track.symbol] = exact(value) if value > 0.0 else None

    def _speak(self, row: int, price: float) -> None:
        """Say what a bar's close has led the strategy to, where it means anything to the accounts as they are."""
        track, holds = self._track, self._held()
        if track.words is None or track.words.next(row, holds) != row:
            return
        if track.ranges is None:
            atr = track.words.atr(row)
            self._hub.market.ranges[track.symbol] = None if atr is None else exact(atr)
        said = int(track.bars.ts[row - (not track.at_close)])
        if track.at_close:
            self._hub.clock.time = track.ts = int(track.bars.ts[row + 1])
        self._tell(track.words.command(row, holds), f"{np.datetime64(said, 'ns')}Z", price)

    def _tell(self, text: str, of: str, price: float) -> None:
        """Say a command while the market deals at a price."""
        track, hub = self._track, self._hub
        near = self._dealing.apart
        quote = self._dealing.dealt(track.symbol, price - near, price + near, track.ts, slips=True)
        hub.exchange.on_quotes((quote,))
        hub.market.update(quote)
        hub.loop.settle()
        track.bid, track.ask = price - near, price + near
        hub.say(
            Incoming(
                source="strategy",
                channel=self._channel,
                text=text,
                external_id=f"{self._channel}:{track.symbol}:{of}",
            )
        )
        self._arrive()

    def _held(self) -> Holds:
        """Return what the accounts hold."""
        sums = [post.state.sums.get(self._track.symbol) for post in self._posts]
        return Holds(
            any(held is not None and held.long_count for held in sums),
            any(held is not None and held.short_count for held in sums),
            None in sums,
        )

    def _way(self, opened: float, close: float) -> Sequence[tuple[float, float]]:
        """Return where bid and ask go from the open on; nowhere where nobody waits for a price."""
        high, low = self._track.high, self._track.low
        long, short = self._sides()
        if long and short:
            first = (low, opened), (low, high), (high, high), (low, high)
            return *first, (low, low), (low, high), (close, high), (close, close)
        wakes = self._wakes()
        if not (long or short):
            if self._bands() != (-NOWHERE, NOWHERE):
                return (low, low), (high, high), (low, low), (close, close)
            return ((close, close),) if wakes else ()
        best, worst = (high, low) if long else (low, high)
        if not wakes and self._only_raises(best):
            return ((best, best),)
        once = (worst, worst), (best, best)
        return (*once, (close, close)) if self._hub.engine.programs.runners else (*once, (worst, worst), (close, close))

    def _wakes(self) -> bool:
        """Tell whether a program is woken within this bar, when its close is the price."""
        moment, bars, row = self._hub.moment, self._track.bars, self._track.row
        return moment is not None and moment < int(bars.ts[row]) + bars.timeframe_s * SECOND

    def _only_raises(self, best: float) -> bool:
        """Tell whether a bar does nothing but move stops, so that its best price stands for all of its way."""
        track, hub, near = self._track, self._hub, self._dealing.apart
        far = near + self._dealing.venue_apart
        bid, ask = best - near, best + near
        falls, rises, asks_fall, asks_rise = map(float, hub.exchange.levels(track.symbol))
        if max(falls + far, asks_fall - far) >= track.low or min(rises + far, asks_rise - far) <= track.high:
            return False
        band = self._bands()
        if band[0] + near >= track.low or band[1] - near <= track.high:
            return False
        for post in self._posts:
            book = post.state.books.get(track.symbol)
            moves = None if book is None else book.on_quote(bid, ask, track.ts)
            after = None if book is None else book.watch if moves is None else moves.watch
            if (moves is not None and moves.triggers) or (
                after is not None and (track.low - near <= after.bid_above or track.high + near >= after.ask_below)
            ):
                return False
        return True

    def _sides(self) -> tuple[bool, bool]:
        """Tell whether there are long and short trades, or entries on their way to them."""
        holds, symbol = self._held(), self._track.symbol
        sides = [holds.short, holds.long]
        for post in self._posts:
            for order in post.state.orders.values():
                if order.request.symbol == symbol and order.request.leg is Leg.ENTRY:
                    sides[order.request.side is Side.BUY] = True
        return sides[1], sides[0]

    def _bounds(self) -> Watch:
        """Return what the price must leave to change anything; it is shown again while it still does."""
        track, hub = self._track, self._hub
        for _ in range(LOOKS):
            bounds = hub.engine.watch.bounds(track.symbol)
            if bounds is not None:
                return bounds
            hub.engine.on_quotes((self._dealing.seen(track.symbol, track.bid, track.ask, track.ts),))
            hub.loop.settle()
        raise RuntimeError(f"{track.symbol} finds no rest at {track.bid}/{track.ask}")

    def _bands(self) -> tuple[float, float]:
        """Return the nearest levels that programs wait for: of the falling bid, of the rising ask."""
        runners = self._hub.engine.programs.runners
        if not runners:
            return -NOWHERE, NOWHERE
        found = [runner.interest.prices.get(self._track.symbol) for runner in runners.values()]
        bands = [band for band in found if band is not None]
        lows = [float(band.low) for band in bands if band.low is not None]
        highs = [float(band.high) for band in bands if band.high is not None]
        return max(lows, default=-NOWHERE), min(highs, default=NOWHERE)

    def _closing(self) -> Watch:
        """Return the prices at which trades close next."""
        levels = [book.closing() for post in self._posts if (book := post.state.books.get(self._track.symbol))]
        if not levels:
            return NOBODY
        return Watch(
            max(level.bid_above for level in levels),
            min(level.bid_below for level in levels),
            max(level.ask_above for level in levels),
            min(level.ask_below for level in levels),
            min(level.before for level in levels),
        )

    def _stops_at(self, opened: float) -> bool:
        """Tell whether an open closes trades at market: beyond a stop, or late."""
        near, levels = self._dealing.apart, self._closing()
        late = self._track.ts >= levels.before
        return late or opened - near <= levels.bid_above or opened + near >= levels.ask_below

    def _go(self, bid: float, ask: float) -> None:
        """Go to a price, stopping at every level on the way at which something closes or is filled."""
        track, gap = self._track, 2 * self._dealing.apart
        while (stop := self._first_level(bid, ask)) is not None:
            is_bid, level, slips = stop
            if is_bid:
                self._show(level, track.ask if ask == track.ask else level + gap, slips=slips)
            else:
                self._show(track.bid if bid == track.bid else level - gap, level, slips=slips)
        if (track.bid, track.ask) != (bid, ask):
            self._show(bid, ask, slips=False)

    def _first_level(self, bid: float, ask: float) -> tuple[bool, float, bool] | None:
        """Return the next level on the way to a price: whether the bid meets it, where, and whether at market."""
        track, levels, far = self._track, self._closing(), self._dealing.venue_apart
        falls, rises, asks_fall, asks_rise = map(float, self._hub.exchange.levels(track.symbol))
        low, high = self._bands()
        first: tuple[bool, float, bool] | None = None
        nearest = NOWHERE
        for is_bid, level, slips in (
            (True, levels.bid_above, True),
            (True, levels.bid_below, False),
            (False, levels.ask_below, True),
            (False, levels.ask_above, False),
            (True, falls + far, False),
            (True, rises + far, False),
            (False, asks_rise - far, False),
            (False, asks_fall - far, False),
            *((True, level, False) for level in _lines(low, -self._dealing.apart, -BEYOND)),
            *((False, level, False) for level in _lines(high, self._dealing.apart, BEYOND)),
        ):
            now, to = (track.bid, bid) if is_bid else (track.ask, ask)
            if (now < level <= to or to <= level < now) and abs(level - now) < nearest:
                nearest, first = abs(level - now), (is_bid, level, slips)
        return first

    def _show(self, bid: float, ask: float, *, slips: bool) -> None:
        """Let the market be at a price."""
        track, dealing = self._track, self._dealing
        track.bid, track.ask = bid, ask
        seen = dealing.seen(track.symbol, bid, ask, track.ts)
        dealt = dealing.dealt(track.symbol, bid, ask, track.ts, slips=slips) if dealing.paid_at_fills else seen
        self._hub.show(seen, dealt)
        self._arrive()

    def _arrive(self) -> None:
        """Let orders arrive that are on their way: the later in the bar, the worse the price that they find."""
        track, hub = self._track, self._hub
        width = track.bars.timeframe_s * SECOND
        begun = int(track.bars.ts[track.row])
        while (due := hub.exchange.due) is not None and due < begun + width:
            hub.loop.advance(max(due, track.ts))
            part = min(1.0, (due - begun) / (LATE * width))
            track.ts = hub.clock.time
            bid = track.bid - max(0.0, track.bid - track.low) * part
            ask = track.ask + max(0.0, track.high - track.ask) * part
            hub.exchange.on_quotes((self._dealing.dealt(track.symbol, bid, ask, track.ts, slips=True),))
            hub.loop.settle()

    def note(self) -> None:
        """Keep what the accounts have after a bar."""
        track = self._track
        row = track.row
        sums = [held for post in self._posts if (held := post.state.sums.get(track.symbol))]
        quantity = float(sum((held.quantity * held.multiplier for held in sums), ZERO))
        cost = float(sum((held.cost * held.multiplier for held in sums), ZERO))
        track.steps.append((row, quantity, cost))
        self.balances.append((row, float(sum((post.state.balance for post in self._posts), ZERO))))


def _lines(band: float, half: float, beyond: float) -> tuple[float, ...]:
    """Return where a program looks that waits for a line: the price at it, the middle at it, each a little beyond."""
    if abs(band) == NOWHERE:
        return ()
    lines = (band, band + half) if half else (band,)
    return tuple(level * more for level in lines for more in (1.0, 1.0 + beyond))
