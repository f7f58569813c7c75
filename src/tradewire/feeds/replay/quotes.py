"""Plays recorded prices at the pace that was asked for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from itertools import groupby
from types import TracebackType
from typing import Final, Self

import structlog

from tradewire.domain.instrument import Bar, Instrument, Quote
from tradewire.feeds.replay.config import UNTRADED, Config
from tradewire.feeds.replay.playing import aggregate, recorded_quotes
from tradewire.ports import Clock, Misconfigured

log = structlog.get_logger(__name__)

_SECOND_NS: Final = 1_000_000_000
_BREATHE_EVERY: Final = 64


class ReplayQuotes:
    """Recorded prices as a feed. A batch holds the quotes of one moment; the stream ends with the files.

    Bars show what lies before the moment that is being played, and nothing of what is still to come.
    """

    def __init__(self, config: Config, clock: Clock) -> None:
        self._config = config
        self._clock = clock
        self._instruments = tuple(recording.instrument() for recording in config.recordings)
        self._from: int | None = None
        """Recorded time of the first quote played."""
        self._began = 0
        self._played_until: int | None = None

    async def __aenter__(self) -> Self:
        if self._config.stamp == "recorded":
            log.warning(UNTRADED)
        first = await asyncio.to_thread(self._first_moment)
        self._from, self._began = first, self._clock.now()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    async def instruments(self) -> Sequence[Instrument]:
        return self._instruments

    async def stream(self, symbols: Iterable[str]) -> AsyncIterator[Sequence[Quote]]:
        """Yield what was recorded of `symbols` from the start on, a batch a moment."""
        first = self._first()
        self._began = self._clock.now()
        played = (quote for quote in self._recorded(symbols) if quote.ts >= first)
        for number, (ts, quotes) in enumerate(groupby(played, key=lambda quote: quote.ts)):
            if self._config.speed != "max":
                due = self._began + int((ts - first) / self._config.speed)
                ahead = due - self._clock.now()
                if ahead > 0:
                    await asyncio.sleep(ahead / _SECOND_NS)
            elif number % _BREATHE_EVERY == 0:
                await asyncio.sleep(0)
            self._played_until = ts
            yield [self._stamped(quote) for quote in quotes]

    async def bars(self, symbol: str, timeframe_s: int, start: int, end: int) -> Sequence[Bar]:
        """Return bars of the mid price, made of what has been played and of the history before it."""
        return await asyncio.to_thread(self._bars, symbol, timeframe_s * _SECOND_NS, start, end)

    def _bars(self, symbol: str, timeframe_ns: int, start: int, end: int) -> list[Bar]:
        until = self._first() - 1 if self._played_until is None else self._played_until
        seen = (self._stamped(quote) for quote in self._recorded((symbol,)) if quote.ts <= until)
        return [bar for bar in aggregate(seen, timeframe_ns) if start <= bar.ts < end]

    def _stamped(self, quote: Quote) -> Quote:
        if self._config.stamp == "recorded" or self._config.speed == "max":
            return quote
        shifted = self._began + int((quote.ts - self._first()) / self._config.speed)
        return Quote(quote.symbol, quote.bid, quote.ask, shifted)

    def _recorded(self, symbols: Iterable[str]) -> Iterator[Quote]:
        wanted = set(symbols)
        known = {recording.symbol for recording in self._config.recordings}
        if not wanted <= known:
            raise Misconfigured(
                "symbols", f"{min(wanted - known)} is not recorded: there are {', '.join(sorted(known))}"
            )
        return recorded_quotes(recording for recording in self._config.recordings if recording.symbol in wanted)

    def _first_moment(self) -> int:
        start = self._config.start_ns
        for quote in recorded_quotes(self._config.recordings):
            if start is None or quote.ts >= start:
                return quote.ts
        raise Misconfigured("recordings", "nothing is recorded at or after the start")

    def _first(self) -> int:
        if self._from is None:
            raise RuntimeError("the replay has not been entered")
        return self._from
