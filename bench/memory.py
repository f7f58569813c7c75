"""What the hub weighs after a hundred thousand signals."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bench.bars import Bar
from bench.database import Committed
from bench.process import hub, wait_until
from bench.wrk import load

SIGNALS = 100_000
SETTINGS = {"risk": {"default": {"max_open_trades": 10}}}
TEXTS = "buy btc 80 -tsl 2.8|close btc|sell eth 80 -sl 2% -tp 4%|close eth"


def measure(place: Path, rounds: int) -> Iterator[Bar]:
    """Send entries and closes in waves of a second, the next one when the last one is acted on."""
    with hub(place, SETTINGS, "--no-demo") as tested, Committed(tested.database) as committed:
        url = f"http://127.0.0.1:{tested.port}{tested.hook('paper')}"
        idle = tested.kib("VmRSS") / 1024
        wave = 0
        while committed.count("signals") < SIGNALS:
            load(url, 1, f"w{wave}", TEXTS)
            wait_until(lambda: not committed.waiting, "the backlog's end", every=0.1, patience=600)
            wave += 1
        signals, fills = committed.count("signals"), committed.count("fills")
        after, peak = tested.kib("VmRSS") / 1024, tested.kib("VmHWM") / 1024
    yield Bar(
        what=f"memory after {SIGNALS:,} signals",
        value=after,
        unit="MiB",
        at_most=250,
        note=f"{signals:,} signals, {fills:,} fills; at start {idle:.0f} MiB, highest {peak:.0f} MiB",
    )
