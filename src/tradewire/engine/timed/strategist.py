"""Trades strategies live: when a bar closes each is asked once, and what it says is spoken like any signal.

A word is stored under the id `NAME:SYMBOL:BAR`, so it is traded once, however often the hub is killed. The journal
knows up to which bar each strategy was asked; a bar that closed while nobody asked is told as missed, and traded late
only where `catch_up` allows it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from functools import partial
from typing import NamedTuple

import structlog

from tradewire.domain.message import Message
from tradewire.domain.moments import SECOND, moment_name
from tradewire.domain.refusal import Refusal
from tradewire.domain.signal import Open, Side
from tradewire.domain.timeframes import timeframe_name
from tradewire.engine.contract import Incoming
from tradewire.engine.engine import Engine
from tradewire.engine.schedule_facts import BarsJudged
from tradewire.engine.timed.asking import Failed, Live, Said, ask
from tradewire.engine.timed.due import Due
from tradewire.engine.timed.ledger import Ledger
from tradewire.engine.timed.speaking import Holding, commands, holding
from tradewire.engine.timed.windows import Windows
from tradewire.parsing.render import to_command
from tradewire.ports import Clock, Notice
from tradewire.store.errors import StoreError

log = structlog.get_logger(__name__)

STRATEGY = "strategy"
"""The source of what strategies say; the channel is the strategy's name."""
SPARE = 100
"""Bars kept besides the warm-up: that many can be looked at again after the hub was down."""


class Asked(NamedTuple):
    """A strategy was asked: the newest bar (its beginning, epoch ns) of a symbol that it was shown."""

    strategy: str
    symbol: str
    bar: int


class Strategist:
    """Asks the strategies of a configuration when their bars close."""

    def __init__(
        self,
        lives: Sequence[Live],
        windows: Windows,
        due: Due,
        ledger: Ledger,
        engine: Engine,
        speak: Callable[[Incoming], Awaitable[str]],
        tell: Callable[[Notice], None],
        clock: Clock,
    ) -> None:
        self._lives = lives
        self._windows = windows
        self._due = due
        self._ledger = ledger
        self._engine = engine
        self._speak = speak
        self._tell = tell
        self._clock = clock
        self._began = 0
        self._failing: dict[tuple[str, str], str] = {}
        self._busy: set[tuple[str, str]] = set()
        self._waiting: set[tuple[str, str]] = set()
        for live in lives:
            for symbol in live.symbols:
                windows.need(symbol, live.timeframe_s, live.warmup + 1 + SPARE)

    def start(self) -> None:
        """Count from now on: what closes later is in time."""
        self._began = self._clock.now()

    @property
    def timeframes(self) -> frozenset[int]:
        """How long the bars are (seconds) at whose close strategies are asked."""
        return frozenset(live.timeframe_s for live in self._lives if live.at_close)

    def of(self, symbol: str, timeframe_s: int) -> list[Live]:
        """Return the strategies that are asked when such a bar closes."""
        return [e for e in self._lives if e.at_close and e.timeframe_s == timeframe_s and symbol in e.symbols]

    def symbols(self, timeframe_s: int) -> set[str]:
        """Return the symbols on which strategies are asked when such a bar closes."""
        return {s for e in self._lives if e.at_close and e.timeframe_s == timeframe_s for s in e.symbols}

    async def ask_now(self, name: str) -> int:
        """Ask one strategy about its newest bars, whenever it is; return on how many symbols it was asked."""
        asked: list[Asked | None] = []
        for live in self._lives:
            if live.name == name:
                now, width = self._clock.now(), live.timeframe_s * SECOND
                asked += await self._due.gather(self.ask(live, symbol, now - now % width) for symbol in live.symbols)
        self.keep(bar for bar in asked if bar is not None)
        return sum(bar is not None for bar in asked)

    def keep(self, asked: Iterable[Asked]) -> None:
        """Keep up to which bar strategies were asked."""
        new: dict[str, dict[str, int]] = {}
        for name, symbol, bar in asked:
            if bar != self._ledger.kept.judged.get(name, {}).get(symbol):
                new.setdefault(name, {})[symbol] = bar
        if new:
            try:
                self._ledger.write(BarsJudged(asked=new))
            except StoreError as error:  # What was said is stored under its id: to ask again does nothing twice.
                log.warning("it is not kept up to which bar strategies were asked", reason=str(error))

    def _asked_up_to(self, live: Live, symbol: str) -> int | None:
        return self._ledger.kept.judged.get(live.name, {}).get(symbol)

    async def ask(self, live: Live, symbol: str, moment: int) -> Asked | None:
        """Ask a strategy about the bars that are new, up to the one that closes at `moment`; return the newest."""
        key, width = (live.name, symbol), live.timeframe_s * SECOND
        await self._windows.reach(symbol, live.timeframe_s, moment)
        if key in self._busy:
            self._fail(live, symbol, "it is not done with one bar when the next one closes")
            return None
        self._busy.add(key)
        try:
            bars, before = self._windows.bars(symbol, live.timeframe_s), self._asked_up_to(live, symbol)
            newest = int(bars.ts[-1]) if len(bars) else moment - width
            if before is None or not live.at_close:
                since = newest if newest != before and self._is_in_time(live, newest) else newest + 1
            else:
                since = before + 1
            self._tell_waiting(live, symbol, len(bars))
            words = await asyncio.to_thread(ask, live, bars, since)
            self._failing.pop(key, None)
            await self._say(live, symbol, words)
        except Failed as error:
            self._fail(live, symbol, str(error))
        finally:
            self._busy.discard(key)
        return Asked(live.name, symbol, newest)

    async def _say(self, live: Live, symbol: str, words: Sequence[Said]) -> None:
        """Speak the last word if it is in time, and tell of the others: to act on each of them would be too late."""
        missed = list(words)
        if missed and self._is_in_time(live, missed[-1].bar):
            said = missed.pop()
            if text := self._text(live, symbol, said):
                await self._word(live, symbol, said, text)
        if missed := [said for said in missed if not self._was_said(live, symbol, said)]:
            self._tell_missed(live, symbol, missed)

    def _is_in_time(self, live: Live, bar: int) -> bool:
        """Tell whether a bar (its beginning) may be traded now: it closed just now, or not longer ago than allowed."""
        now, width = self._clock.now(), live.timeframe_s * SECOND
        closed = bar + width
        return (closed >= self._began and now < closed + width) or now - closed <= live.catch_up

    def _text(self, live: Live, symbol: str, said: Said) -> str:
        """Return the commands of a word, empty where nothing would change."""
        signals = commands(
            live,
            symbol,
            said,
            partial(self._held, live.name, symbol),
            partial(self._reach, live.name),
            self._engine.market.instruments.get(symbol),
        )
        return "; ".join(map(to_command, signals))

    def _held(self, name: str, symbol: str, side: Side) -> Holding:
        states = {post.id: post.state for post in self._engine.posts.values()}
        return holding(states, name, symbol, side)

    def _reach(self, name: str, entry: Open) -> list[str]:
        now = self._clock.now()
        message = Message(id="reach", source=STRATEGY, channel=name, text="", ts_event=now, ts_init=now)
        reached = self._engine.inbox.router.select(entry, message)
        return [] if isinstance(reached, Refusal) else [destination.account.id for destination in reached]

    async def _word(self, live: Live, symbol: str, said: Said, text: str) -> None:
        incoming = Incoming(
            source=STRATEGY, channel=live.name, text=text, external_id=word_id(live.name, symbol, said.bar)
        )
        await self._speak(incoming)

    def _was_said(self, live: Live, symbol: str, said: Said) -> bool:
        """Tell whether a word is stored, or had nothing to change: its trade was open, or nothing was."""
        incoming = Incoming(
            source=STRATEGY, channel=live.name, text="", external_id=word_id(live.name, symbol, said.bar)
        )
        message_id, _, known = self._engine.inbox.identify(incoming, self._clock.now())
        if known or message_id in self._engine.store.queries.known_messages([message_id]):
            return True
        return not self._text(live, symbol, said)

    def _tell_missed(self, live: Live, symbol: str, missed: Sequence[Said]) -> None:
        last = missed[-1]
        count = "A bar" if len(missed) == 1 else f"{len(missed)} bars"
        late = "it allows no late trade" if not live.catch_up else "they came too late to be traded"
        closed = moment_name(last.bar + live.timeframe_s * SECOND)
        body = (
            f"{count} of {symbol} {timeframe_name(live.timeframe_s)} on which {live.name} spoke closed while nobody "
            f"asked, the last at {closed}: {self._text(live, symbol, last)}. "
            f"Nothing was done: {late} (catch_up)."
        )
        self._notice("warning", f"Strategy {live.name}: bars were missed", body)

    def _tell_waiting(self, live: Live, symbol: str, bars: int) -> None:
        """Tell once that a strategy can say nothing yet."""
        key = (live.name, symbol)
        if bars > live.warmup:
            self._waiting.discard(key)
        elif key not in self._waiting:
            self._waiting.add(key)
            body = (
                f"{symbol} {timeframe_name(live.timeframe_s)} has {bars} of the {live.warmup + 1} bars that it needs: "
                "until then it says nothing."
            )
            self._notice("info", f"Strategy {live.name} waits for bars", body)

    def _fail(self, live: Live, symbol: str, reason: str) -> None:
        """Tell once that a strategy fails; it is asked again at the next bar."""
        log.warning("a strategy failed", strategy=live.name, symbol=symbol, reason=reason)
        if (live.name, symbol) not in self._failing:
            body = f"On {symbol}: {reason}. Nothing was traded; it is asked again at the next bar."
            self._notice("error", f"Strategy {live.name} failed", body)
        self._failing[live.name, symbol] = reason

    def _notice(self, severity: str, title: str, body: str) -> None:
        self._tell(Notice(severity=severity, title=title, body=body, ts=self._clock.now()))


def word_id(name: str, symbol: str, bar: int) -> str:
    """Return the id under which a strategy's word about a bar (its beginning, epoch ns) is stored."""
    return f"{name}:{symbol}:{moment_name(bar)}"
