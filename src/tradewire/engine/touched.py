"""What a group of facts changed on an account, so that the rows on the screens follow."""

from __future__ import annotations

from dataclasses import dataclass, field

from tradewire.domain.order import Fill


@dataclass(slots=True)
class Touched:
    """Which projection rows a group of facts made stale."""

    orders: set[str] = field(default_factory=set)
    trades: set[str] = field(default_factory=set)
    positions: dict[str, int] = field(default_factory=dict)
    """Symbols, and when (epoch ns) their positions last changed."""
    marks: set[str] = field(default_factory=set)
    fills: list[Fill] = field(default_factory=list)
    account: int | None = None
    """When the account itself last changed."""
