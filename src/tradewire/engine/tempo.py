"""How often a group is made and how long it may decide: while many messages arrive, storing them goes first."""

from __future__ import annotations

MILLISECOND = 1_000_000
CALM = 10 * MILLISECOND
BUSY = MILLISECOND // 10
MANY = 4
"""So many arrivals in one group make a busy time."""
LASTING = 20 * MILLISECOND
"""Who was answered a moment ago is about to send again: the groups between two waves are short too."""
GATHER = 0.001
"""Seconds in which a busy group gathers."""


class Tempo:
    """Knows whether messages come in numbers."""

    def __init__(self) -> None:
        self._busy_until = 0

    def pause(self, now: int) -> float:
        """Return the seconds until the next group: in a busy time a little, so that one flush serves many senders."""
        return GATHER if now < self._busy_until else 0.0

    def budget(self, arrivals: int, now: int) -> int:
        """Return the ns that the group of so many arrivals may spend on deciding."""
        if arrivals > MANY:
            self._busy_until = now + LASTING
        return BUSY if now < self._busy_until else CALM
