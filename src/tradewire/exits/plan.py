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
        prices = tuple(self.signed(target.price, NOWHERE) for target in self.targets)
        fractions = tuple(float(target.fraction) for target in self.targets)
        whole = self.closed + self.share(0, len(self.targets)) == ONE
        deadline, late = limits.earliest(self.time_limit_at, self.session_end_at)
        rules = NO_RULES._replace(
            given=self.signed(self.stop, -NOWHERE),
            deadline=deadline,
            late=late,
            last=len(prices) if prices and whole else NEVER,
        )
        rules = self._with_breakeven(self._with_trail(rules))
        params = Params(
            rules, prices + (NOWHERE,) * (WIDTH - len(prices)), fractions + (0.0,) * (MAX_TARGETS - len(fractions))
        )
        return params, State(self.signed(self.initial_stop, -NOWHERE), params.targets[0], 0)

    def _with_trail(self, rules: Rules) -> Rules:
        if self.trail is None:
            return rules
        keep, gap = ONE, ZERO
        if self.trail.percent is not None:
            keep -= self.side.sign * self.trail.percent / HUNDRED
        if self.trail.distance is not None:
            gap = self.trail.distance
        return rules._replace(
            trail_keep=float(keep),
            trail_gap=float(gap),
            trail_from=self.signed(self.trail.activation, -NOWHERE),
            trail_step=float(self.trail.step),
        )

    def _with_breakeven(self, rules: Rules) -> Rules:
        if self.breakeven is None:
            return rules
        after = self.breakeven.after_target
        return rules._replace(
            even_at=self.signed(self.breakeven.at, NOWHERE),
            even_stop=self.signed(self.breakeven.stop, -NOWHERE),
            even_rung=NEVER if after is None else after,
        )
