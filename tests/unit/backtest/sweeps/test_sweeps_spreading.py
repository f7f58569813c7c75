"""Chunks that are given out come back once each, whatever happens to workers and to the queue between."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sweep_samples import history, sweep

from tradewire.backtest.performing import StrategyFailed
from tradewire.backtest.request import BadRequest
from tradewire.backtest.sweeps.laying import Laid, lay_out
from tradewire.backtest.sweeps.running import Changed, begin, carry_on, mark
from tradewire.backtest.sweeps.service import run
from tradewire.backtest.sweeps.spreading import AHEAD, PATIENCE_S, Worker, spread
from tradewire.store.sweeps import INTERRUPTED, RUNNING, SweepStore

GIVEN = ("fast=5:20:5", "slow=20:50:10", "sl=1%,2%,none")


class Queue:
    """Jobs that wait until `serve` lets a worker take one; it can lose them, and tell of a failure."""

    def __init__(self, store: SweepStore) -> None:
        self.waiting: list[tuple[str, int]] = []
        self.asked: list[int] = []
        self.failed: str | None = None
        self.worker = Worker(store)
        self.time = 0.0

    def submit(self, sweep_id: str, chunk: int) -> None:
        self.waiting.append((sweep_id, chunk))
        self.asked.append(chunk)

    def failure(self) -> str | None:
        told, self.failed = self.failed, None
        return told

    def serve(self) -> None:
        self.time += 0.01
        if self.waiting:
            self.worker.work(*self.waiting.pop())

    def lose(self) -> None:
        """Lose every job that waits, once, and let time go by."""
        if self.waiting and self.time < PATIENCE_S:
            self.waiting.clear()
        self.time += PATIENCE_S / 4
        if self.time > PATIENCE_S:
            self.serve()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SweepStore]:
    with SweepStore.open(tmp_path / "sweeps.db") as opened:
        yield opened


@pytest.fixture
def queue(store: SweepStore) -> Iterator[Queue]:
    made = Queue(store)
    yield made
    made.worker.close()


@pytest.fixture
def laid(tmp_path: Path) -> Laid:
    return lay_out(sweep(history(tmp_path), *GIVEN, chunk=2))


def there(store: SweepStore, laid: Laid) -> dict[int, bytes]:
    id = begin(laid, store)
    assert carry_on(id, laid, store)
    return dict(store.chunks(id))


def test_a_sweep_by_others_comes_to_the_same(store: SweepStore, queue: Queue, laid: Laid) -> None:
    id = begin(laid, store)
    told: list[int] = []
    assert spread(id, laid, store, queue, lambda done, _: told.append(done), wait=queue.serve, now=lambda: queue.time)
    assert dict(store.chunks(id)) == there(store, laid)
    assert (told[0], told[-1], told == sorted(told)) == (0, 45, True)
    assert sorted(queue.asked) == list(range(23)), "each was given out once"


def test_chunks_that_get_lost_are_given_out_again(store: SweepStore, queue: Queue, laid: Laid) -> None:
    id = begin(laid, store)
    assert spread(id, laid, store, queue, wait=queue.lose, now=lambda: queue.time)
    assert len(queue.asked) > 23
    assert dict(store.chunks(id)) == there(store, laid)


def test_no_more_are_given_out_than_workers_can_soon_do(tmp_path: Path, store: SweepStore, queue: Queue) -> None:
    laid = lay_out(sweep(history(tmp_path), "fast=2:20", "slow=21:30", chunk=1))
    most = []

    def wait() -> None:
        most.append(len(queue.waiting))
        queue.serve()

    assert spread(begin(laid, store), laid, store, queue, wait=wait, now=lambda: queue.time)
    assert max(most) == AHEAD < laid.chunks


def test_what_is_stopped_is_left_alone_by_workers_and_goes_on_later(
    store: SweepStore, queue: Queue, laid: Laid
) -> None:
    id = begin(laid, store)
    assert not spread(id, laid, store, queue, stop=lambda: queue.time > 0.05, wait=queue.serve, now=lambda: queue.time)
    assert store.get(id).status == INTERRUPTED
    done = store.chunks_done(id)
    assert queue.worker.work(*queue.waiting[-1]) is False, "nobody waits for it any more"
    assert store.chunks_done(id) == done
    assert spread(id, laid, store, queue, wait=queue.serve, now=lambda: queue.time)
    assert dict(store.chunks(id)) == there(store, laid)


def test_a_worker_that_fails_ends_the_sweep_with_its_words(store: SweepStore, queue: Queue, laid: Laid) -> None:
    id = begin(laid, store)
    queue.failed = "mine failed: ZeroDivisionError (line 7 of mine.py)"
    with pytest.raises(StrategyFailed, match=r"line 7 of mine\.py"):
        spread(id, laid, store, queue, wait=queue.serve, now=lambda: queue.time)
    assert store.get(id).status == INTERRUPTED


def test_a_worker_with_another_history_refuses(tmp_path: Path, store: SweepStore, queue: Queue, laid: Laid) -> None:
    id = begin(laid, store)
    mark(id, store, RUNNING)
    path = Path(laid.spec.request.data)
    path.write_text("\n".join(path.read_text().splitlines()[:-1]) + "\n")
    with pytest.raises(Changed):
        queue.worker.work(id, 0)


def test_a_search_that_learns_stays_on_one_machine(tmp_path: Path, store: SweepStore, queue: Queue) -> None:
    spec = sweep(history(tmp_path), *GIVEN, search="optuna", trials=10)
    with pytest.raises(BadRequest, match="run it on one machine"):
        run(spec, store, jobs=queue)
    assert store.listed() == []
