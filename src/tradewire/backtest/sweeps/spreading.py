"""A sweep on many machines: chunks are given out as jobs, and what has a row in the database is done."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, Protocol

from tradewire.backtest.performing import StrategyFailed
from tradewire.backtest.request import BadRequest
from tradewire.backtest.sweeps.laying import Laid
from tradewire.backtest.sweeps.running import Progress, Stop, cores, mark, never, silent, taken_up, tried
from tradewire.backtest.sweeps.spec import Search
from tradewire.backtest.sweeps.trying import Trier
from tradewire.store.sweeps import INTERRUPTED, RUNNING, SweepStore

AHEAD: Final = 64
"""Chunks that are given out at once: enough for many machines, few enough to stop soon."""
PATIENCE_S: Final = 30.0
"""After so long a chunk is given out again, then after twice as long, and so on: whoever had it may be gone, or slow.
Should both finish, the row is there once."""
POLL_S: Final = 0.1


class Jobs(Protocol):
    """Hands chunks to workers."""

    def submit(self, sweep_id: str, chunk: int) -> None:
        """Ask some worker for a chunk."""

    def failure(self) -> str | None:
        """Return what a worker failed of since it was asked last, None where none did."""


def spreadable(laid: Laid) -> None:
    """Return where a sweep can be spread over machines.

    Raises:
        BadRequest: its search cannot.
    """
    if laid.spec.search is Search.OPTUNA:
        raise BadRequest("search", "optuna proposes what to try from what was tried before: run it on one machine")


def spread(
    id: str,
    laid: Laid,
    store: SweepStore,
    jobs: Jobs,
    on_progress: Progress = silent,
    stop: Stop = never,
    *,
    wait: Callable[[], None] = lambda: time.sleep(POLL_S),
    now: Callable[[], float] = time.monotonic,
) -> bool:
    """Have every chunk run that is not there yet; tell whether all are there now (False: it was stopped).

    Raises:
        BadRequest: the search cannot be spread.
        StrategyFailed: a worker failed; the message is what it said. What was done stays.
    """
    spreadable(laid)
    mark(id, store, RUNNING)
    asked: dict[int, tuple[float, float]] = {}
    finished = False
    try:
        while not finished:
            there = store.chunks_done(id)
            on_progress(sum(there.values()), laid.total)
            finished = len(there) == laid.chunks
            if finished or stop():
                break
            if (failed := jobs.failure()) is not None:
                raise StrategyFailed(failed)
            for chunk in there:
                asked.pop(chunk, None)
            _give_out(id, laid, jobs, there, asked, now())
            wait()
    finally:
        if not finished:
            mark(id, store, INTERRUPTED)
    return finished


def _give_out(
    id: str, laid: Laid, jobs: Jobs, there: dict[int, int], asked: dict[int, tuple[float, float]], now: float
) -> None:
    for chunk, (when, patience) in list(asked.items()):
        if now - when > patience:
            jobs.submit(id, chunk)
            asked[chunk] = now, 2 * patience
    for chunk in range(laid.chunks):
        if len(asked) >= AHEAD:
            return
        if chunk not in there and chunk not in asked:
            jobs.submit(id, chunk)
            asked[chunk] = now, PATIENCE_S


class Worker:
    """Runs chunks of sweeps in a database; what the last sweep needs stays in memory."""

    def __init__(self, store: SweepStore) -> None:
        self._store = store
        self._id = ""
        self._laid: Laid | None = None
        self._trier: Trier | None = None

    def work(self, sweep_id: str, chunk: int) -> bool:
        """Run a chunk and write it down; False where there is nothing to do: it is there, or the sweep was stopped.

        Raises:
            NoSweep, Changed, BadRequest, BadHistory: as `taken_up` says; the history must be the same on all machines.
            StrategyFailed: the strategy raised.
        """
        store = self._store
        if store.get(sweep_id).status != RUNNING or chunk in store.chunks_done(sweep_id):
            return False
        laid, trier = self._of(sweep_id)
        made = tried(laid, trier, laid.numbers(chunk))
        store.put_chunk(sweep_id, chunk, len(made.numbers), made.packed())
        return True

    def close(self) -> None:
        """End the threads."""
        if self._trier is not None:
            self._trier.close()

    def _of(self, id: str) -> tuple[Laid, Trier]:
        if self._laid is None or self._trier is None or self._id != id:
            self.close()
            self._laid = taken_up(id, self._store)
            self._trier = Trier(self._laid, cores())
            self._id = id
        return self._laid, self._trier
