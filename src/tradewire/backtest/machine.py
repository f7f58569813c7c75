"""The loops as machine code, made by their first use and kept on disk. They let other threads run meanwhile."""

from __future__ import annotations

from functools import cache
from typing import Any

from tradewire.backtest import batch, closing, entering, holding, loop, words


@cache
def played() -> Any:
    """Return `batch.played`, compiled."""
    from tradewire.exits.jit import compiled

    return compiled(
        batch.played,
        batch.count_trades,
        batch.deepest,
        batch.spread,
        entering.length_of,
        entering.level_at,
        entering.rules_at,
        entering.quantity_of,
        entering.first_at,
        entering.below,
        entering.above,
        entering.is_tradable,
        entering.session_row,
        closing.moved,
        closing.part_of,
        closing.closed,
        closing.settled,
        holding.charged,
        holding.funded,
        holding.within,
        holding.ended,
        loop.quiet,
        loop.mark,
        loop.passed,
        loop.lifted,
        loop.listened,
        loop.replay,
    )


@cache
def gathered() -> Any:
    """Return `words.gather`, compiled."""
    from tradewire.exits.jit import compiled

    return compiled(words.gather)
