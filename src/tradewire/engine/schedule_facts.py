"""What the journal's stream `schedule` is made of: which bars were asked about, what fired, how the market stands."""

from __future__ import annotations

from msgspec import Struct

SCHEDULE = "schedule"
"""The name of the stream."""


class BarsJudged(Struct, frozen=True, kw_only=True, tag="bars_judged"):
    """Strategies were asked: by name and symbol, the newest bar that they were shown (its beginning, epoch ns)."""

    asked: dict[str, dict[str, int]]


Event = BarsJudged
