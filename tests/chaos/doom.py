"""Ends this process, as a crash would, at a counted boundary: around every commit and around every call of a venue.

Only `chaos.nursery` arms it, in the hub's child process, before the hub is built. A boundary is a byte in a file, so
that the points of an undisturbed run can be counted from outside.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence
from pathlib import Path

from chaos.venue import Config, FakeExchangeVenue
from tradewire.domain.order import OrderRequest
from tradewire.store import sqlite
from tradewire.store.statements import Row

__all__ = ["Config", "DoomedVenue", "arm"]


class _Boundaries:
    """Counts, and strikes at one of them. 0 strikes never."""

    def __init__(self) -> None:
        self.strike_at = 0
        self.passed = 0
        self.file = -1

    def passing(self) -> None:
        self.passed += 1
        if self.file >= 0:
            os.write(self.file, b".")
        if self.passed == self.strike_at:
            os.kill(os.getpid(), signal.SIGKILL)


_BOUNDARIES = _Boundaries()


class DoomedDriver(sqlite.SqliteDriver):
    """A boundary before and after each commit."""

    def write(self, batches: Sequence[tuple[str, Sequence[Row]]]) -> None:
        _BOUNDARIES.passing()
        super().write(batches)
        _BOUNDARIES.passing()


class DoomedVenue(FakeExchangeVenue):
    """A boundary before each order or cancel is sent, and one after the exchange answered."""

    async def submit(self, request: OrderRequest) -> None:
        _BOUNDARIES.passing()
        await super().submit(request)
        _BOUNDARIES.passing()

    async def cancel(self, client_order_id: str) -> None:
        _BOUNDARIES.passing()
        await super().cancel(client_order_id)
        _BOUNDARIES.passing()


def arm(strike_at: int, count_in: Path) -> None:
    """Let this process die at its `strike_at`-th boundary; 0 only counts, into `count_in`."""
    _BOUNDARIES.strike_at = strike_at
    _BOUNDARIES.file = os.open(count_in, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    sqlite.SqliteDriver = DoomedDriver  # type: ignore[misc]
