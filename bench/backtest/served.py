"""A peer's side of a measurement: it loads bars, runs rounds and writes its trades, told line by line on its input.

Runs in the peer's own environment, so it needs numpy alone.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import numpy as np


class Peer(Protocol):
    """Another program on the reference workload; a variant is `fix` (stop and target) or `trail`."""

    version: str

    def load(self, columns: Mapping[str, Any]) -> None:
        """Take bars in: time in minutes since 2020 is the row; what is done here is not measured."""

    def whole(self, variant: str) -> object:
        """Do all that its user does: averages, crossings, trading, the list of trades and the final value."""

    def trades(self, variant: str) -> Mapping[str, Any]:
        """Return entry_row, exit_row, entry_price, exit_price and pnl of each trade that is closed."""


def serve(peer: Peer) -> None:
    """Obey lines of JSON on the input until it ends; with `--once FILE VARIANT` do one round and end."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what the peer prints itself is no answer
    if "--once" in sys.argv:
        path, variant = sys.argv[sys.argv.index("--once") + 1 :][:2]
        peer.load(np.load(path))
        peer.whole(variant)
        return
    for line in sys.stdin:
        print(json.dumps(_done(peer, json.loads(line))), file=answers, flush=True)


def _done(peer: Any, asked: dict[str, Any]) -> dict[str, Any]:
    if asked["do"] == "load":
        peer.load(np.load(asked["path"]))
        return {"version": peer.version}
    if asked["do"] == "round":
        began = time.perf_counter()
        peer.whole(asked["variant"])
        return {"seconds": time.perf_counter() - began}
    if asked["do"] == "trades":
        np.savez(Path(asked["path"]), **peer.trades(asked["variant"]))
        return {}
    began = time.perf_counter()
    trades = peer.sweep(asked["fasts"], asked["slows"], asked["stops"])
    seconds = time.perf_counter() - began
    np.savez(Path(asked["path"]), **trades)
    return {"seconds": seconds, "mebibytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}
