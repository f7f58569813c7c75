"""A price with its decimal point in the wrong place: 6000 where the market is at 60000."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from tradewire.domain.plan import Plan
from tradewire.domain.refusal import Code, Refusal
from tradewire.risk.profile import RiskProfile
from tradewire.risk.view import RiskView
from tradewire.risk.words import figure

_CLOSEST = Decimal(8)
"""Prices less than this many times apart cannot be a slip."""
_SLIPS = tuple(Decimal(10) ** power for power in (1, 2, 3, 4))
_LOW, _HIGH = Decimal("0.8"), Decimal("1.25")
"""How near to a power of ten the ratio must be: a slipped price is otherwise a plausible one."""


def active(profile: RiskProfile) -> bool:
    return profile.decimal_slip


def check(plan: Plan, view: RiskView, profile: RiskProfile) -> Refusal | None:
    quote = view.quote
    if quote is None:
        return None
    market = quote.mid
    for name, price in _written(plan):
        ratio = price / market if price > market else market / price
        if ratio >= _CLOSEST and any(_LOW <= ratio / slip <= _HIGH for slip in _SLIPS):
            return Refusal(
                Code.DECIMAL_SLIP,
                f"The {name} {figure(price)} looks like a slipped decimal point: {plan.symbol} is at {figure(market)}.",
            )
    return None


def _written(plan: Plan) -> Iterator[tuple[str, Decimal]]:
    """Yield the prices that somebody wrote out; distances cannot slip against the market."""
    if plan.limit_price is not None:
        yield "limit price", plan.limit_price
    if plan.stop_price is not None:
        yield "stop price", plan.stop_price
    if isinstance(plan.exits.stop, Decimal):
        yield "stop", plan.exits.stop
    for target in plan.exits.targets:
        if isinstance(target.level, Decimal):
            yield "target", target.level
