"""Load from `wrk`, the cheapest client there is: what is measured is the server."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

from msgspec import Struct

CONNECTIONS = 32
SCRIPT = Path(__file__).with_name("signals.lua")
_UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60_000.0}


class WrkMissing(Exception):
    """The Debian package wrk is not installed."""


class Load(Struct, frozen=True):
    """What a round of load came to; times in ms."""

    requests: int
    rate: float
    p50: float
    p99: float
    failed: int


def load(url: str, seconds: int, run: str, text: str = "") -> Load:
    """Post signals with unique ids that begin with `run` from 32 connections.

    `text` is the command that each one carries, or several with `|` between them, in turn; without one the fields of a
    signal are sent.
    """
    if shutil.which("wrk") is None:
        raise WrkMissing("wrk is not installed; on Debian: apt install wrk")
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency", "-s", str(SCRIPT), url, "--", run, text]
    done = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 60, check=True)
    return read(done.stdout)


def read(said: str) -> Load:
    """Read what wrk prints."""
    requests = int(_found(r"(\d+) requests in", said))
    errors = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", said)
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    failed = sum(map(int, errors.groups())) if errors else 0
    return Load(
        requests=requests,
        rate=float(_found(r"Requests/sec:\s+([\d.]+)", said)),
        p50=_milliseconds(_found(r"\n\s+50%\s+(\S+)", said)),
        p99=_milliseconds(_found(r"\n\s+99%\s+(\S+)", said)),
        failed=failed + (int(refused[1]) if refused else 0),
    )


def _found(pattern: str, said: str) -> str:
    match = re.search(pattern, said)
    if match is None:
        raise ValueError(f"wrk said nothing like {pattern!r}: {said}")
    return match[1]


def _milliseconds(text: str) -> float:
    match = re.fullmatch(r"([\d.]+)(us|ms|s|m)", text)
    if match is None:
        raise ValueError(f"not a time of wrk: {text!r}")
    return float(match[1]) * _UNITS[match[2]]
