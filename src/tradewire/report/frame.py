"""The frame of a drawing: from values to places in an SVG, axes, and no more columns than a screen can show."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from html import escape

import numpy as np

from tradewire.domain.bars import Floats, Integers
from tradewire.report.returns import DAY
from tradewire.report.words import day, moment

WIDTH = 1000
RIGHT = 62
"""Room for the labels of the values."""
TOP, BOTTOM = 8, 22
SHORT_SPAN = 3 * DAY
"""Up to this span the labels of an axis tell the minute, beyond it the day."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A drawing of `count` columns whose values lie between `low` and `high`."""

    count: int
    low: float
    high: float
    height: int

    @classmethod
    def around(cls, count: int, low: float, high: float, height: int) -> Frame:
        """Return the frame with a little room above and below; a flat line lies in the middle."""
        room = (high - low) * 0.04 or abs(high) * 0.01 or 1.0
        return cls(count, low - room, high + room, height)

    def x(self, column: Floats | Integers | float) -> Floats:
        """Return where the middles of columns lie."""
        return np.round((np.asarray(column, np.float64) + 0.5) * ((WIDTH - RIGHT) / self.count), 1)

    def y(self, value: Floats | float) -> Floats:
        """Return where values lie."""
        inner = self.height - TOP - BOTTOM
        return np.round(TOP + (self.high - np.asarray(value, np.float64)) / (self.high - self.low) * inner, 1)

    def svg(self, label: str, drawn: str, ts: Integers, written: Callable[[float], str]) -> str:
        """Return the drawing with its axes; `ts` are the moments of its columns, `label` tells what it shows."""
        told = moment if int(ts[-1] - ts[0]) <= SHORT_SPAN else day
        places = np.unique(np.linspace(0, self.count - 1, min(self.count, 7))[:-1].round().astype(int))
        below = [(float(x), told(int(ts[at]))) for at, x in zip(places, self.x(places), strict=True)]
        return self.framed(label, drawn, below, written)

    def framed(
        self, label: str, drawn: str, below: Iterable[tuple[float, str]], written: Callable[[float], str]
    ) -> str:
        """Return the drawing with an axis of values beside it, and texts at places `below` it."""
        axes = [self._value(value, written(value)) for value in ticks(self.low, self.high)]
        axes += [self._moment(x, text) for x, text in below]
        return (
            f'<div class="wide"><svg viewBox="0 0 {WIDTH} {self.height}" role="img" aria-label="{escape(label)}">'
            f"{''.join(axes)}{drawn}</svg></div>"
        )

    def _value(self, value: float, text: str) -> str:
        y = float(self.y(value))
        line = f'<path class="grid" d="M0 {y}H{WIDTH - RIGHT}"/>'
        return f'{line}<text x="{WIDTH - RIGHT + 6}" y="{y + 4:.1f}">{escape(text)}</text>'

    def _moment(self, x: float, text: str) -> str:
        return f'<text x="{x}" y="{self.height - 6}">{escape(text)}</text>'


def ticks(low: float, high: float, about: int = 4) -> list[float]:
    """Return round values between low and high: steps of 1, 2 or 5 times a power of ten."""
    raw = (high - low) / about
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(size for size in (1, 2, 5, 10) if size * power >= raw) * power
    first, last = math.ceil(low / step), math.floor(high / step)
    return [round(at * step, 12) for at in range(first, last + 1)]


def columns(count: int, most: int) -> Integers:
    """Return the rows at which each of at most `most` columns begins, and the number of rows at the end."""
    return np.unique(np.linspace(0, count, min(count, most) + 1).astype(np.int64))
