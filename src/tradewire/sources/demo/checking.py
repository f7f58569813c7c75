"""Says how the demo will speak."""

from __future__ import annotations

from collections.abc import Sequence

from tradewire.ports import Clock, Finding, Topic
from tradewire.sources.demo.source import SCRIPT, Config


async def check(config: Config, clock: Clock) -> Sequence[Finding]:
    """Tell the pace; a script has no other side that could fail."""
    told = f"{len(SCRIPT)} commands: the first after {config.first_after:g} s, another every {config.every:g} s"
    return [Finding(True, Topic.SETTINGS, told)]
