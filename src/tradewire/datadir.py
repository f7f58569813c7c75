"""The data directory: what lies where, and how a command finds the hub that runs on it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import msgspec


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
    def history(self) -> Path:
        """What was typed at the console."""
        return self.root / "console_history"

    @property
    def _hub_file(self) -> Path:
        return self.root / "hub.json"

    def make(self) -> None:
        """Create the directory if need be, closed to other users."""
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)

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
        return announced if announced is not None and _is_alive(announced.pid) else None

    def _read(self) -> RunningHub | None:
        try:
            return msgspec.json.decode(self._hub_file.read_bytes(), type=RunningHub)
        except (FileNotFoundError, msgspec.DecodeError):
            return None


def data_dir(given: Path | None, environment: Mapping[str, str]) -> DataDir:
    """Return the directory: the given one, else `TRADEWIRE_DATA`, else `~/.tradewire`."""
    root = given or Path(environment.get("TRADEWIRE_DATA") or "~/.tradewire")
    return DataDir(root.expanduser())


def _is_alive(pid: int) -> bool:
    if pid <= 0:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
