"""What the API asks of the Backtest Lab. The Lab itself stands above: it knows backtests, the API does not."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, Protocol

Row = Mapping[str, Any]
LARGEST_FILE = 512 * 1024 * 1024
"""Bytes that a file of bars may have: five years of minutes as CSV have 150 MB."""


class LabRefused(ValueError):
    """Something that the Lab does not do as it was asked: `field` names what is wrong, `reason` says why."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}" if field else reason)
        self.field = field
        self.reason = reason


class LabFailed(RuntimeError):
    """The Lab's worker ended before it answered; the sentence says how."""


class NoBacktest(LookupError):
    """There is no backtest of this id, or it has no such result; the sentence says which."""


class Lab(Protocol):
    """Runs backtests beside the hub. What takes long happens in other processes, so that orders go on.

    Methods that are not `async` read the database and may be called in any thread.
    """

    def form(self) -> Mapping[str, Any]:
        """Return the JSON schema of what a backtest can be asked; under `sweep` that of a search."""

    async def strategies(self) -> Sequence[Row]:
        """Return the strategies that can be run, each with the JSON schema of its parameters."""

    async def histories(self) -> Sequence[Row]:
        """Return the histories that were imported."""

    async def bring(self, name: str, chunks: AsyncIterator[bytes], options: Mapping[str, str]) -> Row:
        """Import a file of bars that comes in pieces.

        Raises:
            LabRefused: it is too large, or cannot be used; the sentence says where and what to do.
        """

    async def sample(self) -> Row:
        """Make a small history of chance, for a first backtest."""

    async def begin(self, asked: Mapping[str, Any]) -> Row:
        """Put a backtest in the queue and return its row.

        Raises:
            LabRefused: something asked cannot be.
        """

    async def cancel(self, id: str) -> Row:
        """End a backtest that waits or runs and return its row; one that has ended stays as it is.

        Raises:
            NoBacktest: there is none.
        """

    async def remove(self, id: str) -> None:
        """Forget a backtest and its results; one that runs is ended first.

        Raises:
            NoBacktest: there is none.
        """

    def listed(self, state: str | None, limit: int, before: str | None) -> Sequence[Row]:
        """Return backtests, newest first."""

    def row(self, id: str) -> Row:
        """Return a backtest.

        Raises:
            NoBacktest: there is none.
        """

    def part(self, id: str, name: str) -> bytes | None:
        """Return a part of what a backtest came to, None if there is none: JSON, or HTML of the `report`."""

    async def candles(self, id: str, start: int, end: int) -> Row:
        """Return the bars that a backtest traded from `start` to `end` (epoch s), gathered for a screen.

        Raises:
            NoBacktest: there is none.
            LabRefused: its history is not there any more.
        """
