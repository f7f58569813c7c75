"""Folds SQLite's write-ahead log into the file beside the writer, so that no commit has to wait for it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from threading import Event, Thread

INTERVAL_S = 0.1
"""Often and little: the flush of a long fold holds up the commits beside it for as long."""


class Checkpointer:
    """A thread that checkpoints while there is something new. It neither blocks the writer nor is needed by it:
    when it cannot keep up, SQLite checkpoints in the writer's own commit.
    """

    def __init__(self, connect: Callable[[], sqlite3.Connection]) -> None:
        self._connect = connect
        self._ended = Event()
        self._written = False
        self._thread = Thread(target=self._run, name="tradewire-checkpoint", daemon=True)
        self._thread.start()

    def note(self) -> None:
        """Say that the log has grown."""
        self._written = True

    def end(self) -> None:
        """Stop, and wait for a checkpoint that is under way."""
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        with closing(self._connect()) as connection:
            while not self._ended.wait(INTERVAL_S):
                if self._written:
                    self._written = False
                    # A full disk or a damaged file is the writer's to report, at its next commit.
                    with suppress(sqlite3.Error):
                        connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
