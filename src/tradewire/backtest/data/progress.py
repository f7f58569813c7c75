"""How long work tells what is done of it."""

from __future__ import annotations

from collections.abc import Callable

Done = Callable[[int], None]
"""Hears how much is done by now, in units that the work names."""


def silent(done: int) -> None:
    """Tell nobody."""
