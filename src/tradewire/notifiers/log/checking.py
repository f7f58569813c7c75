"""Says where the log is."""

from __future__ import annotations

from collections.abc import Sequence

from tradewire.notifiers.log.notifier import Config
from tradewire.ports import Clock, Finding, Topic


async def check(config: Config, clock: Clock) -> Sequence[Finding]:
    """Tell that the log is always there."""
    return [Finding(True, Topic.REACHABLE, "the hub writes it itself, to its standard error")]
