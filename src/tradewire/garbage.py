"""Keeps Python's cyclic garbage collector from stopping the hub in the middle of its work.

A collection takes half a microsecond for each object that it looks at. So it looks at the youngest alone, often, and
what it leaves is set aside at once. Cycles that die older than that, which are few, wait for a full collection: a tenth
of a second in a hub that holds ten thousand trades, in a quiet moment.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable, Mapping
from typing import Any

YOUNG = 1_000
"""New objects that start a collection: half a millisecond."""
LOOK_EVERY = 30.0
"""Seconds between two looks for a quiet moment, once a full collection is due."""
FULL_EVERY = 120
"""So many looks after the last one a full collection is due: an hour."""
NEVER = 1_000_000_000


async def keep_pauses_short(is_quiet: Callable[[], bool]) -> None:
    """Collect in small pieces for as long as the task lives; `is_quiet` tells when a full collection harms nobody."""
    thresholds = gc.get_threshold()
    gc.callbacks.append(_set_aside)
    gc.set_threshold(YOUNG, NEVER, NEVER)
    try:
        collect_all()
        looks = 0
        while True:
            await asyncio.sleep(LOOK_EVERY)
            looks += 1
            if looks >= FULL_EVERY and is_quiet():
                looks = 0
                collect_all()
    finally:
        gc.set_threshold(*thresholds)
        gc.callbacks.remove(_set_aside)


def collect_all() -> None:
    """Collect everything once, and set aside what is left."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()


def _set_aside(phase: str, info: Mapping[str, Any]) -> None:
    if phase == "stop":
        gc.freeze()
