"""What the journal's stream `schedule` is made of: which bars were asked about, what fired, how the market stands."""

from __future__ import annotations

from msgspec import Struct

from tradewire.domain.regime import Judged

SCHEDULE = "schedule"
"""The name of the stream."""


class BarsJudged(Struct, frozen=True, kw_only=True, tag="bars_judged"):
    """Strategies were asked: by name and symbol, the newest bar that they were shown (its beginning, epoch ns)."""

    asked: dict[str, dict[str, int]]


class RegimesChanged(Struct, frozen=True, tag="regimes_changed"):
    """Markets are of another kind than before, or were judged for the first time."""

    judged: tuple[Judged, ...]


class ScheduleSet(Struct, frozen=True, kw_only=True, tag="schedule_set"):
    """A schedule is new, or has another rule: what it missed before does not count."""

    name: str
    rule: str
    ts: int


class ScheduleFired(Struct, frozen=True, kw_only=True, tag="schedule_fired"):
    """A schedule did what it does. `slot` (epoch ns): the moment for which; `by_hand`: a person asked for it."""

    name: str
    slot: int
    did: str
    by_hand: bool = False


class ScheduleMissed(Struct, frozen=True, kw_only=True, tag="schedule_missed"):
    """Firings that came too late to be made up: how many, and the last one's moment."""

    name: str
    count: int
    slot: int


class SchedulePaused(Struct, frozen=True, kw_only=True, tag="schedule_paused"):
    """A person paused a schedule, or let it go on."""

    name: str
    paused: bool
    ts: int


Event = BarsJudged | RegimesChanged | ScheduleSet | ScheduleFired | ScheduleMissed | SchedulePaused
