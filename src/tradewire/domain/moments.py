"""Moments as people and ids write them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

SECOND: Final = 1_000_000_000


def moment_name(ts: int) -> str:
    """Write a moment (epoch ns) as `2026-11-22T00:05Z`, with seconds where it has any."""
    moment = datetime.fromtimestamp(ts // SECOND, UTC)
    return moment.strftime("%Y-%m-%dT%H:%MZ" if ts % (60 * SECOND) == 0 else "%Y-%m-%dT%H:%M:%SZ")
