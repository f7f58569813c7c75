"""Raises hubs fast: a parent that has imported everything forks one per line of its standard input.

A start then costs what recovery costs, and not the three seconds of Python's imports; otherwise the child is the real
hub: `tradewire.serve.run` on a configuration file, a data directory and a port.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
from pathlib import Path

import msgspec

import chaos.doom
import chaos.feed
import chaos.venue
from tradewire import serve
from tradewire.settings.load import load

_ = chaos.venue, chaos.feed


class Birth(msgspec.Struct, frozen=True, kw_only=True):
    """Which hub to start. `strike_at`: see `chaos.doom`; None leaves the hub as it is."""

    config: str
    data: str
    port: int
    strike_at: int | None = None


def main() -> None:
    """Fork a hub for each line, and answer with its process id."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    gc.collect()
    gc.freeze()
    print("ready", flush=True)
    for line in sys.stdin.buffer:
        birth = msgspec.json.decode(line, type=Birth)
        pid = os.fork()
        if pid == 0:
            os._exit(live(birth))
        print(pid, flush=True)


def live(birth: Birth) -> int:
    """Be a hub until the end."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    data = Path(birth.data)
    data.mkdir(parents=True, exist_ok=True)
    log = os.open(data / "hub.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    if birth.strike_at is not None:
        chaos.doom.arm(birth.strike_at, data / "boundaries")
    settings = load(Path(birth.config)).settings
    try:
        return serve.run(settings, data=data, host="127.0.0.1", port=birth.port, demo=False)
    except BaseException:
        sys.excepthook(*sys.exc_info())  # type: ignore[arg-type]
        return 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()


if __name__ == "__main__":
    main()
