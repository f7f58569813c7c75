"""Sweeps as Celery tasks on Redis: `tradewire sweep worker` on many machines, `sweep … --redis` on one.

Redis carries which chunk is wanted and why one failed, nothing else: figures go to the database, where they last.
"""

from __future__ import annotations

from typing import Any, Final

from tradewire.backtest.sweeps.spreading import Worker
from tradewire.store.sweeps import SweepStore

TASK: Final = "tradewire.sweeps.chunk"
QUEUE: Final = "tradewire-sweeps"
_CONFIGURATION: Final = {
    "accept_content": ["json"],
    "broker_connection_retry_on_startup": True,
    "broker_transport_options": {"visibility_timeout": 3600, "socket_connect_timeout": 5},
    "result_expires": 3600,
    "result_serializer": "json",
    "task_acks_late": True,
    "task_default_queue": QUEUE,
    "task_reject_on_worker_lost": True,
    "task_serializer": "json",
    "worker_hijack_root_logger": False,
    "worker_prefetch_multiplier": 1,
}


class NoCluster(RuntimeError):
    """Celery is not installed, or Redis does not answer."""


class CeleryJobs:
    """Hands chunks to the workers at a Redis.

    Raises:
        NoCluster: Celery is not installed, or Redis does not answer.
    """

    def __init__(self, redis: str) -> None:
        self._app = _app(redis)
        self._results: list[Any] = []
        try:
            with self._app.connection_for_write() as connection:
                connection.ensure_connection(max_retries=1, timeout=5)
        except Exception as error:  # each transport has its own kinds
            raise NoCluster(f"Redis at {_hidden(redis)} does not answer: {error}") from None

    def submit(self, sweep_id: str, chunk: int) -> None:
        """Ask some worker for a chunk."""
        self._results.append(self._app.send_task(TASK, (sweep_id, chunk)))

    def failure(self) -> str | None:
        """Return what a worker failed of since it was asked last, None where none did."""
        waiting = []
        failed = None
        for result in self._results:
            if not result.ready():
                waiting.append(result)
                continue
            failed = str(result.result) if result.failed() and failed is None else failed
            result.forget()
        self._results = waiting
        return failed


def serve(redis: str, store: SweepStore) -> None:
    """Work on chunks until the process is told to end (SIGTERM: the chunk under way is finished first).

    Raises:
        NoCluster: Celery is not installed.
    """
    app, worker = _app(redis), Worker(store)

    def chunk(sweep_id: str, number: int) -> bool:
        try:
            return worker.work(sweep_id, number)
        except Exception as error:  # whatever happened is told where the sweep was asked for, in its own words
            raise RuntimeError(str(error)) from error

    app.task(chunk, name=TASK)
    quiet = ("--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel=WARNING")
    try:
        app.worker_main(["worker", "--pool=solo", *quiet])
    finally:
        worker.close()


def _app(redis: str) -> Any:
    try:
        from celery import Celery
    except ImportError:
        raise NoCluster("many machines need Celery: pip install 'tradewire[cluster]'") from None
    app = Celery("tradewire", broker=redis, backend=redis, set_as_current=False)
    app.conf.update(_CONFIGURATION)
    return app


def _hidden(url: str) -> str:
    scheme, mark, rest = url.partition("://")
    return f"{scheme}{mark}{rest.rpartition('@')[2]}"
