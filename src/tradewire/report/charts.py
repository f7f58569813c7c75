"""The drawings of a report: equity, drawdown, and trades on candles; a million bars draw as fast as a thousand."""

from __future__ import annotations

import numpy as np

from tradewire.domain.bars import Bars, Floats, Integers
from tradewire.report.frame import BOTTOM, RIGHT, WIDTH, Frame, columns, ticks
from tradewire.report.run import LONG, SHORT, TradeColumns, row_of
from tradewire.report.words import price, short

COLUMNS = 900
CANDLES = 240
MARKED = 150
"""So many trades at most are marked one by one; more would hide the candles, and each candle's sum is drawn instead."""
DOTS = 1_000
"""So many trades at most are dots."""
STRIP = 46
"""Height of the strip of sums."""


def equity_chart(ts: Integers, equity: Floats, cash: float) -> str:
    """Return the equity, lowest and highest of each column, over a line at the cash."""
    edges = columns(len(equity), COLUMNS)
    lows, highs = np.minimum.reduceat(equity, edges[:-1]), np.maximum.reduceat(equity, edges[:-1])
    frame = Frame.around(len(lows), min(cash, float(lows.min())), max(cash, float(highs.max())), 260)
    cash_line = f'<path class="cash" d="M0 {frame.y(cash)}H{WIDTH - RIGHT}"/>'
    drawn = f'{cash_line}<path class="line" d="{_zigzag(frame, equity, edges, lows, highs)}"/>'
    return frame.svg("Equity", drawn, ts[edges[:-1]], short)


def drawdown_chart(ts: Integers, fallen: Floats) -> str:
    """Return how far below its best the equity was, the deepest of each column."""
    edges = columns(len(fallen), COLUMNS)
    deepest = -np.maximum.reduceat(fallen, edges[:-1])
    frame = Frame(len(deepest), min(float(deepest.min()) * 1.05, -1e-4), 0.0, 140)
    points = " ".join(f"L{x} {y}" for x, y in zip(frame.x(np.arange(len(deepest))), frame.y(deepest), strict=True))
    drawn = f'<path class="fall" d="M0 {frame.y(0.0)} {points} V{frame.y(0.0)}Z"/>'
    return frame.svg("Drawdown", drawn, ts[edges[:-1]], _share)


def candle_chart(bars: Bars, trades: TradeColumns) -> str:
    """Return the bars, gathered into candles, and the trades: entries and exits, or each candle's sum of many."""
    edges = columns(len(bars), CANDLES)
    starts = edges[:-1]
    lows, highs = np.minimum.reduceat(bars.low, starts), np.maximum.reduceat(bars.high, starts)
    opens, closes = bars.open[starts], bars.close[edges[1:] - 1]
    few, low, high = len(trades) <= MARKED, float(lows.min()), float(highs.max())
    frame = Frame.around(len(starts), low if few else low - (high - low) * STRIP / 230, high, 320)
    x = frame.x(np.arange(len(starts)))
    half = round(0.32 * (x[1] - x[0]), 1) if len(x) > 1 else 4.0
    drawn = []
    for name, chosen in (("up", closes >= opens), ("down", closes < opens)):
        rows = zip(x[chosen], *(frame.y(c[chosen]) for c in (lows, highs, opens, closes)), strict=True)
        d = "".join(f"M{m} {h}V{w}M{m - half:.1f} {o}V{c}h{2 * half:.1f}V{o}z" for m, w, h, o, c in rows)
        drawn.append(f'<path class="candle {name}" d="{d}"/>' if d else "")
    drawn += (_marks if few else _sums)(frame, bars, trades, edges)
    return frame.svg(f"Trades of {bars.symbol}", "".join(drawn), bars.ts[starts], price)


def excursion_chart(against: Floats, favour: Floats, pnl: Floats) -> str:
    """Return how far trades went against them (across) and for them (up), at most, won and lost ones told apart.

    Of more than `DOTS` trades as many are drawn, evenly chosen.
    """
    chosen = np.unique(np.linspace(0, len(pnl) - 1, min(len(pnl), DOTS)).astype(np.int64))
    against, favour, pnl = against[chosen], favour[chosen], pnl[chosen]
    reach = float(against.max()) or 1e-4
    frame = Frame(COLUMNS, 0.0, float(favour.max()) * 1.05 or 1e-4, 260)
    x, y = frame.x(against / reach * (COLUMNS - 10)), frame.y(favour)
    drawn = [
        f'<path class="dot {name}" d="{_stamped(x[kind], y[kind], "m-2.5 0a2.5 2.5 0 1 0 5 0a2.5 2.5 0 1 0 -5 0z")}"/>'
        for name, kind in (("lost", pnl <= 0), ("won", pnl > 0))
    ]
    below = [(float(frame.x(at / reach * (COLUMNS - 10))), _share(at)) for at in ticks(0.0, reach, 6)]
    return frame.framed("How far trades went against them, and for them", "".join(drawn), below, _share)


def _share(value: float) -> str:
    return f"{short(100 * value)} %"


def _zigzag(frame: Frame, values: Floats, edges: Integers, lows: Floats, highs: Floats) -> str:
    rising = values[edges[1:] - 1] >= values[edges[:-1]]
    first, then = np.where(rising, lows, highs), np.where(rising, highs, lows)
    places = zip(frame.x(np.arange(len(lows))), frame.y(first), frame.y(then), strict=True)
    return "M" + "L".join(f"{x} {a}" if a == b else f"{x} {a}V{b}" for x, a, b in places)


def _sums(frame: Frame, bars: Bars, trades: TradeColumns, edges: Integers) -> list[str]:
    sums = np.bincount(_column(bars, trades.exit_ts, edges), trades.pnl, frame.count)
    most, base = float(np.abs(sums).max()) or 1.0, frame.height - BOTTOM - STRIP / 2
    heights = np.round(-sums / most * STRIP / 2, 1)
    drawn = [f'<path class="grid" d="M0 {base}H{WIDTH - RIGHT}"/>']
    for name, chosen in (("won", sums > 0), ("lost", sums < 0)):
        rows = zip(frame.x(np.flatnonzero(chosen)), heights[chosen], strict=True)
        drawn.append(f'<path class="sum {name}" d="{"".join(f"M{x} {base}v{h}" for x, h in rows)}"/>')
    return drawn


def _marks(frame: Frame, bars: Bars, trades: TradeColumns, edges: Integers) -> list[str]:
    x1, y1 = frame.x(_column(bars, trades.entry_ts, edges)), frame.y(trades.entry_price)
    x2, y2 = frame.x(_column(bars, trades.exit_ts, edges)), frame.y(trades.exit_price)
    outcomes = (("won", trades.pnl > 0), ("lost", trades.pnl <= 0))
    drawn = []
    for name, chosen in outcomes:
        rows = zip(x1[chosen], y1[chosen], x2[chosen], y2[chosen], strict=True)
        drawn.append(f'<path class="trade {name}" d="{"".join(f"M{a} {b}L{c} {d}" for a, b, c, d in rows)}"/>')
    for side, name, shape in ((LONG, "long", "l-4.5 8h9z"), (SHORT, "short", "l-4.5 -8h9z")):
        chosen = trades.side == side
        drawn.append(f'<path class="entry {name}" d="{_stamped(x1[chosen], y1[chosen], shape)}"/>')
    for name, chosen in outcomes:
        drawn.append(f'<path class="exit {name}" d="{_stamped(x2[chosen], y2[chosen], "m-3 0l3 -3l3 3l-3 3z")}"/>')
    return drawn


def _column(bars: Bars, moments: Integers, edges: Integers) -> Integers:
    found: Integers = np.searchsorted(edges, row_of(bars.ts, moments), "right").astype(np.int64) - 1
    return found


def _stamped(x: Floats, y: Floats, shape: str) -> str:
    return "".join(f"M{a} {b}{shape}" for a, b in zip(x, y, strict=True))
