"""The loops as machine code, made by their first use and kept on disk. They let other threads run meanwhile."""

from __future__ import annotations

from functools import cache
from typing import Any, Final, TypeVar, cast

from tradewire.backtest import batch, closing, entering, holding, loop, words

G = TypeVar("G")

_TRADING: Final = (
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
    holding.within,
    loop.lifted,
    loop.listened,
)
"""What both loops do with a trade."""


@cache
def played() -> Any:
    """Return `batch.played`, compiled."""
    from tradewire.exits.jit import compiled

    return compiled(
        batch.played,
        batch.count_trades,
        batch.deepest,
        batch.spread,
        *_TRADING,
        holding.funded,
        holding.ended,
        loop.quiet,
        loop.passed,
        loop.replay,
    )


@cache
def together() -> Any:
    """Return `together.together`, compiled."""
    from tradewire.backtest import together as several
    from tradewire.exits.jit import compiled

    return compiled(
        several.together,
        several.held_at,
        several.keep,
        several.rules_of,
        several.keep_rules,
        several.terms_at,
        several.managed,
        several.worth,
        *_TRADING,
    )


@cache
def gathered() -> Any:
    """Return `words.gather`, compiled."""
    from tradewire.exits.jit import compiled

    return compiled(words.gather)


def still(given: G) -> G:
    """Return an array, or a named tuple of arrays and of such tuples, as views that cannot be written to."""
    if isinstance(given, tuple):
        return type(given)(*map(still, given))
    view: Any = cast(Any, given).view()
    view.flags.writeable = False
    return cast(G, view)
