"""How often a group is made and how long it may act on signals: while many messages arrive, storing them goes first.

What venues and prices say is never kept waiting: exits do not queue behind new messages.
"""

from __future__ import annotations

MILLISECOND = 1_000_000
CALM = 10 * MILLISECOND
"""So long (ns) a group may take to decide at most."""
BUSY = MILLISECOND // 10
MANY = 4
"""More arrivals than this in one group make a busy time."""
CROWDED_IN = 8
"""Of so many groups with many arrivals one acts on signals as well; the others only store."""
LASTING = 20 * MILLISECOND
"""Who was answered a moment ago is about to send again: the groups between two waves are short too."""
GATHER = 0.001
"""Seconds in which a busy group gathers."""


class Tempo:
    """Knows whether messages come in numbers."""

    def __init__(self) -> None:
        self._busy_until = 0
        self._crowded = 0

    def pause(self, now: int) -> float:
        """Return the seconds until the next group: in a busy time a little, so that one flush serves many senders."""
        return GATHER if now < self._busy_until else 0.0

    def budget(self, arrivals: int, now: int) -> int:
        """Return the ns that the group of so many arrivals may spend on acting on signals; 0: on none of them."""
        if arrivals > MANY:
            self._busy_until = now + LASTING
            self._crowded += 1
            if self._crowded % CROWDED_IN:
                return 0
        return BUSY if now < self._busy_until else CALM
