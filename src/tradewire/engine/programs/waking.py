"""Wakes programs: when a price leaves the band in which one sleeps, and when the moment comes that one waits for."""

from __future__ import annotations

from asyncio import AbstractEventLoop, TimerHandle
from collections.abc import Callable, Iterable, Mapping, Sequence

from tradewire.domain.instrument import Quote
from tradewire.domain.moments import SECOND
from tradewire.engine.market import Market
from tradewire.engine.programs.runner import Runner
from tradewire.ports import Clock
from tradewire.programs.events import Moment, Price

SHORTEST = 0.02
"""Seconds that the timer is set to at least."""
LONGEST = 3600.0
SNOOZE = SECOND
"""How long (ns) a program sleeps that has let a moment pass and waits for the same one again."""

Waker = Callable[[Runner, str, Price | Moment], None]


class Waking:
    """Looks after `runners` (by name). Who `is_asleep` is not woken; `wake` takes what the others are to be told."""

    def __init__(
        self,
        runners: Mapping[str, Runner],
        market: Market,
        clock: Clock,
        is_asleep: Callable[[Runner], bool],
        wake: Waker,
    ) -> None:
        self._runners, self._market, self._clock = runners, market, clock
        self._is_asleep, self._wake = is_asleep, wake
        self._watchers: dict[str, list[Runner]] = {}
        self._snoozing: dict[str, int] = {}
        self._next = 0
        self._timer: TimerHandle | None = None
        self.loop: AbstractEventLoop | None = None

    def on_quotes(self, quotes: Sequence[Quote]) -> None:
        """Wake who waits for these prices, or for a moment that has come."""
        for quote in quotes:
            for runner in self._watchers.get(quote.symbol, ()):
                self._compare(runner, quote)
        if self._next and self._clock.now() >= self._next:
            self.look(self._runners.values())

    def look(self, runners: Iterable[Runner]) -> None:
        """Wake those for whom the time, or a price of now, has come; then follow what everybody waits for."""
        now = self._clock.now()
        for runner in runners:
            for symbol in runner.interest.prices:
                if (quote := self._market.quotes.get(symbol)) is not None:
                    self._compare(runner, quote)
            moment = self._moment(runner)
            if moment is not None and moment <= now:
                self._wake(runner, "moment", Moment(now))
        self._watchers.clear()
        for runner in self._runners.values():
            for symbol in runner.interest.prices:
                self._watchers.setdefault(symbol, []).append(runner)
        self._arm()

    def snooze(self, name: str) -> None:
        """Let a program that has let its moment pass sleep for a while."""
        self._snoozing[name] = self._clock.now() + SNOOZE
        self._arm()

    def changed(self, name: str) -> None:
        """Know that a program may wait for another moment now."""
        self._snoozing.pop(name, None)

    def forget(self) -> None:
        """Know nobody any more, until the next look."""
        self._watchers.clear()
        self._snoozing.clear()

    def stop(self) -> None:
        """Wake nobody any more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._next = 0

    def _compare(self, runner: Runner, quote: Quote) -> None:
        price = Price(quote.symbol, quote.bid, quote.ask, quote.ts)
        if runner.is_touched(quote.symbol, price) and not self._is_asleep(runner):
            self._wake(runner, f"price {quote.symbol}", price)

    def _moment(self, runner: Runner) -> int | None:
        """Return when a program is to be woken; None where it waits for no moment, or is asleep."""
        moment = runner.interest.moment
        if moment is None or self._is_asleep(runner):
            return None
        return max(moment, self._snoozing.get(runner.name, 0))

    def _arm(self) -> None:
        """Set the timer to the first moment that anybody waits for."""
        self.stop()
        moments = [moment for runner in self._runners.values() if (moment := self._moment(runner)) is not None]
        if moments and self.loop is not None:
            self._next = min(moments)
            delay = (self._next - self._clock.now()) / SECOND
            self._timer = self.loop.call_later(min(max(delay, SHORTEST), LONGEST), self._ring)

    def _ring(self) -> None:
        self._timer = None
        self.look(self._runners.values())
