"""The data directory: what lies where, and how a command finds the hub that runs on it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import msgspec

from tradewire.lock import FileLock


class DataDirUnusable(Exception):
    """The directory cannot be made or written, or a hub runs on it; the sentence says which."""


class RunningHub(msgspec.Struct, frozen=True):
    """How to reach a running hub: its address, the key that lets this machine's owner in, and its process."""

    url: str
    token: str
    pid: int


class DataDir:
    """One hub's directory; only its owner can read it."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @property
    def database(self) -> Path:
        return self.root / "tradewire.db"

    @property
    def access_key(self) -> Path:
        """The owner's access key, made once the first hub has begun."""
        return self.root / "access.key"

    @property
    def lost_its_database(self) -> bool:
        """Tell whether the database is empty although a hub has run; one that was killed at its birth leaves no key."""
        return self.database.is_file() and not self.database.stat().st_size and self.access_key.exists()

    @property
    def histories(self) -> Path:
        """Bars that were imported: a directory a symbol, a file a timeframe."""
        return self.root / "histories"

    @property
    def history(self) -> Path:
        """What was typed at the console."""
        return self.root / "console_history"

    @property
    def _hub_file(self) -> Path:
        return self.root / "hub.json"

    @property
    def _lock_file(self) -> Path:
        return self.root / "hub.lock"

    def make(self) -> None:
        """Create the directory if need be, closed to other users.

        Raises:
            DataDirUnusable: it cannot be made.
        """
        try:
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        except (FileExistsError, NotADirectoryError):
            raise DataDirUnusable(f"{self.root} is no directory; name another one with --data") from None
        except OSError as error:
            raise self._unusable(error) from error

    @contextmanager
    def held(self) -> Iterator[None]:
        """Be the only process that writes here, until the block or the process ends, however it ends.

        Raises:
            DataDirUnusable: another one is, or the directory cannot be written.
        """
        self.make()
        lock = FileLock(self._lock_file)
        try:
            taken = lock.take()
        except OSError as error:
            raise self._unusable(error) from error
        if not taken:
            self.ensure_free()
            raise DataDirUnusable(f"a hub runs on {self.root} already")
        try:
            self._hub_file.unlink(missing_ok=True)
            yield
        finally:
            lock.release()

    def ensure_free(self) -> None:
        """Return where no hub runs on the directory, which need not be there.

        Raises:
            DataDirUnusable: one does; the sentence says which.
        """
        holder = FileLock(self._lock_file).holder()
        if holder is None:
            return
        announced = self._read()
        where = f": {announced.url}" if announced is not None and announced.pid == holder else ""
        raise DataDirUnusable(f"a hub runs on {self.root} already{where}, process {holder or 'just starting'}")

    def _unusable(self, error: OSError) -> DataDirUnusable:
        reason = error.strerror or str(error)
        return DataDirUnusable(f"the data directory {self.root} cannot be used: {reason}; name another one with --data")

    def announce(self, hub: RunningHub) -> None:
        """Say where the hub is, in a file that only the owner can read, replaced in one step."""
        self.make()
        partial = self._hub_file.with_suffix(".partial")
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(file.fileno(), 0o600)
            file.write(msgspec.json.encode(hub))
        partial.replace(self._hub_file)

    def withdraw(self, pid: int) -> None:
        """The hub of this process ends; the word of another one is left alone."""
        announced = self._read()
        if announced is not None and announced.pid == pid:
            self._hub_file.unlink(missing_ok=True)

    def running(self) -> RunningHub | None:
        """Return the hub that runs on this directory, or None; what a killed one left behind does not count."""
        announced = self._read()
        if announced is None or announced.pid != FileLock(self._lock_file).holder():
            return None
        return announced

    def _read(self) -> RunningHub | None:
        try:
            return msgspec.json.decode(self._hub_file.read_bytes(), type=RunningHub)
        except (OSError, msgspec.DecodeError):
            return None


def data_dir(given: Path | None, environment: Mapping[str, str]) -> DataDir:
    """Return the directory: the given one, else `TRADEWIRE_DATA`, else `~/.tradewire`."""
    root = given or Path(environment.get("TRADEWIRE_DATA") or "~/.tradewire")
    return DataDir(root.expanduser())
