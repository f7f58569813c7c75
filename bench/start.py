"""From `tradewire run` to a hub that is ready, and to the first paper trade that nobody asked for."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from bench.bars import Bar
from bench.database import Committed
from bench.process import hub, wait_until


def measure(place: Path, rounds: int) -> Iterator[Bar]:
    """Start hubs with the built-in demo on empty data directories."""
    ready, traded = [], []
    for number in range(rounds):
        began = time.monotonic()
        with hub(place / str(number), {}) as tested, Committed(tested.database) as committed:
            up = time.monotonic()
            wait_until(lambda seen=committed: seen.count("trades"), "the first trade", every=0.05)
            ready.append(up - began)
            traded.append(time.monotonic() - up)
    yield Bar(what="start to ready", value=median(ready), unit="s", note="everything imported already compiled")
    yield Bar(what="ready to first paper trade", value=median(traded), unit="s", at_most=60, note="nothing typed")
