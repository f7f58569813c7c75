"""The exits of one trade as exact prices, and their plain numbers."""

from __future__ import annotations

from decimal import Decimal

from msgspec import Struct

from tradewire.domain.numbers import HUNDRED, ONE, ZERO
from tradewire.domain.signal import Side
from tradewire.exits import limits
from tradewire.exits.kernel import (
    MAX_TARGETS,
    NEVER,
    NO_RULES,
    NOWHERE,
    WIDTH,
    Params,
    Rules,
    State,
)


class PlannedTarget(Struct, frozen=True):
    """A target's price and the fraction of the initial quantity that is closed there."""

    price: Decimal
    fraction: Decimal


class PlannedTrail(Struct, frozen=True, kw_only=True):
    """A trailing stop: `percent` of the best price or a `distance` from it (exactly one is set)."""

    percent: Decimal | None = None
    distance: Decimal | None = None
    activation: Decimal | None = None
    step: Decimal = ZERO


class PlannedBreakeven(Struct, frozen=True, kw_only=True):
    """Where the stop goes (`stop`), and when: from the price `at`, or `after_target` targets (1-based)."""

    stop: Decimal
    at: Decimal | None = None
    after_target: int | None = None


class ExitPlan(Struct, frozen=True, kw_only=True):
    """How a trade is to end, in prices. Made by `resolve`, changed by `adjusted`.

    `stop` is the stop as it was set; `initial_stop` is where the stop stands when this plan begins, which may be the
    trailing stop's first place. `r` is the distance from the entry to the trade's first stop. `closed` is the fraction
    that earlier targets have closed already. Moments are epoch ns.
    """

    side: Side
    entry: Decimal
    stop: Decimal | None = None
    initial_stop: Decimal | None = None
    r: Decimal | None = None
    targets: tuple[PlannedTarget, ...] = ()
    closed: Decimal = ZERO
    trail: PlannedTrail | None = None
    breakeven: PlannedBreakeven | None = None
    time_limit_at: int | None = None
    session_end_at: int | None = None

    def share(self, first_target: int, next_target: int) -> Decimal:
        """Return the exact fraction of the initial quantity that some targets (0-based, half open) close."""
        return sum((target.fraction for target in self.targets[first_target:next_target]), ZERO)

    def signed(self, price: Decimal | None, nowhere: float) -> float:
        """Return a price as the kernel sees it."""
        return nowhere if price is None else float(price * self.side.sign)

    def kernel(self) -> tuple[Params, State]:
        """Return the plain numbers of the plan and the state that it begins with."""
        return self.params(), self.beginning()

    def beginning(self) -> State:
        """Return the state that the plan begins with."""
        first = self.targets[0].price if self.targets else None
        return State(self.signed(self.initial_stop, -NOWHERE), self.signed(first, NOWHERE), 0)

    def params(self) -> Params:
        """Return the plain numbers of the plan."""
        prices = tuple([self.signed(target.price, NOWHERE) for target in self.targets])
        fractions = tuple([float(target.fraction) for target in self.targets])
        whole = bool(prices) and self.closed + self.share(0, len(prices)) == ONE
        deadline, late = limits.earliest(self.time_limit_at, self.session_end_at)
        trail_keep, trail_gap, trail_from, trail_step = self._trailing()
        even_at, even_stop, even_rung = self._breakeven()
        rules = Rules(
            given=self.signed(self.stop, -NOWHERE),
            trail_keep=trail_keep,
            trail_gap=trail_gap,
            trail_from=trail_from,
            trail_step=trail_step,
            even_at=even_at,
            even_stop=even_stop,
            even_rung=even_rung,
            deadline=deadline,
            late=late,
            last=len(prices) if whole else NEVER,
        )
        return Params(
            rules, prices + (NOWHERE,) * (WIDTH - len(prices)), fractions + (0.0,) * (MAX_TARGETS - len(fractions))
        )

    def _trailing(self) -> tuple[float, float, float, float]:
        trail = self.trail
        if trail is None:
            return NO_RULES.trail_keep, NO_RULES.trail_gap, NO_RULES.trail_from, NO_RULES.trail_step
        keep = ONE if trail.percent is None else ONE - self.side.sign * trail.percent / HUNDRED
        gap = ZERO if trail.distance is None else trail.distance
        return float(keep), float(gap), self.signed(trail.activation, -NOWHERE), float(trail.step)

    def _breakeven(self) -> tuple[float, float, int]:
        even = self.breakeven
        if even is None:
            return NO_RULES.even_at, NO_RULES.even_stop, NO_RULES.even_rung
        rung = NEVER if even.after_target is None else even.after_target
        return self.signed(even.at, NOWHERE), self.signed(even.stop, -NOWHERE), rung
