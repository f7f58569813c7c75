"""One signal to a thousand paper accounts: from its send to the last fill committed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from bench.bars import Bar
from bench.database import Committed
from bench.latency import Poster
from bench.process import hub, wait_until

ACCOUNTS = 1000
SETTINGS = {
    "accounts": {f"a{number}": {} for number in range(ACCOUNTS)},
    "routes": [{"name": "all", "accounts": ["*"]}],
    "sources": {},
}


def measure(place: Path, rounds: int) -> Iterator[Bar]:
    """Open one trade on every account, and close them all, in turn."""
    taken: dict[str, list[float]] = {"buy btc 80 -tsl 2.8": [], "close btc": []}
    with hub(place, SETTINGS) as tested, Committed(tested.database) as committed:
        poster = Poster(tested, tested.hook(), 1)
        for number in range(rounds):
            for text, times in taken.items():
                before = committed.count("fills")
                sent = time.time_ns()
                poster.send(f"{number}{text[0]}", text)
                wait_until(
                    lambda before=before: committed.count("fills") >= before + ACCOUNTS, "the fills", every=0.001
                )
                times.append((time.time_ns() - sent) / 1e9)
        poster.close()
    opened, closed = (median(times) for times in taken.values())
    yield Bar(
        what=f"one signal to {ACCOUNTS:,} accounts, all filled",
        value=opened,
        unit="s",
        at_most=1.0,
        note=f"to the last fill committed; closing them all {closed:.2f} s",
    )
