"""Keeps Python's cyclic garbage collector from stopping the hub in the middle of its work.

What lives long (orders, trades, prices) is set aside, so that a collection looks only at what is young. The full
collection, which takes a tenth of a second in a hub that holds ten thousand trades, waits for a quiet moment.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable

SET_ASIDE_EVERY = 30.0
"""Seconds between two looks at what has grown old."""
FULL_EVERY = 120
"""So many looks apart a full collection is due: an hour."""
YOUNG = 20_000
"""New objects that start a collection of the young ones: it takes less than a millisecond."""
NEVER = 1_000_000_000


async def keep_pauses_short(is_quiet: Callable[[], bool]) -> None:
    """Collect in small pieces for as long as the task lives; `is_quiet` tells when a full collection harms nobody."""
    gc.set_threshold(YOUNG, 10, NEVER)
    collect_all()
    looks = 0
    while True:
        await asyncio.sleep(SET_ASIDE_EVERY)
        looks += 1
        if looks >= FULL_EVERY and is_quiet():
            looks = 0
            collect_all()
        else:
            gc.collect(1)
            gc.freeze()


def collect_all() -> None:
    """Collect everything once, and set aside what is left."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()
