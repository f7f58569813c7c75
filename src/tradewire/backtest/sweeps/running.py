"""Runs a sweep: chunk by chunk into the database, so that whatever interrupts it, it goes on where it stopped."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Callable

import numpy as np
from msgspec import structs

from tradewire.backtest.sweeps.figures import Chunk, objective
from tradewire.backtest.sweeps.laying import Laid, lay_out
from tradewire.backtest.sweeps.search import Proposer
from tradewire.backtest.sweeps.spec import Search, Sweep
from tradewire.backtest.sweeps.trying import Stopped, Trier
from tradewire.domain.bars import Integers
from tradewire.store.sweeps import DONE, INTERRUPTED, RUNNING, SweepRow, SweepStore

Progress = Callable[[int, int], None]
"""Told (combinations done, combinations in all)."""
Stop = Callable[[], bool]
"""Asked often whether to stop; it must be quick, and is asked from several threads."""


class Changed(RuntimeError):
    """The history or the strategy is not what it was when the sweep began: its figures would not fit together."""


def never() -> bool:
    """Never stop."""
    return False


def silent(done: int, total: int) -> None:
    """Tell nobody."""


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def begin(laid: Laid, store: SweepStore) -> str:
    """Write down that a sweep is to be run, and return its id."""
    now, id = time.time_ns(), secrets.token_hex(4)
    spec = laid.spec.model_dump_json().encode()
    request = laid.spec.request
    store.put(SweepRow(id, request.strategy, request.data, RUNNING, spec, laid.fingerprint, laid.total, None, now, now))
    return id


def taken_up(id: str, store: SweepStore) -> Laid:
    """Return a sweep that was begun, laid out as it was.

    Raises:
        NoSweep: there is none of this id.
        Changed: its history or its strategy is another one now.
        BadRequest, BadHistory: it cannot be laid out any more.
    """
    row = store.get(id)
    laid = lay_out(Sweep.model_validate_json(row.spec))
    if laid.fingerprint != row.fingerprint:
        raise Changed(f"sweep {id}: {row.data} or the code of {row.strategy} has changed since it began; begin it anew")
    return laid


def carry_on(id: str, laid: Laid, store: SweepStore, on_progress: Progress = silent, stop: Stop = never) -> bool:
    """Run every chunk that is not there yet; tell whether all are there now (False: it was stopped).

    Raises:
        StrategyFailed: the strategy raised; what was done stays.
    """
    trier = Trier(laid, cores())
    mark(id, store, RUNNING)
    finished = False
    try:
        _chunks(id, laid, trier, store, on_progress, stop)
        finished = True
    except Stopped:
        pass
    finally:
        trier.close()
        if not finished:
            mark(id, store, INTERRUPTED)
    return finished


def tried(laid: Laid, trier: Trier, numbers: Integers, stop: Stop = never) -> Chunk:
    """Return what combinations (rising) come to.

    Raises:
        Stopped, StrategyFailed, BadRequest: as `Trier.figures` says.
    """
    spec, windows = laid.spec, laid.windows.searched
    figures = trier.figures(numbers, windows, stop)
    past = [
        objective(spec.objective, figures[at], spec.request.cash, windows[at], spec.least_trades)
        for at in range(1, len(windows))
    ]
    return Chunk(numbers, figures[0], np.array(past).reshape(len(past), len(numbers)))


def finish(id: str, store: SweepStore, result: bytes) -> None:
    """Write down what a sweep came to."""
    store.put(structs.replace(store.get(id), status=DONE, result=result, ts_updated=time.time_ns()))


def _chunks(id: str, laid: Laid, trier: Trier, store: SweepStore, on_progress: Progress, stop: Stop) -> None:
    there = store.chunks_done(id)
    done = sum(there.values())
    on_progress(done, laid.total)
    proposer = Proposer(laid, store.chunks(id)) if laid.spec.search is Search.OPTUNA else None
    for chunk in range(laid.chunks):
        if chunk in there:
            continue
        if stop():
            raise Stopped
        made = tried(laid, trier, laid.numbers(chunk) if proposer is None else proposer.proposed(chunk), stop)
        store.put_chunk(id, chunk, len(made.numbers), made.packed())
        if proposer is not None:
            proposer.hear(made)
        done += len(made.numbers)
        on_progress(done, laid.total)


def mark(id: str, store: SweepStore, status: str) -> None:
    """Write down how a sweep stands."""
    store.put(structs.replace(store.get(id), status=status, ts_updated=time.time_ns()))
