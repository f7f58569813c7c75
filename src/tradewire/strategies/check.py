"""Whether a strategy can be trusted: what it says of a bar must not hang on later bars, nor on more than its warm-up.

It is run on the whole history, on histories that end earlier, and on windows of its warm-up and one bar.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

import numpy as np

from tradewire.domain.bars import PRICES, Bars, Integers
from tradewire.strategies.base import Params, Signals, Strategy
from tradewire.strategies.finding import told

CUTS = 40
"""Shorter histories that are tried."""
WINDOWS = 200
"""Windows that are tried."""
FLAGS = ("long_entry", "long_exit", "short_entry", "short_exit")
FIGURES = ("size", "stop_distance")


class Fault(StrEnum):
    """What is wrong with a strategy."""

    RAISES = "raises"
    SHAPE = "shape"
    CHANGES_BARS = "changes_bars"
    CHANGES_MIND = "changes_mind"
    LOOK_AHEAD = "look_ahead"
    WARMUP = "warmup"
    TOO_FEW_BARS = "too_few_bars"
    SILENT = "silent"


GRAVE = frozenset(Fault) - {Fault.SILENT}
"""Faults for which a strategy must not be traded."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault, in words; `row` is the bar where it shows, from 0."""

    fault: Fault
    sentence: str
    row: int | None = None

    @property
    def grave(self) -> bool:
        """Tell whether the strategy must not be traded for it."""
        return self.fault in GRAVE


class _Stop(Exception):
    """A finding that makes further trials pointless."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.sentence)
        self.finding = finding


def check(strategy: Strategy[Any], params: Params, bars: Bars) -> list[Finding]:
    """Return what is wrong with a strategy, as far as these bars show it; none is a good sign, not a proof."""
    try:
        return list(_findings(strategy, params, bars))
    except _Stop as stop:
        return [stop.finding]


def _findings(strategy: Strategy[Any], params: Params, bars: Bars) -> Iterator[Finding]:
    warmup = _warmup(strategy, params)
    if warmup + 1 >= len(bars):
        sentence = f"it needs {warmup} bars before a bar, and there are {len(bars)}: give it more to look at"
        raise _Stop(Finding(Fault.TOO_FEW_BARS, sentence))
    before = {name: getattr(bars, name).copy() for name in ("ts", *PRICES, "volume")}
    whole = _said(strategy, params, bars)
    for name, column in before.items():
        if not np.array_equal(column, getattr(bars, name)):
            raise _Stop(Finding(Fault.CHANGES_BARS, f"it writes into the bars it is given ({name}): copy them first"))
    if differs := _first_difference(whole, _said(strategy, params, bars), slice(None)):
        name, row = differs
        raise _Stop(Finding(Fault.CHANGES_MIND, f"asked twice, it says different things: {name} at bar {row}", row))
    spoken = np.flatnonzero(np.logical_or.reduce([getattr(whole, name) for name in FLAGS]))
    spoken = spoken[spoken >= warmup]
    ahead = _look_ahead(strategy, params, bars, whole, _some(spoken, warmup, len(bars), CUTS))
    memory = _short_memory(strategy, params, bars, whole, _some(spoken, warmup, len(bars), WINDOWS), warmup)
    if finding := ahead or memory:
        yield finding
    if not (whole.long_entry.any() or whole.short_entry.any()):
        yield Finding(Fault.SILENT, f"it never enters on these {len(bars)} bars")


def _look_ahead(
    strategy: Strategy[Any], params: Params, bars: Bars, whole: Signals, rows: Sequence[int]
) -> Finding | None:
    """Look for an answer that changes when the bars after it are taken away."""
    for row in rows:
        cut = _said(strategy, params, bars.part(0, row + 1))
        if differs := _first_difference(whole, cut, slice(0, row + 1)):
            name, at = differs
            sentence = (
                f"it looks ahead: {name} at bar {at} is {_value(cut, name, at)} when the bars end at {row}, and "
                f"{_value(whole, name, at)} when later bars are known"
            )
            return Finding(Fault.LOOK_AHEAD, sentence, at)
    return None


def _short_memory(
    strategy: Strategy[Any], params: Params, bars: Bars, whole: Signals, rows: Sequence[int], warmup: int
) -> Finding | None:
    """Look for an answer that changes when the bars before the warm-up are taken away."""
    wrong = []
    for row in rows:
        window = _said(strategy, params, bars.part(row - warmup, row + 1))
        wrong += [(row, name) for name in (*FLAGS, *FIGURES) if not _alike(whole, window, name, row, warmup)]
    if not wrong:
        return None
    row, name = wrong[0]
    sentence = (
        f"its warm-up of {warmup} bars is too short: at {len({row for row, _ in wrong})} of {len(rows)} bars it says "
        f"something else when only those are known, first {name} at bar {row} (an average that remembers for ever, "
        f"such as an EMA, needs about ten times its length)"
    )
    return Finding(Fault.WARMUP, sentence, row)


def _warmup(strategy: Strategy[Any], params: Params) -> int:
    try:
        warmup = strategy.warmup(params)
    except Exception as error:  # a user's code may raise anything: it is told, with its line
        raise _Stop(Finding(Fault.RAISES, f"warmup raised {told(error)}")) from error
    if type(warmup) is not int or warmup < 0:
        raise _Stop(Finding(Fault.SHAPE, f"warmup must be a whole number of bars, not {warmup!r}"))
    return warmup


def _said(strategy: Strategy[Any], params: Params, bars: Bars) -> Signals:
    try:
        signals = strategy.signals(bars, params)
    except Exception as error:  # a user's code may raise anything: it is told, with its line
        raise _Stop(Finding(Fault.RAISES, f"signals raised on {len(bars)} bars: {told(error)}")) from error
    if wrong := misshapen(signals, len(bars)):
        raise _Stop(Finding(Fault.SHAPE, wrong))
    return signals


def misshapen(signals: object, count: int) -> str | None:
    """Return what is wrong with the shape of an answer on `count` bars, or None."""
    if not isinstance(signals, Signals):
        return f"signals must return Signals, not {type(signals).__name__}"
    for field in fields(signals):
        column = getattr(signals, field.name)
        if column is None and field.name in FIGURES:
            continue
        kind = np.bool_ if field.name in FLAGS else np.float64
        if not isinstance(column, np.ndarray) or column.dtype != kind:
            is_now = f"an array of {column.dtype}" if isinstance(column, np.ndarray) else type(column).__name__
            return f"{field.name} must be an array of {np.dtype(kind)}, not {is_now}"
        if column.shape != (count,):
            return f"{field.name} must have one element a bar, {count}, and has the shape {column.shape}"
    entries = signals.long_entry | signals.short_entry
    for name in FIGURES:
        column = getattr(signals, name)
        if column is not None and (bad := entries & ~np.isnan(column) & ~((column > 0) & (column < np.inf))).any():
            row = int(np.argmax(bad))
            return f"{name} must be more than 0, or NaN for none; it is {column[row]:g} at bar {row}"
    return None


def _first_difference(whole: Signals, other: Signals, rows: slice) -> tuple[str, int] | None:
    found = []
    for name in (*FLAGS, *FIGURES):
        ours, theirs = getattr(whole, name), getattr(other, name)
        if ours is None and theirs is None:
            continue
        if ours is None or theirs is None:
            return name, 0
        ours, theirs = ours[rows], theirs[rows]
        same = ours == theirs if name in FLAGS else np.isclose(ours, theirs, rtol=1e-6, equal_nan=True)
        if not same.all():
            found.append((int(np.argmin(same)), name))
    return (min(found)[1], min(found)[0]) if found else None


def _alike(whole: Signals, window: Signals, name: str, row: int, last: int) -> bool:
    ours, theirs = getattr(whole, name), getattr(window, name)
    if ours is None or theirs is None:
        return ours is theirs
    if name in FLAGS:
        return bool(ours[row] == theirs[last])
    entered = whole.long_entry[row] or whole.short_entry[row]
    return not entered or bool(np.isclose(ours[row], theirs[last], rtol=1e-6, equal_nan=True))


def _value(signals: Signals, name: str, row: int) -> str:
    column = getattr(signals, name)
    return "none" if column is None else str(column[row])


def _some(spoken: Integers, start: int, stop: int, count: int) -> Sequence[int]:
    """Return up to `count` rows from `start` to before `stop`: half where something is said, half evenly spread."""
    step = max(1, -(-len(spoken) // (count // 2)))
    spread = np.linspace(start, stop - 1, count // 2).astype(int)
    return sorted({*spoken[::step].tolist(), *spread.tolist()})
