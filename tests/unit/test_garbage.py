"""The collector of cycles looks at what is young alone, and leaves no mark behind when the hub has ended."""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections.abc import Iterator
from contextlib import suppress

import pytest

from tradewire.garbage import keep_pauses_short


@pytest.fixture(autouse=True)
def unfrozen() -> Iterator[None]:
    """Give the objects that were set aside back to the collector: other tests go on in this process."""
    yield
    gc.unfreeze()


class Node:
    """Part of a cycle."""

    def __init__(self) -> None:
        self.itself = self


async def kept_short(then: list[int]) -> None:
    task = asyncio.create_task(keep_pauses_short(lambda: True))
    await asyncio.sleep(0)
    frozen = gc.get_freeze_count()
    kept = [[n] for n in range(5_000)]
    then += [gc.get_freeze_count() - frozen, len(gc.get_objects(generation=1)), len(kept)]
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def test_what_lives_on_is_set_aside_and_never_looked_at_again() -> None:
    found: list[int] = []
    await kept_short(found)
    set_aside, left_to_look_at, _ = found
    assert set_aside >= 4_000
    assert left_to_look_at == 0


async def test_cycles_that_die_young_are_collected() -> None:
    task = asyncio.create_task(keep_pauses_short(lambda: True))
    await asyncio.sleep(0)
    made = [weakref.ref(Node()) for _ in range(10_000)]
    alive = sum(each() is not None for each in made)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    assert alive < 2_000


async def test_the_collector_is_as_before_when_the_hub_has_ended() -> None:
    before = gc.get_threshold(), len(gc.callbacks)
    await kept_short([])
    assert (gc.get_threshold(), len(gc.callbacks)) == before
