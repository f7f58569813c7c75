"""Stops that moved in few bytes: trades with like rules move to the same stop, so it is written once.

Runs as plain Python over lists and jitted over arrays. It looks at the bits of the stops, never at their value: what
comes back is the same to the last bit, whatever it is.
"""

from __future__ import annotations

from collections.abc import MutableSequence, Sequence
from typing import Final

MOST: Final = 255
"""Different stops that one byte tells apart; 0 means a stop that did not move."""

BUCKETS: Final = 1024
"""Places where a stop that was seen is looked for: a power of two, much more than `MOST`."""


def condense(
    slots: Sequence[int],
    stops: Sequence[int],
    moved: int,
    levels: MutableSequence[int],
    places: MutableSequence[int],
    seen: MutableSequence[int],
) -> int:
    """Write each different stop into `levels` and, for each slot, its number from 1 on into `places`; return how many.

    `stops` are the bits of the floats as int64, `slots` strictly increasing; `places` reaches to the last slot that
    moved, and `seen` comes with zeros. 0: there are more than `MOST`, or slots and stops as they are take no more bytes
    (12 a move).
    """
    if moved == 0 or 8 + slots[moved - 1] + 1 >= 12 * moved:
        return 0
    for slot in range(slots[moved - 1] + 1):
        places[slot] = 0
    count = 0
    place = 0
    for at in range(moved):
        bits = stops[at]
        if place == 0 or levels[place - 1] != bits:
            bucket = (bits ^ (bits >> 17) ^ (bits >> 34) ^ (bits >> 51)) & (BUCKETS - 1)
            place = seen[bucket]
            while place != 0 and levels[place - 1] != bits:
                bucket = (bucket + 1) & (BUCKETS - 1)
                place = seen[bucket]
            if place == 0:
                if count == MOST:
                    return 0
                levels[count] = bits
                count += 1
                place = count
                seen[bucket] = place
        places[slots[at]] = place
    if 8 * count + slots[moved - 1] + 1 >= 12 * moved:
        return 0
    return count
