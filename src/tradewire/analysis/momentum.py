"""How fast a price moves: RSI and MACD."""

from __future__ import annotations

import numpy as np

from tradewire.analysis.averages import NEGLIGIBLE, ema
from tradewire.analysis.jit import jitted
from tradewire.analysis.sharing import shared
from tradewire.domain.bars import Floats


@shared
@jitted
def rsi(values: Floats, length: int) -> Floats:
    """Return Wilder's relative strength index, 0 … 100: 100 · G / (G + L), G and L the RMA of gains and losses.

    The first value is at row `length`. Where nothing moves (both together are less than 1e-9 of the
    price) it is 50; TA-Lib says 0 there, or what it was before.
    """
    count = len(values)
    answer = np.full(count, np.nan)
    if count <= length:
        return answer
    gains = 0.0
    losses = 0.0
    for i in range(1, length + 1):
        change = values[i] - values[i - 1]
        gains += max(change, 0.0)
        losses += max(-change, 0.0)
    gains /= length
    losses /= length
    for i in range(length, count):
        if i > length:
            change = values[i] - values[i - 1]
            gains += (max(change, 0.0) - gains) / length
            losses += (max(-change, 0.0) - losses) / length
        moved = gains + losses
        answer[i] = 100.0 * gains / moved if moved > NEGLIGIBLE * values[i] else 50.0
    return answer


@shared
def macd(values: Floats, fast: int, slow: int, signal: int) -> tuple[Floats, Floats]:
    """Return MACD, EMA(fast) − EMA(slow), and its signal line, EMA(signal) of it (Appel, 1979).

    Both averages begin at row `slow` − 1, as TA-Lib's do.
    """
    line = np.full(len(values), np.nan)
    behind = slow - fast
    line[behind:] = ema(values[behind:], fast)
    line -= ema(values, slow)
    return line, ema(line, signal)
