"""A seeded market whose price is a pure function of time.

Because a price depends on nothing but seed, symbol and moment, the chart of the past, the stream of now and the prices
after a restart are one and the same market, and no state is kept. The price is a sum of value noises (interpolated
hashes of lattice points) at periods that triple from one second to a day; an amplitude that grows with the square root
of the period makes the sum look like a random walk, but one that never leaves its neighbourhood.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tradewire.domain.instrument import Bar, Quote
from tradewire.sim.instruments import LISTINGS, Listing

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_SECOND: Final = 1_000
"""Market time is in milliseconds: even a thousand times faster than the clock it fits 64 bits."""
_PERIODS: Final = np.array([_SECOND * 3**k for k in range(11)], dtype=np.int64)
_AMPLITUDES: Final = np.sqrt(_PERIODS / (60 * _SECOND))
_FAST: Final = _PERIODS <= 300 * _SECOND
_REGIME: Final = 900 * _SECOND
_GAP: Final = 1800 * _SECOND
_GAP_ODDS: Final = 5
_GAP_SIZE: Final = 4.0
_SAMPLES_A_BAR: Final = 240
_CHUNK: Final = 4096


class Regime(StrEnum):
    """How a market behaves for a quarter of an hour."""

    RANGE = "range"
    TREND = "trend"
    VOLATILE = "volatile"


_REGIMES: Final = (Regime.RANGE, Regime.TREND, Regime.VOLATILE)
_FAST_WEIGHT: Final = np.array([0.6, 0.7, 1.9])
_SLOW_WEIGHT: Final = np.array([0.6, 1.5, 1.0])
_SPREAD_WEIGHT: Final = np.array([1.0, 1.0, 2.2])


def _hash(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Scramble 64-bit words (the finaliser of splitmix64, Steele, Lea and Flood 2014)."""
    z = values + np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def _noise(keys: NDArray[np.uint64], cells: Ints) -> Floats:
    """Return a number in [-1, 1) for each lattice cell of each key."""
    words = _hash(_hash(cells.astype(np.uint64)) ^ keys)
    return (words >> np.uint64(11)).astype(np.float64) * (2.0 / (1 << 53)) - 1.0


def _word(text: str) -> int:
    """Fold a name into 64 bits (FNV-1a), the same on every machine."""
    value = 0xCBF29CE484222325
    for byte in text.encode():
        value = ((value ^ byte) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return value


class SimulatedMarket:
    """Quotes and bars of made-up markets at any moment.

    `speed` runs market time faster than the clock, `liveliness` multiplies every move, `grid_ns` is the distance of the
    ticks: bars are made of exactly the ticks that the stream shows.
    """

    def __init__(
        self,
        seed: int = 1,
        listings: Sequence[Listing] = LISTINGS,
        *,
        speed: float = 1.0,
        liveliness: float = 1.0,
        grid_ns: int = 250_000_000,
    ) -> None:
        self.symbols = tuple(listing.instrument.symbol for listing in listings)
        self.instruments = tuple(listing.instrument for listing in listings)
        self.grid_ns = grid_ns
        self._stride = max(1, round(grid_ns / 1_000_000 * speed))
        self._row = {symbol: row for row, symbol in enumerate(self.symbols)}
        self._ticks = [instrument.tick_size for instrument in self.instruments]
        self._tick = np.array([float(tick) for tick in self._ticks])
        self._price = np.array([listing.price for listing in listings])
        self._spread = np.array([float(listing.spread) for listing in listings])
        self._move = np.array([listing.minute_move / 100 * liveliness for listing in listings])
        words = [_word(f"{seed}/{symbol}") for symbol in self.symbols]
        self._keys = _hash(
            (np.array(words, dtype=np.uint64)[:, None] + np.arange(16, dtype=np.uint64)).astype(np.uint64)
        )

    def quotes(self, ts: int, symbols: Sequence[str] | None = None) -> list[Quote]:
        """Return the quote of each symbol at `ts` (epoch ns).

        Raises:
            KeyError: a symbol that this market does not list.
        """
        names = self.symbols if symbols is None else symbols
        rows = np.array([self._row[name] for name in names], dtype=np.int64)
        bids, asks = self._sides(rows, np.full(len(rows), self._moment(ts), dtype=np.int64))
        return [
            Quote(name, bid * self._ticks[row], ask * self._ticks[row], ts)
            for name, row, bid, ask in zip(names, rows.tolist(), _decimals(bids), _decimals(asks), strict=True)
        ]

    def bars(self, symbol: str, timeframe_ns: int, start: int, end: int, known_until: int | None = None) -> list[Bar]:
        """Return the bars of mid prices that start in [start, end) on the timeframe's own grid, oldest first.

        Nothing after `known_until` (epoch ns) is looked at: a bar that it falls into is shown as it was forming.
        """
        step = max(self.grid_ns, timeframe_ns // _SAMPLES_A_BAR)
        offsets = np.arange(0, timeframe_ns, step, dtype=np.int64)
        opens = np.arange(-(-start // timeframe_ns) * timeframe_ns, end, timeframe_ns, dtype=np.int64)
        whole = opens if known_until is None else opens[opens + timeframe_ns <= known_until]
        a_chunk = max(1, _CHUNK // len(offsets))
        bars: list[Bar] = []
        for at in range(0, len(whole), a_chunk):
            bars += self._bars(symbol, whole[at : at + a_chunk], offsets)
        if known_until is not None and len(whole) < len(opens) and opens[len(whole)] <= known_until:
            forming = opens[len(whole) : len(whole) + 1]
            bars += self._bars(symbol, forming, offsets[forming[0] + offsets <= known_until])
        return bars

    def _bars(self, symbol: str, opens: Ints, offsets: Ints) -> list[Bar]:
        row = self._row[symbol]
        tick = self._ticks[row]
        moments = (opens[:, None] + offsets).ravel() // self.grid_ns * self._stride
        bids, asks = self._sides(np.full(len(moments), row), moments)
        mids = ((bids + asks) // 2).reshape(len(opens), len(offsets))
        volumes = np.abs(np.diff(mids, axis=1)).sum(axis=1) + 1
        columns = (mids[:, 0], mids.max(axis=1), mids.min(axis=1), mids[:, -1], volumes)
        rows = zip(opens.tolist(), *(_decimals(column) for column in columns), strict=True)
        return [
            Bar(symbol, ts, open_ * tick, high * tick, low * tick, close * tick, volume)
            for ts, open_, high, low, close, volume in rows
        ]

    def regime(self, symbol: str, ts: int) -> Regime:
        """Return how the market of `symbol` behaves at `ts`."""
        key = self._keys[self._row[symbol], 12]
        cell = np.array([self._moment(ts) // _REGIME], dtype=np.int64)
        return _REGIMES[int(_regimes(np.array([key]), cell)[0])]

    def _moment(self, ts: int) -> int:
        """Turn the clock's time (ns) into market time, on the grid of ticks."""
        return ts // self.grid_ns * self._stride

    def _sides(self, rows: Ints, moments: Ints) -> tuple[Ints, Ints]:
        """Return bid and ask in ticks at market times `moments`, one for each of `rows`."""
        keys = self._keys[rows]
        fast, slow, width = self._weights(keys[:, 12], moments)
        cells = moments[:, None] // _PERIODS
        share = (moments[:, None] - cells * _PERIODS) / _PERIODS
        left, right = _noise(keys[:, :11], cells), _noise(keys[:, :11], cells + 1)
        waves = (left + (right - left) * share) * _AMPLITUDES
        walk = (waves * np.where(_FAST, fast[:, None], slow[:, None])).sum(axis=1)
        gap, fresh = _gaps(keys[:, 13], moments)
        move = self._move[rows]
        mid = self._price[rows] * (1.0 + move * (walk + gap))
        tick = self._tick[rows]
        flicker = _noise(keys[:, 14], moments) * 0.75
        spread = np.maximum(1.0, np.rint(self._spread[rows] * (width + 3.0 * fresh)))
        bids = np.maximum(1.0, np.rint(mid / tick - spread / 2 + flicker)).astype(np.int64)
        return bids, bids + spread.astype(np.int64)

    def _weights(self, keys: NDArray[np.uint64], moments: Ints) -> tuple[Floats, Floats, Floats]:
        """Return the strength of fast and slow waves and of the spread, sliding from one regime into the next."""
        cells = moments // _REGIME
        share = (moments - cells * _REGIME) / _REGIME
        now, then = _regimes(keys, cells), _regimes(keys, cells + 1)
        fast, slow, width = (
            weight[now] + (weight[then] - weight[now]) * share
            for weight in (_FAST_WEIGHT, _SLOW_WEIGHT, _SPREAD_WEIGHT)
        )
        return fast, slow, width


def _regimes(keys: NDArray[np.uint64], cells: Ints) -> Ints:
    return np.minimum((_noise(keys, cells) + 1.0) * 1.5, 2.0).astype(np.int64)


def _gaps(keys: NDArray[np.uint64], moments: Ints) -> tuple[Floats, Floats]:
    """Return the news gap still in the price, and how fresh it is (1 at the jump): it comes at once and fades away."""
    cells = moments // _GAP
    size = _noise(keys, cells)
    struck = np.abs(size) > 1.0 - 1.0 / _GAP_ODDS
    left = 1.0 - (moments - cells * _GAP) / _GAP
    return np.where(struck, size * _GAP_SIZE * left, 0.0), np.where(struck, left**8, 0.0)


def _decimals(ticks: Ints) -> list[Decimal]:
    return [Decimal(value) for value in ticks.tolist()]
