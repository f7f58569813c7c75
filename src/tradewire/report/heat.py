"""A map of two parameters as a drawing: the better, the greener; crossed out where nothing was run."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from tradewire.report.words import short

CELL, HIGH = 34, 24
LEFT, TOP = 92, 30
HOTTEST = 85
"""Strength of the colour (percent) of the value furthest from nothing."""
WRITTEN = 24
"""Up to so many columns every cell has its value written into it; beyond, and always, it is told on hovering."""

Cells = Sequence[Sequence[float | None]]


def heat_chart(
    label: str,
    rows: tuple[str, Sequence[object]],
    columns: tuple[str, Sequence[object]],
    cells: Cells,
    marked: tuple[int, int] | None = None,
) -> str:
    """Return the map; `rows` and `columns` are names with their values, `marked` is the cell with a frame."""
    most = max((abs(value) for row in cells for value in row if value is not None), default=0.0) or 1.0
    wide = LEFT + CELL * len(columns[1]) + 10
    tall = TOP + HIGH * len(rows[1]) + 10
    drawn = [
        f'<text x="{LEFT}" y="12">{escape(columns[0])} →</text><text x="4" y="{TOP - 6}">{escape(rows[0])} ↓</text>'
    ]
    every = max(1, -(-len(columns[1]) // WRITTEN))
    for at, value in list(enumerate(columns[1]))[::every]:
        drawn.append(f'<text class="mid" x="{LEFT + CELL * at + CELL / 2}" y="{TOP - 6}">{_name(value)}</text>')
    for at, value in enumerate(rows[1]):
        drawn.append(f'<text class="end" x="{LEFT - 6}" y="{TOP + HIGH * at + 16}">{_name(value)}</text>')
    for y, (name, row) in enumerate(zip(rows[1], cells, strict=True)):
        for x, (other, value) in enumerate(zip(columns[1], row, strict=True)):
            about = f"{rows[0]} {_plain(name)}, {columns[0]} {_plain(other)}"
            drawn.append(_cell(LEFT + CELL * x, TOP + HIGH * y, value, most, about, len(columns[1]) <= WRITTEN))
    if marked is not None:
        x, y = LEFT + CELL * marked[1], TOP + HIGH * marked[0]
        drawn.append(f'<rect class="mark" x="{x}" y="{y}" width="{CELL - 1}" height="{HIGH - 1}"/>')
    return (
        f'<div class="wide"><svg class="heat" style="width:{wide}px;min-width:{wide}px" viewBox="0 0 {wide} {tall}" '
        f'role="img" aria-label="{escape(label)}">{"".join(drawn)}</svg></div>'
    )


def _cell(x: int, y: int, value: float | None, most: float, about: str, written: bool) -> str:
    size = f'x="{x}" y="{y}" width="{CELL - 1}" height="{HIGH - 1}"'
    if value is None:
        return f'<rect class="none" {size}><title>{escape(about)}: not run, or no value</title></rect>'
    tone = f"--tone:var(--{'up' if value >= 0 else 'down'});--heat:{round(HOTTEST * abs(value) / most)}"
    text = f'<text class="mid" x="{x + (CELL - 1) / 2}" y="{y + 16}">{_brief(value)}</text>' if written else ""
    return f'<rect class="cell" style="{tone}" {size}><title>{escape(about)}: {short(value)}</title></rect>{text}'


def _brief(value: float) -> str:
    return (
        f"{value:.2f}" if abs(value) < 10 else f"{value:.0f}" if abs(value) < 10_000 else short(float(f"{value:.2g}"))
    )


def _name(value: object) -> str:
    return escape(_plain(value))


def _plain(value: object) -> str:
    return "none" if value is None else str(value)
