"""What the four flags of a bar come to: live and on history the same."""

from __future__ import annotations

from typing import Final

ENTER_LONG: Final = 1
ENTER_SHORT: Final = 2
LEAVE_LONG: Final = 4
LEAVE_SHORT: Final = 8


def meaning(long_entry: int, long_exit: int, short_entry: int, short_exit: int) -> int:
    """Return the code of four flags: what contradicts itself says nothing, and an entry ends the other side."""
    long, short = long_entry > long_exit, short_entry > short_exit
    enters = (ENTER_LONG if long else 0) | (ENTER_SHORT if short else 0) if long != short else 0
    leaves_long = long_exit > long_entry or enters == ENTER_SHORT
    leaves_short = short_exit > short_entry or enters == ENTER_LONG
    return enters | leaves_long * LEAVE_LONG | leaves_short * LEAVE_SHORT
