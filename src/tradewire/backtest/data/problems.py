"""What is told when a history cannot be used."""

from __future__ import annotations

from pathlib import Path


class BadHistory(ValueError):
    """A history that cannot be read or must not be used; the message names file, line and column, and what to do."""


def unreadable(path: Path, place: str, sentence: str) -> BadHistory:
    """Return the error for a place such as `line 3, column open`, or for the whole file where it is empty."""
    return BadHistory(f"{path}, {place}: {sentence}" if place else f"{path}: {sentence}")
