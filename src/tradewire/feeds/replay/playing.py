"""Recorded rows as quotes: bars become their open, high, low and close, in that order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from heapq import merge
from itertools import islice, pairwise
from typing import Final

from tradewire.domain.instrument import Bar, Instrument, Quote
from tradewire.domain.numbers import Rounding, to_step
from tradewire.feeds.replay.config import Recording
from tradewire.feeds.replay.files import Row, read
from tradewire.ports import Misconfigured

_LOOK_AT: Final = 100
_FALLBACK_NS: Final = 60 * 1_000_000_000


def recorded_quotes(recordings: Iterable[Recording]) -> Iterator[Quote]:
    """Yield the quotes of all recordings in time order."""
    return merge(*(_quotes(recording) for recording in recordings), key=lambda quote: quote.ts)


def aggregate(quotes: Iterable[Quote], timeframe_ns: int) -> Iterator[Bar]:
    """Yield bars of the mid prices of one symbol's quotes."""
    bar: Bar | None = None
    for quote in quotes:
        opened, price = quote.ts - quote.ts % timeframe_ns, quote.mid
        if bar is None or bar.ts != opened:
            if bar is not None:
                yield bar
            bar = Bar(quote.symbol, opened, price, price, price, price)
        else:
            bar = Bar(bar.symbol, opened, bar.open, max(bar.high, price), min(bar.low, price), price)
    if bar is not None:
        yield bar


def _quotes(recording: Recording) -> Iterator[Quote]:
    instrument = recording.instrument()
    if recording.ask_path is not None:
        length = _bar_length(recording)
        for bids, asks in _paired(read(recording.path), read(recording.ask_path)):
            if len(bids.prices) != len(asks.prices):
                raise Misconfigured("recordings", f"{recording.path} and {recording.ask_path} differ in kind")
            for ts, bid, ask in zip(_times(bids, length), bids.prices, asks.prices, strict=True):
                yield _on_ticks(instrument, bid, max(bid, ask), ts)
        return
    spread = instrument.tick_size if recording.spread is None else recording.spread
    length = 0
    for row in read(recording.path):
        if len(row.prices) == 2:
            yield _on_ticks(instrument, row.prices[0], row.prices[1], row.ts)
            continue
        length = length or _bar_length(recording)
        for ts, price in zip(_times(row, length), row.prices, strict=True):
            yield _on_ticks(instrument, price - spread / 2, price + spread / 2, ts)


def _on_ticks(instrument: Instrument, bid: Decimal, ask: Decimal, ts: int) -> Quote:
    """Make a quote whose width is that of the recording, to the tick, and whose bid is not above the recorded one."""
    tick = instrument.tick_size
    low = max(tick, to_step(bid, tick, Rounding.DOWN))
    return Quote(instrument.symbol, low, max(low, to_step(low + (ask - bid), tick, Rounding.UP)), ts)


def _times(row: Row, length: int) -> tuple[int, ...]:
    if len(row.prices) == 4:
        return row.ts, row.ts + length // 4, row.ts + length // 2, row.ts + length - 1
    return (row.ts,)


def _bar_length(recording: Recording) -> int:
    """Return the length of a bar: as configured, or the smallest step between the first rows."""
    if recording.timeframe_s is not None:
        return recording.timeframe_s * 1_000_000_000
    times = [row.ts for row in islice(read(recording.path), _LOOK_AT)]
    return min((b - a for a, b in pairwise(times) if b > a), default=_FALLBACK_NS)


def _paired(bids: Iterator[Row], asks: Iterator[Row]) -> Iterator[tuple[Row, Row]]:
    """Join two files by time. A moment that only one of them has is left out: half a quote is none."""
    bid, ask = next(bids, None), next(asks, None)
    while bid is not None and ask is not None:
        if bid.ts == ask.ts:
            yield bid, ask
            bid, ask = next(bids, None), next(asks, None)
        elif bid.ts < ask.ts:
            bid = next(bids, None)
        else:
            ask = next(asks, None)
