"""What is wrong with a history: everything at once, each with how often and where first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tradewire.domain.bars import PRICES, Bars, Floats, Integers
from tradewire.domain.timeframes import timeframe_name

Flags = NDArray[np.bool_]
SECOND: Final = 1_000_000_000
SHOWN: Final = 3
"""How many places a finding names."""
SPIKE_DEVIATIONS: Final = 15.0
"""From how many median absolute deviations on a return stands out."""
SPIKE_REVERTS: Final = 0.8
"""Which part of it the next return must take back."""
STILL_BARS: Final = 30
"""How many bars in a row without volume, or without any move, are told."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One kind of fault: how many bars have it and which are the first. A grave one makes a history unusable."""

    rule: str
    sentence: str
    grave: bool
    count: int
    rows: tuple[int, ...]
    times: tuple[int, ...]

    def told(self, place: Callable[[int], str] | None = None) -> str:
        """Return a line for people; `place` says where a row stands in its file."""
        shown = [
            f"{place(row) + ', ' if place else ''}{moment_text(ts)}"
            for row, ts in zip(self.rows, self.times, strict=True)
        ]
        more = f" and {self.count - len(shown)} more" if self.count > len(shown) else ""
        return f"{self.rule}: {self.count}: {self.sentence} ({'; '.join(shown)}{more})"


def moment_text(ts: int) -> str:
    """Write a moment (epoch ns) to the second, in UTC."""
    return f"{str(np.datetime64(ts // SECOND, 's')).replace('T', ' ')}Z"


def check(bars: Bars, expected: Integers | None = None) -> list[Finding]:
    """Return all that is wrong with bars, the grave first, then what a person should look at.

    `expected` are the moments (epoch ns) at which a bar should begin, from a calendar of sessions; without it a gap is
    any distance of two bars that is longer than the timeframe.
    """
    return [*grave(bars), *_doubtful(bars, expected)]


def grave(bars: Bars) -> list[Finding]:
    """Return what no backtest may stumble over: wrong order, times twice, numbers that cannot be."""
    faults = impossible(bars)
    return [finding for name, (flags, sentence) in faults.items() if (finding := _finding(bars, name, sentence, flags))]


def impossible(bars: Bars) -> dict[str, tuple[Flags, str]]:
    """Return for each rule which bars break it, and what it says of them."""
    prices = {name: getattr(bars, name) for name in PRICES}
    with np.errstate(invalid="ignore"):
        missing = ~np.logical_and.reduce([np.isfinite(column) for column in prices.values()])
        negative = np.logical_or.reduce([column < 0 for column in prices.values()])
        zero = np.logical_or.reduce([column == 0 for column in prices.values()])
        return {
            "unsorted": (_backward(bars.ts), "earlier than a bar before"),
            "duplicate": (_repeated(bars.ts), "the time of another bar"),
            "missing": (missing, "a price is missing or endless"),
            "negative": (negative, "a price is below zero"),
            "zero": (zero, "a price is zero"),
            "high": (
                bars.high < np.maximum(np.maximum(bars.open, bars.close), bars.low),
                "the high is not the highest",
            ),
            "low": (bars.low > np.minimum(np.minimum(bars.open, bars.close), bars.high), "the low is not the lowest"),
            "volume": (~((bars.volume >= 0) & (bars.volume < np.inf)), "the volume is no amount"),
        }


def _doubtful(bars: Bars, expected: Integers | None) -> Iterator[Finding]:
    order = np.argsort(bars.ts, kind="stable")
    times = bars.ts[order]
    gaps = gaps_after(times, bars.timeframe_s) if expected is None else missing_before(times, expected)
    name = timeframe_name(bars.timeframe_s)
    yield from _told(bars, "gap", f"bars of {name} are missing before it: {int(gaps.sum())} in all", gaps > 0, order)
    if expected is not None:
        closed = ~np.isin(times, expected)
        yield from _told(bars, "closed", "the calendar expects no bar at this time", closed, order)
    off = times % (bars.timeframe_s * SECOND) != times[:1] % (bars.timeframe_s * SECOND)
    yield from _told(bars, "grid", f"the time is no whole number of {name} after the first", off, order)
    close = bars.close[order]
    spike = f"the close jumps over {SPIKE_DEVIATIONS:g} median absolute deviations and comes back"
    yield from _told(bars, "spike", spike, spikes(close), order)
    if bars.volume.any():
        quiet = begins_run(bars.volume[order] == 0, STILL_BARS)
        yield from _told(bars, "no_volume", f"begins {STILL_BARS} or more bars without volume", quiet, order)
    still = np.zeros(len(times), np.bool_)
    still[1:] = close[1:] == close[:-1]
    for column in (bars.open, bars.high, bars.low):
        still &= column[order] == close
    stale = begins_run(still, STILL_BARS)
    yield from _told(bars, "stale", f"begins {STILL_BARS} or more bars in which no price moves", stale, order)


def gaps_after(times: Integers, timeframe_s: int) -> Integers:
    """Return before each bar how many are missing; `times` rises."""
    missing = np.zeros(len(times), np.int64)
    missing[1:] = np.maximum(np.diff(times) // (timeframe_s * SECOND) - 1, 0)
    return missing


def missing_before(times: Integers, expected: Integers) -> Integers:
    """Return before each bar how many of the expected ones are missing; what is expected outside is not looked at."""
    missing = np.zeros(len(times), np.int64)
    if not len(times):
        return missing
    inside = expected[(expected >= times[0]) & (expected <= times[-1])]
    absent = inside[~np.isin(inside, times, assume_unique=False)]
    np.add.at(missing, np.searchsorted(times, absent), 1)
    return missing


def spikes(close: Floats) -> Flags:
    """Return which closes jump and come back at once.

    A return counts where it is farther from the median than `SPIKE_DEVIATIONS` median absolute deviations (those of
    the returns that are not zero, scaled by 1.4826 to a standard deviation) and the next one takes back at least
    `SPIKE_REVERTS` of it. Hampel's rule with a check of reversion: a crash that stays is no spike.
    """
    found = np.zeros(len(close), np.bool_)
    if len(close) < 3:
        return found
    with np.errstate(invalid="ignore", divide="ignore"):
        moves = np.diff(np.log(close))
    moves[~np.isfinite(moves)] = 0.0
    moving = moves[moves != 0]
    if not len(moving):
        return found
    middle = np.median(moving)
    limit = SPIKE_DEVIATIONS * 1.4826 * np.median(np.abs(moving - middle))
    if limit == 0:
        return found
    here, after = moves[:-1], moves[1:]
    found[1:-1] = (np.abs(here - middle) > limit) & (here * after < 0) & (np.abs(after) >= SPIKE_REVERTS * np.abs(here))
    return found


def begins_run(flags: Flags, length: int) -> Flags:
    """Return at which bars a run of at least `length` flagged ones begins."""
    edges = np.diff(np.concatenate(([False], flags, [False])).astype(np.int8))
    starts, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    begins = np.zeros(len(flags), np.bool_)
    begins[starts[ends - starts >= length]] = True
    return begins


def _backward(times: Integers) -> Flags:
    backward = np.zeros(len(times), np.bool_)
    backward[1:] = times[1:] < np.maximum.accumulate(times)[:-1]
    return backward


def _repeated(times: Integers) -> Flags:
    repeated = np.zeros(len(times), np.bool_)
    order = np.argsort(times, kind="stable")
    repeated[order[1:]] = times[order[1:]] == times[order[:-1]]
    return repeated


def _told(bars: Bars, rule: str, sentence: str, flags: Flags, order: Sequence[int] | Integers) -> Iterator[Finding]:
    rows = np.sort(np.asarray(order)[flags])
    if len(rows):
        yield _made(bars, rule, sentence, rows, False)


def _finding(bars: Bars, rule: str, sentence: str, flags: Flags) -> Finding | None:
    rows = np.flatnonzero(flags)
    return _made(bars, rule, sentence, rows, True) if len(rows) else None


def _made(bars: Bars, rule: str, sentence: str, rows: Integers, grave: bool) -> Finding:
    first = tuple(int(row) for row in rows[:SHOWN])
    return Finding(rule, sentence, grave, len(rows), first, tuple(int(bars.ts[row]) for row in first))
