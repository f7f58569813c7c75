"""A measured figure and the bar it is held against, and the table of them."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from rich.console import Console
from rich.table import Table


class Bar(Struct, frozen=True, kw_only=True):
    """One line of the table. A figure without a limit is told for what it explains."""

    what: str
    value: float
    unit: str = ""
    at_most: float | None = None
    at_least: float | None = None
    note: str = ""

    @property
    def holds(self) -> bool | None:
        """Tell whether the figure is within its limit; None where it has none."""
        if self.at_most is not None:
            return self.value <= self.at_most
        if self.at_least is not None:
            return self.value >= self.at_least
        return None

    @property
    def limit(self) -> str:
        if self.at_most is not None:
            return f"≤ {self.at_most:g} {self.unit}"
        return "" if self.at_least is None else f"≥ {self.at_least:g} {self.unit}"


def show(bars: Sequence[Bar]) -> None:
    """Print the table."""
    table = Table(title="Tradewire: what must be fast", title_justify="left")
    table.add_column("what")
    table.add_column("measured", justify="right")
    table.add_column("bar", justify="right")
    table.add_column("")
    table.add_column("how", style="dim")
    verdict = {True: "[green]pass[/]", False: "[red]miss[/]", None: ""}
    for bar in bars:
        table.add_row(bar.what, f"{figure(bar.value)} {bar.unit}", bar.limit, verdict[bar.holds], bar.note)
    Console(width=None if Console().is_terminal else 150).print(table)


def figure(value: float) -> str:
    """Return a figure with three digits that count."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
