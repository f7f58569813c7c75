"""What a group of facts changed on an account, so that the rows on the screens follow."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

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


def put_away(records: OrderedDict[str, Any], kept: int, stale: Collection[str]) -> list[str]:
    """Let go of the oldest records beyond `kept`, but of none whose row is still to be written; return their keys."""
    gone = []
    while len(records) > kept and (oldest := next(iter(records))) not in stale:
        del records[oldest]
        gone.append(oldest)
    return gone
