"""Between which prices a trade's exits have nothing to do: there `step` need not be asked."""

from __future__ import annotations

from tradewire.exits.kernel import Rules
from tradewire.exits.trailing import raising_price


def ceiling(stop: float, target: float, rules: Rules) -> float:
    """Return a signed price below which no target is reached and no rule raises the stop.

    `step` has been asked since the last target was reached, so that breakeven after it is done. Together with a low
    above the stop and a time before the deadline it proves that `step` changes nothing.
    """
    lowest = target
    if rules.even_stop > stop and rules.even_at < lowest:
        lowest = rules.even_at
    raising = raising_price(stop, rules.trail_keep, rules.trail_gap, rules.trail_from, rules.trail_step)
    return raising if raising < lowest else lowest
