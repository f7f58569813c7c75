"""What the command line and the Lab ask of sweeps: `run` one, or `resume` it."""

from __future__ import annotations

import json
from typing import Any

from tradewire.backtest.sweeps.findings import findings
from tradewire.backtest.sweeps.honesty import Found
from tradewire.backtest.sweeps.laying import Laid, lay_out
from tradewire.backtest.sweeps.running import Progress, Stop, begin, carry_on, finish, never, silent, taken_up
from tradewire.backtest.sweeps.spec import Sweep
from tradewire.backtest.sweeps.spreading import Jobs, spread, spreadable
from tradewire.store.sweeps import DONE, SweepStore


def run(
    spec: Sweep, store: SweepStore, on_progress: Progress = silent, stop: Stop = never, jobs: Jobs | None = None
) -> Found | None:
    """Run a sweep, here or by `jobs` on other machines, and return what it came to; None where it was stopped.

    Raises:
        BadRequest, BadHistory: it cannot be asked; nothing was written.
        StrategyFailed: the strategy raised; what was done stays.
    """
    laid = lay_out(spec)
    return carried(begun(laid, store, jobs), laid, store, on_progress, stop, jobs)


def resume(
    id: str, store: SweepStore, on_progress: Progress = silent, stop: Stop = never, jobs: Jobs | None = None
) -> Found | None:
    """Go on with a sweep where it stopped; one that is done is only read.

    Raises:
        NoSweep, Changed: there is none, or it is not the same any more.
        BadRequest, BadHistory, StrategyFailed: as for `run`.
    """
    row = store.get(id)
    if row.status == DONE and row.result is not None:
        return read(row.result)
    return carried(id, taken_up(id, store), store, on_progress, stop, jobs)


def begun(laid: Laid, store: SweepStore, jobs: Jobs | None = None) -> str:
    """Write down that a sweep is to be run, and return its id.

    Raises:
        BadRequest: it cannot be run by `jobs`; nothing was written.
    """
    if jobs is not None:
        spreadable(laid)
    return begin(laid, store)


def carried(
    id: str, laid: Laid, store: SweepStore, on_progress: Progress, stop: Stop, jobs: Jobs | None = None
) -> Found | None:
    """Run what is left of a sweep that is written down."""
    if jobs is None:
        finished = carry_on(id, laid, store, on_progress, stop)
    else:
        finished = spread(id, laid, store, jobs, on_progress, stop)
    if not finished:
        return None
    found = {"id": id, **findings(laid, lambda: store.chunks(id))}
    finish(id, store, json.dumps(found).encode())
    return found


def read(result: bytes) -> Found:
    """Return a result that is kept."""
    found: dict[str, Any] = json.loads(result)
    return found
