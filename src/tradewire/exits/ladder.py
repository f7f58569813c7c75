"""The ladder of targets, each closing a fraction of the initial quantity."""

from __future__ import annotations

from collections.abc import Sequence

from tradewire.exits.kernel import MAX_TARGETS


def climbed(high: float, target: float, rung: int, targets: Sequence[float], base: int) -> tuple[float, int]:
    """Return the next target and the number done after a signed high; `targets[base:]` is the trade's ladder."""
    while high >= target and rung < MAX_TARGETS:
        rung += 1
        target = targets[base + rung]
    return target, rung


def fill_price(opened: float, target: float) -> float:
    """Return where a target that was reached fills: at the open when the open is already better."""
    return opened if opened > target else target
