"""All exits of one trade against one bar or tick: plain Python for the hub, jitted for big books and backtests."""

from __future__ import annotations

from collections.abc import Sequence

from tradewire.exits.breakeven import evened
from tradewire.exits.kernel import NONE, RAISE_BEFORE, RAISE_CLOSE, RAISE_WORST, STOP, STOP_ALWAYS, TARGET, Rules
from tradewire.exits.ladder import climbed
from tradewire.exits.limits import is_late
from tradewire.exits.stop import crossed
from tradewire.exits.trailing import trailed


def raised(high: float, rung: int, stop: float, rules: Rules) -> float:
    """Return the stop after breakeven and trailing have seen a signed high."""
    stop = evened(high, rung, stop, rules.even_at, rules.even_stop, rules.even_rung)
    return trailed(high, stop, rules.trail_keep, rules.trail_gap, rules.trail_from, rules.trail_step)


def step(
    opened: float,
    high: float,
    low: float,
    close: float,
    now: int,
    stop: float,
    target: float,
    rung: int,
    rules: Rules,
    targets: Sequence[float],
    base: int,
    stop_first: int,
    raises: int,
) -> tuple[float, float, int, int, float]:
    """Return (stop, target, rung, reason, price) after one bar of signed prices that begins at `now`.

    `reason` tells why the trade's whole rest closes at signed `price` (`NONE`: it stays open). Apart from that, the
    targets from the old `rung` to the new one were reached: each closes its fraction at `ladder.fill_price`. A tick is
    the bar whose four prices are equal; for it the intrabar order (`stop_first`, `raises`) makes no difference.

    What is certain comes first: at the open a jumped stop fills at the open, then the deadline, then jumped targets.
    Inside the bar the order is unknown and an assumption: `stop_first` says whether the stop is tested before the
    targets (`STOP_…`), `raises` when the bar's high may raise the stop (`RAISE_…`). `RAISE_WORST` with `STOP_INSIDE` is
    what prices do that go from the open to the low, the high and the low again, met one by one.
    """
    if crossed(opened, stop):
        return stop, target, rung, STOP, opened
    if is_late(now, rules.deadline):
        return stop, target, rung, rules.late, opened
    if opened >= target:
        if stop_first == STOP_ALWAYS and crossed(low, stop):
            return stop, target, rung, STOP, stop
        target, rung = climbed(opened, target, rung, targets, base)
        if rung >= rules.last:
            return stop, target, rung, TARGET, opened
        stop = raised(opened, rung, stop, rules)
    if raises == RAISE_WORST:
        stop = raised(opened, rung, stop, rules)
    if raises == RAISE_BEFORE:
        stop = raised(high, rung, stop, rules)
    if stop_first and crossed(low, stop):
        return stop, target, rung, STOP, stop
    if high >= target:
        reached = target
        target, rung = climbed(high, target, rung, targets, base)
        if rung >= rules.last:
            return stop, target, rung, TARGET, reached
    if raises == RAISE_WORST:
        stop = raised(high, rung, stop, rules)
    if (raises == RAISE_WORST or not stop_first) and crossed(low, stop):
        return stop, target, rung, STOP, stop
    if raises != RAISE_WORST:
        stop = raised(high, rung, stop, rules)
    if raises == RAISE_CLOSE and crossed(close, stop):
        return stop, target, rung, STOP, stop
    return stop, target, rung, NONE, 0.0
