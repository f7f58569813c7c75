"""Folds SQLite's write-ahead log into the file beside the writer, so that no commit has to wait for it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from threading import Event, Thread

INTERVAL_S = 0.02
"""Often and little: the flush of a long fold holds up the commits beside it for as long."""
BUSY_INTERVAL_S = 0.2
"""A writer that never rests is left alone: it is faster without a thread beside it."""
LONG_PAGES = 2_000
"""A log that is folded to its end begins anew, and overwriting is half the work for the disk of growing. A writer that
never rests leaves no moment for that: beyond 8 MB it folds the little that is left itself."""


class Checkpointer:
    """A thread that checkpoints while there is something new. It does not block the writer."""

    def __init__(self, connect: Callable[[], sqlite3.Connection]) -> None:
        self._connect = connect
        self._ended = Event()
        self._written = Event()
        self._is_long = False
        self._thread = Thread(target=self._run, name="tradewire-checkpoint", daemon=True)
        self._thread.start()

    def note(self, writer: sqlite3.Connection) -> None:
        """Say that the log has grown; called by the writer after a commit."""
        self._written.set()
        if self._is_long:
            self._is_long = False
            _fold(writer)

    def end(self) -> None:
        """Stop, and wait for a checkpoint that is under way."""
        self._ended.set()
        self._written.set()
        self._thread.join()

    def _run(self) -> None:
        with closing(self._connect()) as connection:
            pause = INTERVAL_S
            while self._written.wait() and not self._ended.wait(pause):
                self._written.clear()
                if self._ended.is_set():  # told in between: the word that was just cleared may have been the last one
                    return
                self._written.wait(INTERVAL_S)  # Right after a commit there is most time until the next one.
                self._is_long = _fold(connection) > LONG_PAGES
                pause = BUSY_INTERVAL_S if self._is_long else INTERVAL_S


def _fold(connection: sqlite3.Connection) -> int:
    """Fold what can be folded without waiting for anybody; return the pages of the log."""
    # A full disk or a damaged file is the writer's to report, at its next commit.
    with suppress(sqlite3.Error):
        _, pages, _ = connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        return int(pages)
    return 0
