"""A lock on a file. The system gives it up with the process that holds it, however that process ends."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

TRIES = 20
PAUSE_S = 0.01
"""Who only looks holds the lock for a moment; who takes it waits that long."""

if sys.platform == "win32":
    import msvcrt

    _FAR = 1 << 30
    """The byte that is locked: behind the text, which then stays readable."""

    def _locked(descriptor: int, *, shared: bool) -> bool:
        os.lseek(descriptor, _FAR, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _unlock(descriptor: int) -> None:
        os.lseek(descriptor, _FAR, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _locked(descriptor: int, *, shared: bool) -> bool:
        try:
            fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _unlock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_UN)


class FileLock:
    """Held by one process at a time; the file says which, and stays when nobody holds it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def take(self) -> bool:
        """Take the lock and return True, or return False where another one holds it.

        Raises:
            OSError: the file cannot be made, or its file system knows no locks.
        """
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            taken = _locked(descriptor, shared=False)
            for _ in range(TRIES):
                if taken:
                    break
                time.sleep(PAUSE_S)
                taken = _locked(descriptor, shared=False)
            if taken:
                os.ftruncate(descriptor, 0)
                os.lseek(descriptor, 0, os.SEEK_SET)
                os.write(descriptor, f"{os.getpid()}\n".encode())
                self._descriptor = descriptor
        finally:
            if self._descriptor != descriptor:
                os.close(descriptor)
        return taken

    def release(self) -> None:
        """Give the lock up."""
        if self._descriptor is not None:
            _unlock(self._descriptor)
            os.close(self._descriptor)
            self._descriptor = None

    def holder(self) -> int | None:
        """Return the process that holds the lock (0: it has not said so yet), or None where nobody does."""
        try:
            descriptor = os.open(self._path, os.O_RDWR if sys.platform == "win32" else os.O_RDONLY)
        except OSError:
            return None
        try:
            if _locked(descriptor, shared=True):
                _unlock(descriptor)
                return None
            os.lseek(descriptor, 0, os.SEEK_SET)
            said = os.read(descriptor, 32).strip()
            return int(said) if said.isdigit() else 0
        finally:
            os.close(descriptor)
