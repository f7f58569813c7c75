"""Kills a hub at every boundary of what it does by the clock, and counts what came of each bar and each slot.

`python -m chaos.clocked DIRECTORY [forgetful|late]` prints the findings as JSON: the boundaries struck, and sentences
about what was not done exactly once. The two controls are hubs that must be caught: `forgetful` gives a firing another
identity in every process, `late` trades no bar and makes up no slot that a kill has interrupted.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from chaos import doom
from scenarios.story import SECOND, START, Story
from scenarios.story_strategies import MINUTE, add_bar, digits, happen
from tradewire.domain.moments import moment_name
from tradewire.engine.timed import timetable
from tradewire.store.journal import Store

CLOSES = (60_001, 60_003, 60_004)
"""Enter long, turn short, leave it."""
SLOTS = [moment_name(START + n * MINUTE) for n in range(1, len(CLOSES) + 1)]


def hub_at(root: Path, mode: str) -> Story:
    late = {} if mode == "late" else {"catch_up": "5m"}
    grace = "1s" if mode == "late" else "5m"
    schedules = {"pulse": {"every": "1m", "do": "buy eth 100", "grace": grace}}
    hub = Story(root / "data", strategies=digits(**late), schedules=schedules)
    hub.history = []
    return hub


async def live(root: Path, mode: str) -> None:
    """Be a hub for as many minutes as there are bars, going on where a killed one was."""
    if mode == "forgetful":
        timetable.moment_name = lambda ts: f"{moment_name(ts)}-{os.getpid()}"  # type: ignore[attr-defined]
    progress = root / "progress"
    hub = hub_at(root, mode)
    begun = progress.stat().st_size if progress.exists() else 0
    for close in CLOSES[:begun]:
        add_bar(hub, close)
    hub.clock.time = max(hub.clock.time, START + begun * MINUTE) + (2 * SECOND if begun else 0)
    async with hub:
        await happen(hub)
        for close in CLOSES[begun:]:
            with progress.open("ab") as file:
                file.write(b".")
            add_bar(hub, close)
            await happen(hub)
        await hub.app.clockwork.due.idle()


def run(root: Path, mode: str, strike_at: int) -> bool:
    """Let a hub live in a process of its own; tell whether it came to its end."""
    pid = os.fork()
    if pid == 0:
        doom.arm(strike_at, root / "boundaries")
        log = os.open(root / "log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(log, 1)
        os.dup2(log, 2)
        asyncio.run(live(root, mode))
        os._exit(0)
    return os.waitpid(pid, 0)[1] == 0


def faults(root: Path) -> Iterator[str]:
    """Yield what was not done exactly once."""

    class Epoch:
        def now(self) -> int:
            return 0

    with Store.open(root / "data" / "tradewire.db", clock=Epoch(), create=False) as store:
        orders: list[dict[str, Any]] = store.queries.orders(limit=None)
        words = Counter(row["external_id"] for row in store.queries.messages(source="strategy", limit=None))
        fired = Counter(row["external_id"] for row in store.queries.messages(source="schedule", limit=None))
    for slot, number in Counter(name[: len("pulse:") + len(SLOTS[0])] for name in fired.elements()).items():
        if number != 1:
            yield f"{slot} fired {number} times"
    yield from (f"{slot} did not fire" for slot in SLOTS if not any(slot in name for name in fired))
    if len(words) != len(CLOSES):
        yield f"{len(words)} of {len(CLOSES)} bars were spoken of"
    counted = Counter((order["symbol"], order["leg"]) for order in orders)
    wanted = {("ETHUSDT", "entry"): len(SLOTS), ("BTCUSDT", "entry"): 2, ("BTCUSDT", "exit"): 2}
    yield from (
        f"{what} has {counted[what]} orders, not {number}" for what, number in wanted.items() if counted[what] != number
    )


def sweep(directory: Path, mode: str) -> dict[str, Any]:
    """Kill hubs at every boundary of an undisturbed run, each once; a control at those of one minute in its middle."""
    whole = directory / "whole"
    whole.mkdir(parents=True)
    if not run(whole, mode, 0):
        raise SystemExit((whole / "log").read_text()[-2000:])
    boundaries = (whole / "boundaries").stat().st_size
    found: dict[str, list[str]] = {"0": list(faults(whole))}
    strikes = range(1, boundaries + 1)
    if mode != "sound":
        strikes = strikes[boundaries // 2 : boundaries // 2 + boundaries // len(CLOSES)]
    for strike_at in strikes:
        root = directory / str(strike_at)
        root.mkdir()
        if run(root, mode, strike_at):
            raise SystemExit(f"it was not killed at {strike_at}")
        if not run(root, mode, 0):
            raise SystemExit((root / "log").read_text()[-2000:])
        found[str(strike_at)] = list(faults(root))
    return {"struck": len(strikes), "faults": {at: told for at, told in found.items() if told}}


if __name__ == "__main__":
    print(json.dumps(sweep(Path(sys.argv[1]), (*sys.argv[2:], "sound")[0])))
